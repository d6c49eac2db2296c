// hubbub_checker: as many rounds as wanted of what the tests do a few of. Exit code 0: the daemon kept its
// promises; 1: it did not, with what is held against it; 2: it could not be told.
#include <algorithm>
#include <exception>
#include <iostream>

#include "test/durability/arguments.hpp"
#include "test/durability/checker.hpp"

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

int run(int argc, char** argv) {
  CheckerOptions options;
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
                  {"--upgrade-every", number_into(options.upgrade_every)}});
  const Report report = check(options, std::cout);
  std::cout << report.rounds << " rounds with seed " << options.seed << ", " << report.said
            << " messages, of which " << report.said_again << " were sent again\n";
  print_restarts(report.restarts);
  constexpr std::size_t enough = 20;
  for (std::size_t i = 0; i < std::min(report.verdicts.size(), enough); ++i) {
    std::cout << name_of(report.verdicts[i].fault) << ": " << report.verdicts[i].text << '\n';
  }
  std::cout << (report.verdicts.empty() ? "nothing" : std::to_string(report.verdicts.size()) + " faults")
            << " to be held against it\n";
  return report.verdicts.empty() ? 0 : guilty;
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
