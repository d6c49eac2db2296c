// What becomes of the log when members of etcd end, stand still, or have no space, and when the network
// breaks.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "test/journal/shared/etcd_bench.hpp"
#include "test/support/catch.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::journal::shared {
namespace {

using Clock = std::chrono::steady_clock;
using Result = Log::Result;
using State = Log::State;
using std::chrono::milliseconds;

/// Appends numbers, each until it is stored: what is unknown is appended again, as readers take the first of
/// two alone.
class Counter {
 public:
  Counter(EtcdBench& bench, std::string node) : reader(bench), node_(std::move(node)) {}

  void run(std::size_t until) {
    until_ = until;
    if (!result_) next();
  }
  /// Looks after it; true: all are stored.
  bool is_done() {
    if (!result_) return stored_ == until_;
    if (!result_->has_value()) return false;
    if (**result_ == Result::stored) {
      longest_ = std::max(longest_, Clock::now() - begun_);
      if (tries_ == 1) ++at_once_;
      ++stored_;
      tries_ = 0;
    } else {
      CHECK(**result_ != Result::refused);
    }
    result_.reset();
    if (stored_ == until_) return true;
    next();
    return false;
  }
  std::size_t stored() const { return stored_; }
  std::size_t at_once() const { return at_once_; }
  milliseconds longest() const { return std::chrono::duration_cast<milliseconds>(longest_); }

  /// Every number is there, in order, and what was stored at once is there once.
  void check(const std::vector<std::string>& entries, std::size_t until) const {
    std::map<std::string, std::size_t> counts;
    std::size_t last = 0;
    for (const auto& entry : entries) {
      if (!entry.starts_with(node_ + '/')) continue;
      ++counts[entry];
      const auto number = std::stoul(entry.substr(node_.size() + 1));
      CHECK(number <= last + 1);
      last = std::max(last, number);
    }
    CHECK(last == until);
    CHECK(counts.size() == until);
    const auto doubled =
        std::count_if(counts.begin(), counts.end(), [](const auto& each) { return each.second > 1; });
    CHECK(static_cast<std::size_t>(doubled) <= until - at_once_);
  }

  LogReader reader;

 private:
  void next() {
    if (tries_++ == 0) begun_ = Clock::now();
    result_ = std::make_unique<std::optional<Result>>();
    reader.start_append(node_ + '/' + std::to_string(stored_ + 1), *result_);
  }

  const std::string node_;
  std::size_t until_ = 0;
  std::size_t stored_ = 0;
  std::size_t at_once_ = 0;
  std::size_t tries_ = 0;
  Clock::time_point begun_;
  Clock::duration longest_{};
  std::unique_ptr<std::optional<Result>> result_;
};

std::uint64_t database_bytes(const test::Etcd& etcd) {
  const auto status = boost::json::parse(etcd.post("/v3/maintenance/status", "{}"));
  return std::stoull(std::string(status.at("dbSize").as_string()));
}

std::string last_state(const LogReader& reader) {
  return std::to_string(static_cast<int>(reader.states().back()));
}

}  // namespace

TEST_CASE("nothing is lost or doubled when the leader of etcd is killed while nodes append") {
  if (!test::Etcd::is_here()) return;
  test::Etcd etcd({.members = 3});
  EtcdBench bench(etcd);
  LogReader beginner(bench);
  REQUIRE(beginner.begin("begin") == Result::stored);
  std::vector<std::unique_ptr<Counter>> counters;
  for (const auto* const node : {"a", "b", "c"}) {
    counters.push_back(std::make_unique<Counter>(bench, node));
    counters.back()->reader.read();
    counters.back()->reader.enter(node);
    // Each has its own member first.
    std::rotate(bench.settings.engines.begin(), bench.settings.engines.begin() + 1,
                bench.settings.engines.end());
  }
  const auto run_until = [&](std::size_t count) {
    for (const auto& each : counters) each->run(count);
    beginner.wait(
        [&] {
          std::size_t done = 0;
          for (const auto& each : counters) done += each->is_done() ? 1U : 0U;
          return done == counters.size();
        },
        std::to_string(count) + " entries of each");
  };
  run_until(50);
  const auto leader = etcd.leader();
  // In the midst of it, and not between two.
  for (const auto& each : counters) each->run(300);
  beginner.wait(
      [&] {
        for (const auto& each : counters) each->is_done();
        return counters.front()->stored() >= 100;
      },
      "some more");
  etcd.kill(leader);
  run_until(300);
  etcd.start(leader);
  etcd.wait_for(leader);
  run_until(350);
  // Without a majority nothing goes on, and nobody is told what may be old.
  const auto has_told = [&](State state) {
    return std::all_of(counters.begin(), counters.end(),
                       [&](const auto& each) { return each->reader.states().back() == state; });
  };
  beginner.wait([&] { return has_told(State::reading); }, "what is new");
  for (const std::size_t member : {0U, 1U}) etcd.kill(member);
  for (const auto& each : counters) each->run(360);
  beginner.wait([&] { return has_told(State::waiting); }, "doubt");
  for (const auto& each : counters) CHECK(each->stored() == 350);
  for (const std::size_t member : {0U, 1U}) etcd.start(member);
  run_until(360);
  beginner.wait([&] { return has_told(State::reading); }, "what is new");
  milliseconds longest{0};
  for (const auto& each : counters) longest = std::max(longest, each->longest());
  WARN("the longest that an entry has taken: " << longest.count() << " ms");
  LogReader late(bench);
  late.read();
  for (const auto& each : counters) {
    each->reader.wait_for_position(late.mark().position);
    CHECK(each->reader.story() == late.story());
    each->check(late.entries(), 360);
  }
}

TEST_CASE("a member that stands still is left for another one") {
  if (!test::Etcd::is_here()) return;
  const test::Etcd etcd({.members = 3});
  EtcdBench bench(etcd);
  // The one that stands still does not lead: an election would take its own time.
  const auto still = (etcd.leader() + 1) % etcd.size();
  std::rotate(bench.settings.engines.begin(),
              bench.settings.engines.begin() + static_cast<std::ptrdiff_t>(still),
              bench.settings.engines.end());
  LogReader frozen(bench);
  REQUIRE(frozen.begin("begin") == Result::stored);
  frozen.read();
  frozen.enter("a");
  std::reverse(bench.settings.engines.begin(), bench.settings.engines.end());
  LogReader other(bench);
  other.read();
  other.enter("b");
  etcd.freeze(still);
  const auto begun = Clock::now();
  CHECK(other.append("new") == Result::stored);
  frozen.wait_for_position(2);
  CHECK(Clock::now() - begun < std::chrono::seconds(3));
  CHECK(last_state(frozen) == std::to_string(static_cast<int>(State::reading)));
  // It is not lost, and neither is its place among the nodes.
  Result result = Result::unknown;
  while (result == Result::unknown) result = frozen.append("mine");
  CHECK(result == Result::stored);
  etcd.thaw(still);
}

TEST_CASE("a node that has not renewed its lease in time appends nothing") {
  if (!test::Etcd::is_here()) return;
  const test::Etcd etcd;
  EtcdBench bench(etcd);
  EtcdBench elsewhere(etcd);
  bench.settings.lease = elsewhere.settings.lease = std::chrono::seconds(2);
  LogReader stalled(elsewhere);
  REQUIRE(stalled.begin("begin") == Result::stored);
  stalled.read();
  const auto epoch = stalled.enter("a");
  stalled.wait_for_items(2);
  // Its loop does not turn, while another's does, until etcd has given it up.
  LogReader reader(bench);
  reader.read();
  reader.enter("b");
  reader.wait([&] { return reader.story().ends_with("-a"); }, "the end of a");
  CHECK(std::get<Gone>(reader.items().back().what).epoch == epoch);
  // Its own is renewed meanwhile.
  CHECK(reader.append("on time") == Result::stored);
  std::optional<Result> result;
  stalled.start_append("late", result);
  stalled.wait([&] { return result.has_value(); }, "a result");
  CHECK(result == Result::refused);
  stalled.wait_for_state(State::fenced);
  CHECK(stalled.append("later") == Result::refused);
  CHECK(stalled.enter("a") > epoch);
  CHECK(stalled.append("again") == Result::stored);
  for (auto* const each : {&stalled, &reader}) {
    each->wait_for_position(3);
    CHECK(each->story() == "1:begin +a +b -a 2:on time +a 3:again");
  }
}

TEST_CASE("when etcd is full an entry is refused exactly, until there is space again") {
  if (!test::Etcd::is_here()) return;
  const test::Etcd etcd({.arguments = {"--quota-backend-bytes=8388608"}});
  EtcdBench bench(etcd);
  bench.settings.quota = std::uint64_t{8} * 1024 * 1024;
  LogReader first(bench);
  REQUIRE(first.begin("begin") == Result::stored);
  first.read();
  first.enter("a");
  std::size_t stored = 1;
  Lines lines;
  {
    for (auto result = Result::stored; result != Result::refused;) {
      result = first.append(std::string(std::size_t{300} * 1024, static_cast<char>('a' + stored % 26)));
      CHECK((result == Result::stored || result == Result::refused));
      if (result == Result::stored) ++stored;
      REQUIRE(stored < 100);
    }
    for (int i = 0; i < 3; ++i) CHECK(first.append("small") == Result::refused);
  }
  CHECK(lines.have("etcd is full (quota)"));
  CHECK(lines.have("alarm disarm"));
  CHECK(lines.count("etcd is full") == 1);
  // What was refused is nowhere, and reading goes on.
  LogReader late(bench);
  late.read();
  CHECK(late.mark().position == stored);
  const auto known = [&] { return static_cast<EtcdLog&>(late.log()).health(); };
  late.wait([&] { return known().database_bytes_used.has_value(); }, "the size");
  const auto health = known();
  CHECK(lines.have("has filled half of its quota"));
  CHECK(health.is_reading);
  CHECK(health.is_full);
  CHECK(health.trouble.empty());
  CHECK(health.newest_revision == late.mark().revision);
  CHECK(health.database_bytes_used > bench.settings.quota / 2);
  first.wait_for_position(stored);
  first.log().trim(first.mark().revision);
  first.wait(
      [&] {
        LogReader from_the_start(bench);
        from_the_start.open();
        from_the_start.wait([&] { return !from_the_start.states().empty(); }, "a state");
        return from_the_start.states().back() == State::trimmed;
      },
      "a trimmed log");
  // The entries go some time after the revisions.
  first.wait(
      [&] {
        etcd.post("/v3/maintenance/defragment", "{}");
        return database_bytes(etcd) < bench.settings.quota / 2;
      },
      "space");
  etcd.disarm();
  // Also by one that appends nothing.
  late.wait([&] { return !known().is_full; }, "space");
  CHECK(lines.have("takes what is said again"));
  CHECK(first.append("on") == Result::stored);
  late.wait_for_position(stored + 1);
  CHECK(late.entries().back() == "on");
}

TEST_CASE("without etcd nothing is sent, and all goes on when it is there again") {
  if (!test::Etcd::is_here()) return;
  test::Etcd etcd;
  EtcdBench bench(etcd);
  LogReader first(bench);
  REQUIRE(first.begin("begin") == Result::stored);
  first.read();
  first.enter("a");
  CHECK(first.append("two") == Result::stored);
  first.wait_for_position(2);
  Lines lines;
  etcd.kill(0);
  first.wait([&] { return first.states().back() == State::waiting; }, "a state");
  CHECK(first.append("void") == Result::unsent);
  CHECK(first.append("void") == Result::unsent);
  first.wait([&] { return lines.have("no member of etcd can be had"); }, "a line");
  CHECK(lines.have("this member of etcd cannot be had"));
  CHECK(lines.have("connection refused"));
  CHECK(lines.count() == 2);
  etcd.start(0);
  first.wait([&] { return first.states().back() == State::reading; }, "etcd again");
  CHECK(lines.have("etcd can be had again"));
  CHECK(lines.count() == 4);
  LogReader late(bench);
  late.read();
  CHECK(late.entries() == std::vector<std::string>{"begin", "two"});
  CHECK(first.entries() == late.entries());
}

TEST_CASE("an answer that is lost on its way leaves the outcome unknown") {
  if (!test::Etcd::is_here()) return;
  const test::Etcd etcd;
  EtcdBench direct(etcd);
  LogReader reader(direct);
  REQUIRE(reader.begin("begin") == Result::stored);
  reader.read();
  test::Proxy proxy(etcd.address());
  EtcdBench bench(etcd);
  bench.settings.engines = {engine_at(proxy.address())};
  LogReader node(bench);
  node.enter("a");
  CHECK(node.append("one") == Result::stored);
  for (const auto how : {test::Proxy::Cut::finish, test::Proxy::Cut::reset}) {
    // In the first bytes of the answer: then it has been done.
    proxy.cut_after(test::Proxy::Way::to_client, 10, how);
    CHECK(node.append("two") == Result::unknown);
    reader.wait([&] { return reader.entries().back() == "two"; }, "the second");
    // In the first bytes of the request: then it has not, which cannot be known here.
    proxy.cut_after(test::Proxy::Way::to_server, 10, how);
    CHECK(node.append("void") == Result::unknown);
    CHECK(node.append("three") == Result::stored);
    reader.wait([&] { return reader.entries().back() == "three"; }, "the third");
    const auto entries = reader.entries();
    CHECK(std::count(entries.begin(), entries.end(), "void") == 0);
    // A connection that has ended while nothing was asked is made anew.
    proxy.cut(how);
    CHECK(node.append("four") == Result::stored);
  }
  // Nobody is told of a link that is dead.
  proxy.freeze();
  CHECK(node.append("perhaps") == Result::unknown);
  proxy.cut(test::Proxy::Cut::reset);
  proxy.refuse();
  CHECK(node.append("void") == Result::unsent);
}

TEST_CASE("a watch that breaks anywhere brings each item once") {
  if (!test::Etcd::is_here()) return;
  const test::Etcd etcd;
  EtcdBench direct(etcd);
  LogReader writer(direct);
  REQUIRE(writer.begin("begin") == Result::stored);
  writer.read();
  writer.enter("a");
  test::Proxy proxy(etcd.address());
  EtcdBench bench(etcd);
  bench.settings.engines = {engine_at(proxy.address())};
  LogReader reader(bench);
  reader.read();
  Lines lines;
  std::uint64_t position = 1;
  for (std::size_t bytes = 1; bytes < 4000; bytes += 173) {
    proxy.cut_after(test::Proxy::Way::to_client, bytes, test::Proxy::Cut::reset);
    for (int i = 0; i < 4; ++i, ++position)
      CHECK(writer.append(std::to_string(position) + std::string(200, 'x')) == Result::stored);
    writer.wait_for_position(position);
    reader.wait_for_position(position);
  }
  CHECK(proxy.cuts() > 10);
  CHECK(lines.count() == 0);  // none of it has lasted
  CHECK(reader.story() == writer.story());
}

}  // namespace hubbub::journal::shared
