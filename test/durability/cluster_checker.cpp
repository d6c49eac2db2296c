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
#include "test/durability/strikes.hpp"
#include "test/support/dice.hpp"

namespace hubbub::durability {
namespace {

using std::chrono::milliseconds;

milliseconds rounded(Clock::duration time) { return std::chrono::duration_cast<milliseconds>(time); }

class ClusterChecker {
 public:
  explicit ClusterChecker(const ClusterCheckerOptions& options)
      : options_(options),
        dice_(options.seed),
        cluster_({.nodes = options.nodes, .can_be_cut_off = may("cut-off"), .can_be_full = may("full")}),
        company_({.nodes = cluster_.addresses(),
                  .rooms = rooms(),
                  .talkers = options.talkers,
                  .readers = options.readers,
                  .rivals = options.rivals,
                  .window = options.window,
                  .seed = options.seed}),
        strikes_(options_, cluster_, company_, dice_) {
    for (std::size_t i = 0; i < cluster_.size(); ++i) cluster_.start(i);
    strikes_.wait_for_nodes();
  }

  void round(std::size_t number, std::ostream& progress);
  /// All nodes are asked to stop, one after the other.
  void finish();
  ClusterReport& report() { return report_; }
  /// Copies the journals and logs of the nodes to where they are to be kept.
  void keep() const {
    if (!options_.keep.empty()) cluster_.copy_to(options_.keep);
  }

 private:
  bool may(const std::string& fault) const {
    return options_.faults.empty() || std::ranges::count(options_.faults, fault) > 0;
  }

  std::vector<std::string> rooms() const {
    std::vector<std::string> rooms{"чай"};
    for (std::size_t i = 1; i < options_.rooms; ++i) rooms.push_back("room-" + std::to_string(i));
    return rooms;
  }

  void found(const std::string& what) {
    report_.faults.push_back("round " + std::to_string(round_) + ": " + what);
  }

  const Strikes::Kind& choose_fault();
  void measure(const Strikes::Kind& fault);
  void audit(const Strikes::Kind& fault);
  void compare_tables();
  void compare_exports(Evidence& evidence);

  ClusterCheckerOptions options_;
  test::Dice dice_;
  Cluster cluster_;
  Company company_;
  Strikes strikes_;
  ClusterReport report_;
  std::size_t round_ = 0;
  std::optional<milliseconds> absence_;  ///< the longest of those who were there
  Clock::time_point began_{};
};

const Strikes::Kind& ClusterChecker::choose_fault() {
  const auto& kinds = Strikes::kinds();
  if (options_.faults.empty()) return kinds[dice_.below(kinds.size())];
  const auto& name = options_.faults[(round_ - 1) % options_.faults.size()];
  const auto row = std::ranges::find(kinds, name, &Strikes::Kind::name);
  if (row == kinds.end()) throw std::runtime_error("there is no fault \"" + name + '"');
  return *row;
}

void ClusterChecker::round(std::size_t number, std::ostream& progress) {
  round_ = number;
  absence_.reset();
  const auto& fault = choose_fault();
  began_ = Clock::now();
  company_.begin("r" + std::to_string(number));
  company_.run_until([this] { return company_.all_are_there(); }, "everybody to come");
  strikes_.run_and_watch(milliseconds(200 + dice_.below(600)));
  company_.pulse().begin(Clock::now());
  company_.speak_all_at_once();
  constexpr std::size_t soon = 6;  // milliseconds, in which what was said is on its way through the log
  company_.run_for(milliseconds(dice_.below(soon)));
  strikes_.strike(fault);
  strikes_.wait_for_nodes();
  company_.run_until([this] { return company_.all_are_there(); }, "everybody to come back");
  company_.run_until([this, since = Clock::now()] { return company_.talk_flows(since); }, "talk to go on");
  strikes_.run_and_watch(milliseconds(200));
  measure(fault);
  company_.fall_silent();
  // One may have been lost since, by what has been hit.
  strikes_.wait_for_nodes();
  for (std::size_t i = 0; i < cluster_.etcd().size(); ++i) cluster_.etcd().wait_for(i);
  audit(fault);
  const auto& times = report_.times[fault.name];
  progress << "round " << number << ": " << fault.name << (strikes_.told().empty() ? "" : ", ")
           << strikes_.told() << ": pause " << times.pauses.back().count() << " ms, wait "
           << times.waits.back().count() << " ms";
  if (absence_) progress << ", name free after " << absence_->count() << " ms";
  progress << ", " << company_.said() << " said, " << report_.faults.size() << " faults\n" << std::flush;
}

void ClusterChecker::measure(const Strikes::Kind& fault) {
  auto& times = report_.times[fault.name];
  times.pauses.push_back(rounded(company_.pulse().pause()));
  times.waits.push_back(rounded(company_.pulse().wait()));
  report_.said = company_.said();
  report_.said_again = company_.said_again();
  report_.refusals = company_.refusals();
  if (!strikes_.loss()) return;
  const auto absences = company_.absences(strikes_.loss()->node, strikes_.loss()->when);
  if (absences.empty()) return;
  absence_ = rounded(*std::ranges::max_element(absences));
  times.absences.push_back(*absence_);
}

void ClusterChecker::audit(const Strikes::Kind& fault) {
  strikes_.look_at_names();
  for (const auto& what : strikes_.take_faults()) found(what);
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
  const auto reader = strikes_.any_node();
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
  strikes_.run_until(
      [&] {
        cluster_.require_life();
        return are_level();
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
  for (const auto& row : Strikes::kinds()) names.emplace_back(row.name);
  return names;
}

ClusterReport check_cluster(const ClusterCheckerOptions& options, std::ostream& progress) {
  ClusterChecker checker(options);
  auto& report = checker.report();
  try {
    while (report.rounds < options.rounds && report.faults.empty()) checker.round(++report.rounds, progress);
    checker.keep();
    checker.finish();
  } catch (const std::exception& fault) {
    report.faults.push_back("round " + std::to_string(report.rounds) + ": " + fault.what());
    checker.keep();
  }
  return report;
}

}  // namespace hubbub::durability
