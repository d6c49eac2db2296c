#include "test/durability/cluster_checker.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <iterator>
#include <ostream>
#include <stdexcept>
#include <utility>

#include "test/durability/cluster.hpp"
#include "test/durability/cluster_audit.hpp"
#include "test/durability/company.hpp"
#include "test/durability/read_back.hpp"
#include "test/support/dice.hpp"

namespace hubbub::durability {
namespace {

using std::chrono::milliseconds;

class ClusterChecker;

/// Something that happens to nodes or members while people speak; afterwards all run again.
struct ClusterFault {
  const char* name;
  void (ClusterChecker::*strike)();
  /// People may believe that they bear a name that they have lost: their node does not know it yet.
  bool may_share_names = false;
};

milliseconds rounded(Clock::duration time) { return std::chrono::duration_cast<milliseconds>(time); }

class ClusterChecker {
 public:
  explicit ClusterChecker(const ClusterCheckerOptions& options)
      : options_(options),
        dice_(options.seed),
        cluster_(options.nodes, options.faults.empty() || std::ranges::count(options.faults, "cut-off") > 0),
        company_({.nodes = cluster_.addresses(),
                  .rooms = rooms(),
                  .talkers = options.talkers,
                  .readers = options.readers,
                  .rivals = options.rivals,
                  .window = options.window,
                  .seed = options.seed}) {
    for (std::size_t i = 0; i < cluster_.size(); ++i) cluster_.start(i);
    wait_for_nodes();
  }

  void round(std::size_t number, std::ostream& progress);
  /// All nodes are asked to stop, one after the other.
  void finish();
  ClusterReport& report() { return report_; }
  /// Copies the journals and logs of the nodes to where they are to be kept.
  void keep() const {
    if (!options_.keep.empty()) cluster_.copy_to(options_.keep);
  }

  void node() {
    const auto victim = any_node();
    tell("node " + cluster_.id(victim));
    lost_ = victim;
    lost_at_ = Clock::now();
    cluster_.kill(victim);
    go_on_for_a_while();
    cluster_.start(victim);
  }

  /// As an operator does.
  void stop() {
    const auto victim = any_node();
    tell("node " + cluster_.id(victim));
    lost_ = victim;
    lost_at_ = Clock::now();
    cluster_.ask_to_stop(victim);
    go_on_for_a_while();
    if (const auto code = cluster_.wait_for_end(victim); code != 0)
      found("node " + cluster_.id(victim) + " stops with " + std::to_string(code));
    cluster_.start(victim);
  }

  void leader() { lose_member(cluster_.etcd().leader()); }
  void member() { lose_member(dice_.below(cluster_.etcd().size())); }

  void all() {
    for (const auto node : in_any_order(cluster_.size())) cluster_.kill(node);
    start_all_nodes();
  }

  void everything() {
    for (const auto node : in_any_order(cluster_.size())) cluster_.kill(node);
    for (const auto member : in_any_order(cluster_.etcd().size())) cluster_.etcd().kill(member);
    const bool members_first = dice_.one_in(2);
    if (!members_first) start_all_nodes();
    for (const auto member : in_any_order(cluster_.etcd().size())) {
      company_.run_for(milliseconds(dice_.below(500)));
      cluster_.etcd().start(member);
    }
    if (members_first) start_all_nodes();
  }

  /// Two of three members are gone: also for longer than nodes wait, so that what was not sent is refused.
  void quorum() {
    const auto order = in_any_order(cluster_.etcd().size());
    constexpr std::size_t longest = 24'000;  // milliseconds; cluster.patience is 15 s
    const auto time = milliseconds(1000 + dice_.below(longest));
    tell("two members for " + std::to_string(time.count()) + " ms");
    cluster_.etcd().kill(order[0]);
    cluster_.etcd().kill(order[1]);
    run_and_watch(time);
    cluster_.etcd().start(order[0]);
    cluster_.etcd().start(order[1]);
  }

  void cut_off() {
    const auto victim = any_node();
    const auto how = dice_.one_in(2) ? Cluster::Cut::silence : Cluster::Cut::refusal;
    tell("node " + cluster_.id(victim) + (how == Cluster::Cut::silence ? " silently" : " by resets"));
    cluster_.cut_off(victim, how);
    go_on_for(1000);
    cluster_.mend(victim);
  }

  void pause() {
    const bool is_node = dice_.one_in(2);
    const auto victim = is_node ? any_node() : dice_.below(cluster_.etcd().size());
    tell(is_node ? "node " + cluster_.id(victim) : "member " + std::to_string(victim));
    is_node ? cluster_.freeze(victim) : cluster_.etcd().freeze(victim);
    go_on_for(1000);
    is_node ? cluster_.thaw(victim) : cluster_.etcd().thaw(victim);
  }

 private:
  std::vector<std::string> rooms() const {
    std::vector<std::string> rooms{"чай"};
    for (std::size_t i = 1; i < options_.rooms; ++i) rooms.push_back("room-" + std::to_string(i));
    return rooms;
  }

  std::size_t any_node() { return dice_.below(cluster_.size()); }

  std::vector<std::size_t> in_any_order(std::size_t count) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < count; ++i)
      order.insert(order.begin() + static_cast<std::ptrdiff_t>(dice_.below(i + 1)), i);
    return order;
  }

  void tell(std::string what) { told_ = std::move(what); }
  void found(const std::string& what) {
    report_.faults.push_back("round " + std::to_string(round_) + ": " + what);
  }

  /// Mostly short, and one time in three as long as it may be.
  void go_on_for_a_while() {
    constexpr milliseconds mostly{1500};
    const auto most = dice_.one_in(3) ? options_.longest : std::min(options_.longest, mostly);
    const auto time = milliseconds(dice_.below(static_cast<std::size_t>(most.count())));
    tell(told_ + " for " + std::to_string(time.count()) + " ms");
    run_and_watch(time);
  }

  void go_on_for(std::size_t least) {
    const auto most = std::max(least + 1, static_cast<std::size_t>(options_.longest.count()));
    const auto time = milliseconds(least + dice_.below(most - least));
    tell(told_ + " for " + std::to_string(time.count()) + " ms");
    run_and_watch(time);
  }

  void lose_member(std::size_t victim) {
    tell("member " + std::to_string(victim));
    cluster_.etcd().kill(victim);
    go_on_for_a_while();
    cluster_.etcd().start(victim);
  }

  void start_all_nodes() {
    for (const auto node : in_any_order(cluster_.size())) {
      company_.run_for(milliseconds(dice_.below(500)));
      cluster_.start(node);
    }
  }

  void run_and_watch(milliseconds time) {
    constexpr milliseconds between_looks{100};
    const auto end = Clock::now() + time;
    for (auto now = Clock::now(); now < end; now = Clock::now()) {
      company_.run_for(std::min(between_looks, rounded(end - now) + milliseconds(1)));
      look_at_names();
    }
  }

  /// Also while nodes come and go, each has one bearer for a name.
  void look_at_names() {
    cluster_.require_life();
    for (std::size_t i = 0; i < cluster_.size(); ++i) {
      if (!cluster_.is_running(i)) continue;
      for (const auto& name : names_borne_twice(cluster_.state_dir(i)))
        found("in the journal of node " + cluster_.id(i) + " two bear the name " + name);
    }
  }

  void wait_for_nodes() {
    Clock::time_point next{};
    company_.run_until(
        [&] {
          if (Clock::now() < next) return false;
          next = Clock::now() + milliseconds(50);
          return cluster_.all_are_in_service();
        },
        "all nodes to serve");
  }

  const ClusterFault& choose_fault();
  void measure(const ClusterFault& fault);
  void audit(const ClusterFault& fault);
  void compare_tables();
  void compare_exports(Evidence& evidence);

  ClusterCheckerOptions options_;
  test::Dice dice_;
  Cluster cluster_;
  Company company_;
  ClusterReport report_;
  std::size_t round_ = 0;
  std::string told_;  ///< what the fault has hit, for `progress`
  std::optional<std::size_t> lost_;
  Clock::time_point lost_at_{};
  std::optional<milliseconds> absence_;  ///< the longest of those who were there
  Clock::time_point began_{};
};

constexpr std::array fault_table{
    ClusterFault{"node", &ClusterChecker::node},
    ClusterFault{"stop", &ClusterChecker::stop},
    ClusterFault{"leader", &ClusterChecker::leader},
    ClusterFault{"member", &ClusterChecker::member},
    ClusterFault{"all", &ClusterChecker::all},
    ClusterFault{"everything", &ClusterChecker::everything},
    ClusterFault{"quorum", &ClusterChecker::quorum},
    ClusterFault{"cut-off", &ClusterChecker::cut_off, true},
    ClusterFault{"pause", &ClusterChecker::pause, true},
};

const ClusterFault& ClusterChecker::choose_fault() {
  if (options_.faults.empty()) return fault_table.at(dice_.below(fault_table.size()));
  const auto& name = options_.faults[(round_ - 1) % options_.faults.size()];
  const auto* row = std::ranges::find(fault_table, name, &ClusterFault::name);
  if (row == fault_table.end()) throw std::runtime_error("there is no fault \"" + name + '"');
  return *row;
}

void ClusterChecker::round(std::size_t number, std::ostream& progress) {
  round_ = number;
  told_.clear();
  lost_.reset();
  absence_.reset();
  const auto& fault = choose_fault();
  began_ = Clock::now();
  company_.begin("r" + std::to_string(number));
  company_.run_until([this] { return company_.all_are_there(); }, "everybody to come");
  run_and_watch(milliseconds(200 + dice_.below(600)));
  company_.pulse().begin(Clock::now());
  company_.speak_all_at_once();
  constexpr std::size_t soon = 6;  // milliseconds, in which what was said is on its way through the log
  company_.run_for(milliseconds(dice_.below(soon)));
  (this->*fault.strike)();
  wait_for_nodes();
  company_.run_until([this] { return company_.all_are_there(); }, "everybody to come back");
  company_.run_until([this, since = Clock::now()] { return company_.talk_flows(since); }, "talk to go on");
  run_and_watch(milliseconds(200));
  measure(fault);
  company_.fall_silent();
  for (std::size_t i = 0; i < cluster_.etcd().size(); ++i) cluster_.etcd().wait_for(i);
  audit(fault);
  const auto& times = report_.times[fault.name];
  progress << "round " << number << ": " << fault.name << (told_.empty() ? "" : ", ") << told_ << ": pause "
           << times.pauses.back().count() << " ms, wait " << times.waits.back().count() << " ms";
  if (absence_) progress << ", name free after " << absence_->count() << " ms";
  progress << ", " << company_.said() << " said, " << report_.faults.size() << " faults\n" << std::flush;
}

void ClusterChecker::measure(const ClusterFault& fault) {
  auto& times = report_.times[fault.name];
  times.pauses.push_back(rounded(company_.pulse().pause()));
  times.waits.push_back(rounded(company_.pulse().wait()));
  report_.said = company_.said();
  report_.said_again = company_.said_again();
  report_.refusals = company_.refusals();
  if (!lost_) return;
  const auto absences = company_.absences(*lost_, lost_at_);
  if (absences.empty()) return;
  absence_ = rounded(*std::ranges::max_element(absences));
  times.absences.push_back(*absence_);
}

void ClusterChecker::audit(const ClusterFault& fault) {
  look_at_names();
  compare_tables();
  // What the log has had come last has come to everybody, too.
  company_.run_for(milliseconds(100));
  for (const auto& what : company_.contradictions()) found(what);
  const auto shared = company_.shared_visits(began_);
  report_.shared_visits += shared;
  if (shared > 0 && !fault.may_share_names) found("two rivals believed at once that they bore the name");
  compare_tables();
  Evidence evidence = company_.evidence();
  compare_exports(evidence);
  std::map<std::string, std::uint64_t> newest;
  for (const auto& [room, messages] : evidence.read_back.front().seen) newest[room] = messages.back().seq;
  const auto addresses = cluster_.addresses();
  const auto suffix = "-" + std::to_string(round_);
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    for (const auto& what :
         look_at_node(addresses[i], "auditor-" + cluster_.id(i) + suffix, newest, company_.topics()))
      found(what);
  }
  const auto reader = any_node();
  const auto direction = dice_.one_in(2) ? Direction::up : Direction::down;
  evidence.read_back.push_back(
      read_back(addresses[reader], "pages-" + cluster_.id(reader) + suffix, rooms(), direction));
  for (const auto& verdict : judge(evidence))
    found(std::string(name_of(verdict.fault)) + ": " + verdict.text);
}

/// At the same position of the log all have the same.
void ClusterChecker::compare_tables() {
  std::vector<Tables> all;
  const auto are_level = [&] {
    all.clear();
    for (std::size_t i = 0; i < cluster_.size(); ++i) {
      auto tables = tables_of(cluster_.state_dir(i));
      if (!tables) return false;
      all.push_back(std::move(*tables));
    }
    return std::ranges::all_of(all, [&](const auto& each) { return each.position == all.front().position; });
  };
  Clock::time_point next{};
  company_.run_until(
      [&] {
        if (Clock::now() < next) return false;
        cluster_.require_life();
        const bool is_level = are_level();
        next = Clock::now() + milliseconds(100);
        return is_level;
      },
      "the nodes to be at one position of the log");
  for (std::size_t i = 1; i < all.size(); ++i) {
    for (const auto& what : differences(all.front(), all[i])) {
      found("the nodes a and " + cluster_.id(i) + " differ at position " + std::to_string(all[i].position) +
            ": " + what);
    }
  }
}

void ClusterChecker::compare_exports(Evidence& evidence) {
  std::vector<std::string> exports;
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    exports.push_back(export_of(cluster_.state_dir(i)));
    evidence.read_back.push_back(witness_of("the export of node " + cluster_.id(i), exports.back()));
    if (exports.back() != exports.front())
      found("the exports of the nodes a and " + cluster_.id(i) + " differ");
  }
}

void ClusterChecker::finish() {
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    cluster_.ask_to_stop(i);
    if (const auto code = cluster_.wait_for_end(i); code != 0)
      found("node " + cluster_.id(i) + " stops with " + std::to_string(code));
  }
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    if (const auto complaint = complaint_of_verify(cluster_.state_dir(i)))
      found("node " + cluster_.id(i) + ": " + *complaint);
  }
}

}  // namespace

std::vector<std::string> cluster_faults() {
  std::vector<std::string> names;
  for (const auto& row : fault_table) names.emplace_back(row.name);
  return names;
}

ClusterReport check_cluster(const ClusterCheckerOptions& options, std::ostream& progress) {
  ClusterChecker checker(options);
  auto& report = checker.report();
  try {
    while (report.rounds < options.rounds && report.faults.empty()) checker.round(++report.rounds, progress);
    if (!report.faults.empty()) checker.keep();
    checker.finish();
  } catch (const std::exception& fault) {
    report.faults.push_back("round " + std::to_string(report.rounds) + ": " + fault.what());
    checker.keep();
  }
  return report;
}

}  // namespace hubbub::durability
