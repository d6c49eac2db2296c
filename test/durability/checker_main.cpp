// hubbub_checker: as many rounds as wanted of what the tests do a few of. Exit code 0: the daemon kept its
// promises; 1: it did not, with what is held against it; 2: it could not be told.
#include <algorithm>
#include <exception>
#include <iostream>

#include "test/durability/arguments.hpp"
#include "test/durability/checker.hpp"
#include "test/durability/cluster_checker.hpp"

namespace {

using namespace hubbub::durability;

constexpr int guilty = 1;
constexpr int unclear = 2;

void print_restarts(std::vector<std::chrono::microseconds> times) {
  if (times.empty()) return;
  std::ranges::sort(times);
  const auto ms = [](auto time) { return static_cast<double>(time.count()) / 1000; };
  std::cout << times.size() << " restarts; from start to the first welcome: median "
            << ms(times[times.size() / 2]) << " ms, at most " << ms(times.back()) << " ms\n";
}

void print_times(const std::string& what, std::vector<std::chrono::milliseconds> times) {
  if (times.empty()) return;
  std::ranges::sort(times);
  std::cout << "; " << what << ": median " << times[times.size() / 2].count() << " ms, at most "
            << times.back().count() << " ms";
}

int print_faults(const std::vector<std::string>& faults) {
  constexpr std::size_t enough = 20;
  for (std::size_t i = 0; i < std::min(faults.size(), enough); ++i) std::cout << faults[i] << '\n';
  std::cout << (faults.empty() ? "nothing" : std::to_string(faults.size()) + " faults")
            << " to be held against it\n";
  return faults.empty() ? 0 : guilty;
}

int run_cluster(const ClusterCheckerOptions& options) {
  const auto report = check_cluster(options, std::cout);
  std::cout << report.rounds << " rounds with seed " << options.seed << ", " << report.said
            << " messages, of which " << report.said_again << " were sent again; " << report.refusals
            << " refusals; " << report.shared_visits << " times two believed that they bore one name\n";
  for (const auto& [fault, times] : report.times) {
    std::cout << fault << ": " << times.pauses.size() << " rounds";
    print_times("longest pause of talk", times.pauses);
    print_times("longest wait for a message", times.waits);
    print_times("name free after", times.absences);
    std::cout << '\n';
  }
  return print_faults(report.faults);
}

int run(int argc, char** argv) {
  CheckerOptions options;
  ClusterCheckerOptions cluster{.nodes = 0};
  std::chrono::milliseconds::rep lasting = 0;
  read_arguments(argc, argv,
                 {{"--rounds", number_into(options.rounds)},
                  {"--writers", number_into(options.writers)},
                  {"--readers", number_into(options.readers)},
                  {"--rooms", number_into(options.rooms)},
                  {"--window", number_into(options.window)},
                  {"--messages", number_into(options.messages)},
                  {"--seed", number_into(options.seed)},
                  {"--engine", text_into(options.engine)},
                  {"--sync", text_into(options.sync)},
                  {"--fault", text_into(options.fault)},
                  {"--upgrade-every", number_into(options.upgrade_every)},
                  {"--nodes", number_into(cluster.nodes)},
                  {"--lasting", number_into(lasting)},
                  {"--keep", text_into(cluster.keep)}});
  if (cluster.nodes > 0) {
    cluster.rounds = options.rounds;
    cluster.seed = options.seed;
    cluster.lasting = std::chrono::milliseconds(lasting);
    if (!options.fault.empty()) cluster.faults = {options.fault};
    return run_cluster(cluster);
  }
  const Report report = check(options, std::cout);
  std::cout << report.rounds << " rounds with seed " << options.seed << ", " << report.said
            << " messages, of which " << report.said_again << " were sent again\n";
  print_restarts(report.restarts);
  std::vector<std::string> faults;
  for (const auto& verdict : report.verdicts)
    faults.push_back(std::string(name_of(verdict.fault)) + ": " + verdict.text);
  return print_faults(faults);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& fault) {
    std::cerr << "hubbub_checker: " << fault.what() << '\n';
    return unclear;
  }
}
