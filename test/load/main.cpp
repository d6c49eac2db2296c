// hubbub_load: talks to a chat server as hard as it is told to, and says what that cost the server. See
// options.hpp for the flags; `compare` for what is measured with it.
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>

#include "test/load/modes.hpp"

namespace {

using namespace hubbub::load;

/// All that the hard limit allows; who is root raises that, too.
void raise_limit_of_files() {
  constexpr rlim_t enough = 100'000;
  rlimit files{.rlim_cur = enough, .rlim_max = enough};
  if (setrlimit(RLIMIT_NOFILE, &files) == 0) return;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

double part(double of, double by) { return by == 0 ? 0 : of / by; }

/// The figures by name, for people and programs alike.
class Figures {
 public:
  template <class Value>
  void add(const char* name, const Value& value) {
    std::ostringstream text;
    text.precision(10);
    text << value;
    json_ += (json_.empty() ? "{\"" : ",\"") + std::string(name) + "\":" + text.str();
    table_ += std::string(name) + std::string(28 - std::string_view(name).size(), ' ') + text.str() + '\n';
  }
  void add(const char* name, const std::string& value) {
    std::string quoted = "\"";
    for (const char byte : value) {
      if (byte == '"' || byte == '\\') quoted += '\\';
      quoted += static_cast<unsigned char>(byte) < 0x20 ? ' ' : byte;
    }
    json_ += (json_.empty() ? "{\"" : ",\"") + std::string(name) + "\":" + quoted + '"';
    table_ += std::string(name) + std::string(28 - std::string_view(name).size(), ' ') + value + '\n';
  }
  std::string json() const { return json_ + '}'; }
  const std::string& table() const { return table_; }

 private:
  std::string json_{};
  std::string table_{};
};

void add_rates(Figures& figures, const Report& report) {
  const auto deliveries = static_cast<double>(report.deliveries);
  const auto processor = static_cast<double>(report.processor_time);
  figures.add("messages_per_second", part(static_cast<double>(report.messages), report.seconds));
  figures.add("deliveries_per_second", part(deliveries, report.seconds));
  figures.add("deliveries_per_read", report.deliveries_per_read);
  figures.add("server_ns_per_delivery", part(processor, deliveries));
  figures.add("server_busy", part(processor, report.seconds * 1e9));
  for (const auto& [name, at] :
       {std::pair("p50_us", 0.5), {"p99_us", 0.99}, {"p999_us", 0.999}, {"max_us", 1.0}}) {
    figures.add(name, static_cast<double>(report.times.within(at)) / 1000);
  }
}

void add_memory(Figures& figures, const Report& report) {
  const auto per_connection = [&](std::uint64_t memory) {
    return part(static_cast<double>(memory) - static_cast<double>(report.memory_before),
                memory == 0 ? 0 : static_cast<double>(report.connections));
  };
  figures.add("joins_per_second", report.joins_per_second);
  figures.add("memory_before", report.memory_before);
  figures.add("memory_joined", report.memory_joined);
  figures.add("memory_after", report.memory_after);
  figures.add("bytes_per_connection", per_connection(report.memory_joined));
  figures.add("bytes_per_connection_after", per_connection(report.memory_after));
}

void add_faults(Figures& figures, const Faults& faults) {
  figures.add("lost", faults.lost);
  figures.add("repeated", faults.repeated);
  figures.add("strayed", faults.strayed);
  figures.add("refused", faults.refused);
  figures.add("closed", faults.closed);
  figures.add("first_fault", faults.first);
}

Figures figures_of(const Options& options, const Report& report) {
  Figures figures;
  figures.add("server", options.label);
  figures.add("scenario", options.scenario);
  figures.add("mode", options.mode);
  figures.add("rooms", options.rooms);
  figures.add("members", options.members);
  figures.add("senders", options.senders);
  figures.add("window", options.window);
  figures.add("rate", options.rate);
  figures.add("text", options.text);
  figures.add("seconds", report.seconds);
  add_rates(figures, report);
  add_memory(figures, report);
  figures.add("catch_up_seconds", report.catch_up_seconds);
  figures.add("cipher", report.cipher);
  figures.add("handshakes_per_second", part(static_cast<double>(report.handshakes), report.seconds));
  figures.add("scrapes_per_second", part(static_cast<double>(report.scrapes), report.seconds));
  add_faults(figures, report.faults);
  figures.add("load_average", report.load_average);
  return figures;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    raise_limit_of_files();
    // OpenSSL writes to sockets that the server may have closed.
    std::signal(SIGPIPE, SIG_IGN);
    const Options options = read_options(argc, argv);
    const Report report = measure(options);
    const Figures figures = figures_of(options, report);
    std::cout << figures.table();
    if (!options.json.empty()) std::ofstream(options.json, std::ios::app) << figures.json() << '\n';
    return report.faults.total() == 0 ? 0 : 3;
  } catch (const std::exception& fault) {
    std::cerr << "hubbub_load: " << fault.what() << '\n';
    return 1;
  }
}
