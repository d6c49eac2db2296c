#include "test/durability/strikes.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "test/durability/cluster_audit.hpp"
#include "test/durability/machine.hpp"
#include "test/durability/remedies.hpp"

namespace hubbub::durability {

using std::chrono::milliseconds;

const std::vector<Strikes::Kind>& Strikes::kinds() {
  static const std::vector<Kind> all{
      {"node", &Strikes::node},         {"stop", &Strikes::stop},
      {"leader", &Strikes::leader},     {"member", &Strikes::member},
      {"all", &Strikes::all},           {"everything", &Strikes::everything},
      {"quorum", &Strikes::quorum},     {"cut-off", &Strikes::cut_off, true},
      {"pause", &Strikes::pause, true}, {"frozen", &Strikes::frozen, true},
      {"slow", &Strikes::slow},         {"full", &Strikes::full},
      {"wiped", &Strikes::wiped},       {"restored", &Strikes::restored, true},
  };
  return all;
}

void Strikes::strike(const Kind& kind) {
  told_.clear();
  loss_.reset();
  logged_.clear();
  for (std::size_t i = 0; i < cluster_.size(); ++i) logged_.push_back(cluster_.logged(i).size());
  (this->*kind.strike)();
}

// --- nodes

void Strikes::node() {
  const auto victim = any_node();
  tell("node " + cluster_.id(victim));
  loss_ = {victim, Clock::now()};
  cluster_.kill(victim);
  go_on_for_a_while();
  cluster_.start(victim);
}

/// As an operator does.
void Strikes::stop() {
  const auto victim = any_node();
  tell("node " + cluster_.id(victim));
  loss_ = {victim, Clock::now()};
  cluster_.ask_to_stop(victim);
  go_on_for_a_while();
  if (const auto code = cluster_.wait_for_end(victim); code != 0)
    found("node " + cluster_.id(victim) + " stops with " + std::to_string(code));
  cluster_.start(victim);
}

void Strikes::all() {
  for (const auto node : in_any_order(cluster_.size())) cluster_.kill(node);
  start_all_nodes();
}

void Strikes::everything() {
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

void Strikes::cut_off() {
  const auto victim = any_node();
  const auto how = dice_.one_in(2) ? Cluster::Cut::silence : Cluster::Cut::refusal;
  tell("node " + cluster_.id(victim) + (how == Cluster::Cut::silence ? " silently" : " by resets"));
  cluster_.cut_off(victim, how);
  go_on_for(milliseconds(1000));
  cluster_.mend(victim);
}

void Strikes::pause() {
  const bool is_node = dice_.one_in(2);
  const auto victim = is_node ? any_node() : any_member();
  tell(is_node ? "node " + cluster_.id(victim) : "member " + std::to_string(victim));
  is_node ? cluster_.freeze(victim) : cluster_.etcd().freeze(victim);
  go_on_for(milliseconds(1000));
  is_node ? cluster_.thaw(victim) : cluster_.etcd().thaw(victim);
}

// --- members

void Strikes::lose_member(std::size_t victim) {
  tell("member " + std::to_string(victim));
  cluster_.etcd().kill(victim);
  go_on_for_a_while();
  cluster_.etcd().start(victim);
}

/// Two of three are gone: also for longer than nodes wait, so that what was not sent is refused.
void Strikes::quorum() {
  const auto order = in_any_order(cluster_.etcd().size());
  tell("two members");
  cluster_.etcd().kill(order[0]);
  cluster_.etcd().kill(order[1]);
  constexpr milliseconds longest{25'000};  // cluster.patience is 15 s
  go_on_for(milliseconds(1000), longest);
  cluster_.etcd().start(order[0]);
  cluster_.etcd().start(order[1]);
}

/// A member, mostly the leader, stands still for so long that its place is taken and nodes look elsewhere.
void Strikes::frozen() {
  const auto leader = cluster_.etcd().leader();
  const auto victim = dice_.one_in(3) ? any_member() : leader;
  tell("member " + std::to_string(victim) + (victim == leader ? ", which led," : ""));
  cluster_.etcd().freeze(victim);
  constexpr milliseconds least{10'000};
  go_on_for(least);
  cluster_.etcd().thaw(victim);
  if (!is_said_by_any("this member of etcd cannot be had; others are asked"))
    found("no node says that a member stands still");
}

/// The disks of all members.
void Strikes::slow() {
  constexpr auto by = "delay_enter=50000";  // microseconds, for each sync
  tell("each sync of each member by 50 ms");
  std::vector<std::unique_ptr<test::Process>> tracers;
  for (std::size_t i = 0; i < cluster_.etcd().size(); ++i) {
    tracers.push_back(meddle_with_syncs(cluster_.etcd().pid(i), by));
    if (!tracers.back()) throw std::runtime_error("strace cannot be used here");
  }
  go_on_for(milliseconds(1000));
  for (const auto& tracer : tracers) {
    tracer->signal(SIGINT);
    tracer->wait_exit();
  }
}

/// One time in three a node is started again meanwhile, and has to wait.
void Strikes::full() {
  constexpr auto is_full = "etcd is full (quota)";
  constexpr auto is_well = "etcd takes what is said again";
  tell("etcd");
  run_until([this] { return !fill_some(cluster_.etcd()); }, "etcd to be full");
  run_until([&] { return is_said_by_any(is_full); }, "a node to say that etcd is full");
  if (dice_.one_in(3)) {
    const auto victim = any_node();
    tell("etcd, and node " + cluster_.id(victim) + " comes back,");
    loss_ = {victim, Clock::now()};
    cluster_.kill(victim);
    cluster_.start(victim);
  }
  go_on_for(milliseconds(1000));
  make_space(cluster_.etcd());
  wait_for_nodes();
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    if (!has_said(i, is_full)) continue;
    run_until([&] { return has_said(i, is_well); }, "node " + cluster_.id(i) + " to say that etcd is well");
  }
}

/// A member loses its disk, and is replaced as the README has it.
void Strikes::wiped() {
  const auto victim = any_member();
  tell("member " + std::to_string(victim));
  cluster_.etcd().kill(victim);
  go_on_for_a_while();
  cluster_.etcd().leader();
  cluster_.etcd().remove(victim);
  run_until([&] { return cluster_.etcd().try_to_add(victim); }, "the members to take one anew");
  cluster_.etcd().start(victim);
}

/// All members come back with a backup that is older than what the nodes have: these stop, and the log is
/// begun anew.
void Strikes::restored() {
  const auto began = Clock::now();
  const test::TemporaryDirectory directory;
  tell("what was said since the backup");
  const auto backup = directory.path() / "etcd";
  cluster_.etcd().save(backup);
  company_.run_until([&] { return company_.talk_flows(began); }, "something to be said after the backup");
  go_on_for(milliseconds(0), milliseconds(3000));
  cluster_.etcd().restore(backup);
  run_until([this] { return all_have_ended(); }, "all nodes to stop");
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    if (!has_said(i, "the log ends before what this node has read of it"))
      found("node " + cluster_.id(i) + " does not say that etcd has lost something");
  }
  begin_anew();
}

bool Strikes::all_have_ended() {
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    if (!cluster_.is_running(i)) continue;
    const auto code = cluster_.try_to_bury(i);
    if (!code) return false;
    if (code != 1) found("node " + cluster_.id(i) + " ends with " + std::to_string(*code));
  }
  return true;
}

/// As the README has it.
void Strikes::begin_anew() {
  std::size_t first = 0;
  std::uint64_t furthest = 0;
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    const auto position = position_of_verify(cluster_.state_dir(i));
    if (position > furthest) first = i;
    furthest = std::max(furthest, position);
  }
  tell(told_ + ", begun anew from node " + cluster_.id(first));
  cluster_.begin_anew(first);
  run_until([&] { return cluster_.is_in_service(first); }, "the log to be begun anew");
  cluster_.ask_to_stop(first);
  if (const auto code = cluster_.wait_for_end(first); code != 0)
    found("node " + cluster_.id(first) + " stops with " + std::to_string(code));
  cluster_.start(first);
  run_until([&] { return cluster_.is_in_service(first); }, "the first node to serve");
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    if (i == first) continue;
    cluster_.copy_journal(first, i);
    cluster_.start(i);
  }
}

// --- time, and what is looked at meanwhile

std::vector<std::size_t> Strikes::in_any_order(std::size_t count) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < count; ++i)
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(dice_.below(i + 1)), i);
  return order;
}

/// Mostly short, and one time in three as long as it may be.
void Strikes::go_on_for_a_while() {
  constexpr milliseconds mostly{1500};
  go_on_for(milliseconds(0), dice_.one_in(3) ? options_.longest : std::min(options_.longest, mostly));
}

void Strikes::go_on_for(milliseconds least, milliseconds most) {
  const auto range = std::max(milliseconds(1), most - least);
  auto time = least + milliseconds(dice_.below(static_cast<std::size_t>(range.count())));
  if (options_.lasting.count() > 0) time = options_.lasting;
  tell(told_ + " for " + std::to_string(time.count()) + " ms");
  run_and_watch(time);
}

void Strikes::start_all_nodes() {
  for (const auto node : in_any_order(cluster_.size())) {
    company_.run_for(milliseconds(dice_.below(500)));
    cluster_.start(node);
  }
}

void Strikes::run_and_watch(milliseconds time) {
  constexpr milliseconds between_looks{100};
  const auto end = Clock::now() + time;
  for (auto now = Clock::now(); now < end; now = Clock::now()) {
    const auto left = std::chrono::ceil<milliseconds>(end - now);
    company_.run_for(std::min(between_looks, left));
    look_at_names();
  }
}

void Strikes::run_until(const std::function<bool()>& done, const std::string& what) {
  constexpr milliseconds between_looks{50};
  Clock::time_point next{};
  company_.run_until(
      [&] {
        if (Clock::now() < next) return false;
        const bool is_done = done();
        next = Clock::now() + between_looks;
        return is_done;
      },
      what);
}

void Strikes::wait_for_nodes() {
  run_until([this] { return cluster_.all_are_in_service(); }, "all nodes to serve");
}

void Strikes::look_at_names() {
  cluster_.require_life();
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    if (!cluster_.is_running(i)) continue;
    for (const auto& name : names_borne_twice(cluster_.state_dir(i)))
      found("in the journal of node " + cluster_.id(i) + " two bear the name " + name);
  }
}

bool Strikes::has_said(std::size_t node, const std::string& sentence) const {
  return cluster_.logged(node).find(sentence, logged_.at(node)) != std::string::npos;
}

bool Strikes::is_said_by_any(const std::string& sentence) const {
  for (std::size_t i = 0; i < cluster_.size(); ++i)
    if (has_said(i, sentence)) return true;
  return false;
}

}  // namespace hubbub::durability
