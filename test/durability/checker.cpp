#include "test/durability/checker.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <utility>

#include "test/durability/crew.hpp"
#include "test/durability/machine.hpp"
#include "test/durability/older_journal.hpp"
#include "test/durability/read_back.hpp"
#include "test/support/daemon.hpp"
#include "test/support/dice.hpp"

namespace hubbub::durability {
namespace {

class Checker;

/// Something that happens to the daemon while people speak; afterwards it runs again.
struct FaultRow {
  const char* name;
  void (Checker::*strike)();
};

class Checker {
 public:
  /// `older_journal`: what it begins on; empty: on none.
  explicit Checker(const CheckerOptions& options, std::string older_journal = {})
      : options_(options),
        older_journal_(std::move(older_journal)),
        dice_(options.seed),
        crew_({.writers = options.writers,
               .readers = options.readers,
               .rooms = rooms(),
               .window = options.window,
               .seed = options.seed}) {
    if (!older_journal_.empty()) {
      make_older_journal(older_journal_, state_dir());
      disturb_the_upgrade();
    }
    start();
  }

  void round(std::size_t number, std::ostream& progress) {
    const FaultRow& fault = choose_fault();
    const std::size_t before = crew_.acknowledged();
    crew_.say_more(options_.messages);
    wait_for_the_moment(options_.messages * options_.writers);
    const std::size_t at = crew_.acknowledged() - before;
    (this->*fault.strike)();
    crew_.run_to_the_end();
    Evidence evidence = crew_.evidence();
    if (!older_journal_.empty()) evidence.said.merge(said_in_older_journals());
    const std::string name = "auditor-" + std::to_string(number);
    evidence.read_back.push_back(read_back(daemon_->address(), name + "-up", rooms(), Direction::up));
    evidence.read_back.push_back(read_back(daemon_->address(), name + "-down", rooms(), Direction::down));
    report_.verdicts = judge(evidence);
    report_.said = crew_.said();
    report_.said_again = crew_.said_again();
    progress << "round " << number << ": " << begun_ << fault.name << " after " << at
             << " messages, welcome after "
             << std::chrono::duration<double, std::milli>(report_.restarts.back()).count() << " ms, "
             << report_.verdicts.size() << " faults\n"
             << std::flush;
  }

  /// The daemon is asked to stop, which it has to do properly.
  Report finish() {
    daemon_->signal(SIGTERM);
    crew_.run_until_left();
    if (daemon_->wait_exit() != 0)
      throw std::runtime_error("the daemon does not stop as it should:\n" + daemon_->log());
    return report_;
  }

  const Report& report() const { return report_; }

  void kill() {
    daemon_->kill();
    crew_.run_until_left();
    restart();
  }

  /// The second time among those who come back.
  void kill_twice() {
    kill();
    wait_for_the_moment(options_.window * options_.writers);
    kill();
  }

  /// As an operator does: nothing is to get lost either, and the daemon says good-bye.
  void stop() {
    finish();
    restart();
  }

 private:
  std::vector<std::string> rooms() const {
    std::vector<std::string> rooms;
    if (!older_journal_.empty()) rooms.emplace_back(room_in_older_journals);
    for (std::size_t i = 1; i <= options_.rooms; ++i) rooms.push_back("room-" + std::to_string(i));
    return rooms;
  }

  std::filesystem::path state_dir() const { return directory_.path() / "state"; }

  /// A fault befalls the daemon somewhere in its first start: at a call by which it writes, or, where there
  /// is no strace, at any moment.
  void disturb_the_upgrade() {
    struct Calls {
      const char* name;
      std::size_t most;  // that the first thread makes until the daemon listens
    };
    const std::array calls{Calls{"pwrite64", 30}, Calls{"fdatasync", 6}};
    const std::array injected{"signal=SIGKILL", "signal=SIGKILL", "error=EIO", "error=ENOSPC"};
    const auto& call = calls.at(dice_.below(calls.size()));
    const std::string fault = injected.at(dice_.below(injected.size()));
    const auto what = fault + ":when=" + std::to_string(1 + dice_.below(call.most));
    const auto launcher = with_calls(call.name, what);
    if (launcher.empty()) {
      const std::chrono::microseconds after(dice_.below(20'000));
      start_and_kill(state_dir(), after);
      begun_ = older_journal_ + " killed after " + std::to_string(after.count()) + " us";
    } else {
      const int code = start_and_stop(state_dir(), launcher);
      begun_ = older_journal_ + ", " + call.name + ' ' + what + ", exit code " + std::to_string(code);
    }
    begun_ += ", left at version " + std::to_string(version_left(state_dir())) + "; ";
  }

  const FaultRow& choose_fault();

  /// After so many of the next `count` acknowledgements, or all that there are still to come, and up to two
  /// milliseconds, as chance has it.
  void wait_for_the_moment(std::size_t count) {
    const std::size_t enough = crew_.acknowledged() + dice_.below(count);
    crew_.run_until([&] { return crew_.acknowledged() >= enough || crew_.all_is_acknowledged(); });
    const auto moment = Clock::now() + std::chrono::microseconds(dice_.below(2000));
    crew_.run_until([&] { return Clock::now() >= moment; });
  }

  std::string config() const {
    std::string text = "[limits]\nmessages_per_second = 0\n[history]\nkeep_messages = 0\nkeep_age = 0\n";
    if (!options_.sync.empty()) text += "sync = \"" + options_.sync + "\"\n";
    return text;
  }

  void start() {
    // The one before has to be gone first, with its hold on the directory.
    daemon_.reset();
    daemon_ = std::make_unique<test::Daemon>(
        test::DaemonOptions{.config = config(), .state_dir = state_dir(), .engine = options_.engine});
    crew_.connect(daemon_->address());
    crew_.run_until_welcome();
  }

  void restart() {
    const auto before = Clock::now();
    start();
    report_.restarts.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - before));
  }

  CheckerOptions options_;
  std::string older_journal_;
  std::string begun_;  ///< on what, for `progress`
  test::Dice dice_;
  test::TemporaryDirectory directory_;
  std::unique_ptr<test::Daemon> daemon_;
  Crew crew_;
  Report report_;
};

constexpr FaultRow fault_rows[]{
    {"kill", &Checker::kill},
    {"kill twice", &Checker::kill_twice},
    {"stop", &Checker::stop},
};

const FaultRow& Checker::choose_fault() {
  if (options_.fault.empty()) return fault_rows[dice_.below(std::size(fault_rows))];
  const auto* row = std::ranges::find(fault_rows, options_.fault, &FaultRow::name);
  if (row == std::end(fault_rows)) throw std::runtime_error("there is no fault \"" + options_.fault + '"');
  return *row;
}

/// What a round begins on, one kind after the other; empty: it goes on with what there is.
std::string journal_for(std::size_t round, const CheckerOptions& options) {
  const auto every = options.upgrade_every;
  if (every == 0 || round % every != 0 || options.engine == "memory") return {};
  const auto journals = older_journals();
  return journals[(round / every - 1) % journals.size()];
}

void add(const Report& part, Report& all) {
  all.verdicts.insert(all.verdicts.end(), part.verdicts.begin(), part.verdicts.end());
  all.restarts.insert(all.restarts.end(), part.restarts.begin(), part.restarts.end());
  all.said += part.said;
  all.said_again += part.said_again;
}

}  // namespace

std::vector<std::string> faults() {
  std::vector<std::string> names;
  for (const auto& row : fault_rows) names.emplace_back(row.name);
  return names;
}

Report check(const CheckerOptions& options, std::ostream& progress) {
  Report all;
  Checker checker(options);
  while (all.rounds < options.rounds && all.verdicts.empty() && checker.report().verdicts.empty()) {
    const auto round = ++all.rounds;
    if (const auto journal = journal_for(round, options); !journal.empty()) {
      auto own = options;
      own.seed += round;
      Checker upgrade(own, journal);
      upgrade.round(round, progress);
      add(upgrade.finish(), all);
    } else {
      checker.round(round, progress);
    }
  }
  add(checker.finish(), all);
  return all;
}

}  // namespace hubbub::durability
