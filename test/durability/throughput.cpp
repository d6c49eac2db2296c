// hubbub_throughput: how many messages a second the daemon makes durable, and how long one takes, beside
// what SQLite does by itself in the same run, on the same disk ($TMPDIR, or /tmp).
#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>

#include "test/durability/arguments.hpp"
#include "test/durability/load.hpp"
#include "test/durability/raw_inserts.hpp"
#include "test/support/daemon.hpp"

namespace {

using namespace hubbub::durability;
namespace test = hubbub::test;

struct ThroughputOptions {
  std::size_t rounds = 3;
  std::size_t seconds = 3;  ///< of each measurement
  std::size_t pace = 1000;  ///< messages a second
  LoadOptions load{};
  InsertOptions inserts{};
  std::string engine{};
  std::string sync = "full";
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.at(values.size() / 2);
}

double part(const std::vector<double>& sorted, double which) {
  const auto index = static_cast<std::size_t>(which * static_cast<double>(sorted.size()));
  return sorted.at(std::min(index, sorted.size() - 1));
}

/// A daemon on a fresh directory, asked to stop when it has served.
Load with_daemon(const ThroughputOptions& options, const auto& load) {
  test::Daemon daemon(
      {.config = "[limits]\nmessages_per_second = 0\n[history]\nkeep_messages = 0\nsync = \"" + options.sync +
                 "\"\n",
       .engine = options.engine});
  Load result = load(daemon.address());
  daemon.signal(SIGTERM);
  if (daemon.wait_exit() != 0) throw std::runtime_error("the daemon does not stop as it should");
  return result;
}

void print(const char* what, const Load& load) {
  std::cout << what << ": " << static_cast<long>(load.per_second)
            << " messages/s; from say to its return: p50 " << part(load.times, 0.5) << " ms, p99 "
            << part(load.times, 0.99) << " ms, at most " << load.times.back() << " ms" << std::endl;
}

void run(const ThroughputOptions& options) {
  const std::chrono::seconds time(options.seconds);
  std::vector<double> raw;
  std::vector<double> durable;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const test::TemporaryDirectory directory;
    raw.push_back(raw_inserts(directory.path(), options.inserts));
    std::cout << "bare inserts: " << static_cast<long>(raw.back()) << " rows/s" << std::endl;
    const Load load =
        with_daemon(options, [&](const auto& address) { return saturate(address, options.load, time); });
    print("saturated", load);
    durable.push_back(load.per_second);
  }
  std::cout << "median: " << static_cast<long>(median(durable)) << " messages/s, "
            << static_cast<long>(median(raw)) << " bare rows/s, ratio " << median(durable) / median(raw)
            << std::endl;
  print("paced", with_daemon(options, [&](const auto& address) {
          return pace(address, options.load, time, options.pace);
        }));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    ThroughputOptions options;
    read_arguments(argc, argv,
                   {{"--rounds", number_into(options.rounds)},
                    {"--seconds", number_into(options.seconds)},
                    {"--pace", number_into(options.pace)},
                    {"--senders", number_into(options.load.senders)},
                    {"--window", number_into(options.load.window)},
                    {"--text", number_into(options.load.text)},
                    {"--batch", number_into(options.inserts.batch)},
                    {"--engine", text_into(options.engine)},
                    {"--sync", text_into(options.sync)}});
    options.inserts.text = options.load.text;
    options.inserts.time = std::chrono::seconds(options.seconds);
    run(options);
    return 0;
  } catch (const std::exception& fault) {
    std::cerr << "hubbub_throughput: " << fault.what() << '\n';
    return 1;
  }
}
