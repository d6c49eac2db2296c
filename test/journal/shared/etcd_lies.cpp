// Answers that etcd gives seldom, or somebody else in its place, in the midst of real ones.
#include <algorithm>
#include <chrono>
#include <string>

#include "test/journal/shared/etcd_bench.hpp"
#include "test/journal/shared/lying_member.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal::shared {
namespace {

constexpr auto txn = "POST /v3/kv/txn ";

std::string refusal(int code, const std::string& text) {
  return R"({"error":")" + text + R"(","message":")" + text + R"(","code":)" + std::to_string(code) + '}';
}

/// A node whose member lies.
struct Lied {
  explicit Lied(std::chrono::seconds lease = std::chrono::seconds(30))
      : bench(etcd), member(bench.loop, etcd.address()) {
    bench.settings.lease = lease;
    bench.settings.engines = {engine_at(member.address())};
    node.emplace(bench);
    REQUIRE(node->begin("begin") == Log::Result::stored);
    node->read();
    node->enter("a");
  }

  test::Etcd etcd;
  EtcdBench bench;
  LyingMember member;
  std::optional<LogReader> node;
};

}  // namespace

TEST_CASE("what a member says of an append is taken for what it means") {
  if (!test::Etcd::is_here()) return;
  Lied lied;
  auto& node = *lied.node;
  auto position = std::uint64_t{1};
  const auto append = [&](bool is_done, const std::string& status, const std::string& body) {
    lied.member.lie(txn, is_done, status, body);
    const auto result = node.append("entry " + std::to_string(position));
    CHECK(lied.member.has_lied());
    if (is_done) node.wait_for_position(++position);
    // What comes next is stored, whatever that was.
    CHECK(node.append("good") == Log::Result::stored);
    node.wait_for_position(++position);
    return result;
  };
  using Result = Log::Result;
  const auto full = refusal(8, "etcdserver: mvcc: database space exceeded");
  // It has been stored, and there was no space for more.
  CHECK(append(true, "429 Too Many Requests", full) == Result::stored);
  CHECK(append(false, "429 Too Many Requests", full) == Result::refused);
  CHECK(append(false, "429 Too Many Requests", refusal(8, "etcdserver: too many requests")) ==
        Result::unsent);
  CHECK(append(false, "400 Bad Request", refusal(3, "etcdserver: request is too large")) == Result::refused);
  for (const auto* const text : {"etcdserver: request timed out", "etcdserver: leader changed"}) {
    CHECK(append(false, "503 Service Unavailable", refusal(14, text)) == Result::unknown);
    // Whoever reads it before knows better than the answer.
    const auto result = append(true, "503 Service Unavailable", refusal(14, text));
    CHECK((result == Result::unknown || result == Result::stored));
  }
  CHECK(append(false, "502 Bad Gateway", "<html>") == Result::unknown);
  CHECK(append(false, "200 OK", "<html>") == Result::unknown);
  CHECK(append(false, "200 OK", "{}") == Result::unknown);
  // None of it has fenced the node, or has come without having been stored.
  CHECK(std::count(node.states().begin(), node.states().end(), Log::State::fenced) == 0);
  LogReader late(lied.bench);
  late.read();
  CHECK(late.story() == node.story());
  CHECK(late.mark().position == position);
}

TEST_CASE("a node is let in once, whatever is said about it") {
  if (!test::Etcd::is_here()) return;
  Lied lied;
  auto& node = *lied.node;
  for (const bool is_done : {true, false}) {
    // Of the transactions the first deletes the former key, and the second makes the new one.
    lied.member.lie(txn, is_done, "503 Service Unavailable", refusal(14, "etcdserver: request timed out"));
    const auto epoch = node.enter("a", "again");
    CHECK(lied.member.has_lied());
    CHECK(node.append("by the new one") == Log::Result::stored);
    node.wait([&] { return node.entries().back() == "by the new one"; }, "it");
    const auto& items = node.items();
    const auto came = std::find_if(items.rbegin(), items.rend(),
                                   [](const Item& item) { return std::holds_alternative<Came>(item.what); });
    REQUIRE(came != items.rend());
    CHECK(std::get<Came>(came->what).epoch == epoch);
  }
  // Nobody is there by that name now, so that the key is made by the first.
  node.close();
  LogReader next(lied.bench);
  next.read();
  for (const bool is_done : {true, false}) {
    lied.member.lie(txn, is_done, "503 Service Unavailable", refusal(14, "etcdserver: leader changed"));
    LogReader one(lied.bench);
    const auto epoch = one.enter("b" + std::to_string(static_cast<int>(is_done)));
    CHECK(lied.member.has_lied());
    CHECK(one.append("on") == Log::Result::stored);
    next.wait([&] { return next.entries().back() == "on"; }, "it");
    const auto came = std::count_if(next.items().begin(), next.items().end(), [&](const Item& item) {
      const auto* const node_came = std::get_if<Came>(&item.what);
      return node_came != nullptr && node_came->epoch == epoch;
    });
    CHECK(came == 1);
  }
}

TEST_CASE("the last of several calls to be let in is the one that counts") {
  if (!test::Etcd::is_here()) return;
  Lied lied;
  auto& node = *lied.node;
  std::optional<std::uint64_t> never;
  for (int i = 0; i < 5; ++i) {
    node.log().enter("a", "one of several", [&](std::uint64_t epoch) { never = epoch; });
    // As far as it comes.
    lied.bench.loop.poll();
  }
  const auto epoch = node.enter("a", "the last");
  CHECK_FALSE(never);
  CHECK(node.append("by the last") == Log::Result::stored);
  node.wait([&] { return node.entries().back() == "by the last"; }, "it");
  const auto& came = std::get<Came>(node.items().at(node.items().size() - 2).what);
  CHECK(came.epoch == epoch);
  CHECK(came.about == "the last");
}

TEST_CASE("a start that has given itself up ends its lease, and waits for nobody") {
  if (!test::Etcd::is_here()) return;
  Lied lied(std::chrono::seconds(9));
  auto& node = *lied.node;
  LogReader other(lied.bench);
  other.read();
  const std::string unavailable = refusal(14, "etcdserver: no leader");
  lied.member.lie("POST /v3/lease/keepalive ", false, "200 OK",
                  R"({"result":{"header":{"revision":"1"},"ID":"1","TTL":"0"}})");
  lied.member.lie("POST /v3/lease/revoke ", false, "503 Service Unavailable", unavailable);
  lied.member.lie("POST /v3/lease/revoke ", true, "503 Service Unavailable", unavailable);
  lied.member.lie("POST /v3/lease/revoke ", true, "404 Not Found",
                  refusal(5, "etcdserver: requested lease not found"));
  node.wait_for_state(Log::State::fenced);
  for (auto* const each : {&node, &other})
    each->wait([&] { return each->story().ends_with("-a"); }, "the end of a");
  node.wait([&] { return lied.member.has_lied(); }, "all answers");
  CHECK(node.append("later") == Log::Result::refused);
  node.enter("a");
  CHECK(node.append("again") == Log::Result::stored);
}

TEST_CASE("a node whose clock is far ahead of etcd's writes nothing until it is right") {
  if (!test::Etcd::is_here()) return;
  Lied lied(std::chrono::seconds(3));
  auto& node = *lied.node;
  Lines lines;
  lied.member.date("Sun, 06 Nov 1994 08:49:37 GMT");
  node.wait_for_state(Log::State::fenced);
  CHECK(lines.have("this machine's clock is ahead of etcd's, so this node may not write"));
  CHECK(node.append("too late") == Log::Result::refused);
  lied.member.date({});
  node.enter("a");
  CHECK(lines.have("this machine's clock is as etcd's again"));
  CHECK(node.append("on time") == Log::Result::stored);
}

TEST_CASE("one member with a slow clock puts nobody out") {
  if (!test::Etcd::is_here()) return;
  const test::Etcd etcd;
  EtcdBench bench(etcd);
  LyingMember slow(bench.loop, etcd.address());
  slow.date("Sun, 06 Nov 1994 08:49:37 GMT");
  bench.settings.lease = std::chrono::seconds(3);
  bench.settings.engines = {engine_at(slow.address()), engine_at(etcd.address())};
  LogReader node(bench);
  REQUIRE(node.begin("begin") == Log::Result::stored);
  node.read();
  node.enter("a");
  slow.lie("POST /v3/lease/keepalive ", true, "503 Service Unavailable",
           refusal(14, "etcdserver: no leader"));
  node.wait([&] { return slow.has_lied(); }, "a renewal");
  CHECK(node.append("on time") == Log::Result::stored);
  CHECK(std::count(node.states().begin(), node.states().end(), Log::State::fenced) == 0);
}

TEST_CASE("the first entry is stored once, whatever is said about it") {
  if (!test::Etcd::is_here()) return;
  Lied lied;
  std::size_t number = 0;
  for (const bool is_done : {true, false}) {
    const auto bytes = "first " + std::to_string(++number);
    lied.bench.settings.name = "another " + std::to_string(number);
    LogReader reader(lied.bench);
    lied.member.lie(txn, is_done, "503 Service Unavailable", refusal(14, "etcdserver: request timed out"));
    CHECK(reader.begin(bytes) == Log::Result::stored);
    CHECK(lied.member.has_lied());
    CHECK(reader.read().entries() == std::vector<std::string>{bytes});
    // And anew: the first transaction deletes what there is.
    lied.member.lie(txn, is_done, "503 Service Unavailable", refusal(14, "etcdserver: request timed out"));
    LogReader again(lied.bench);
    CHECK(again.begin("anew", true) == Log::Result::stored);
    CHECK(again.read().entries() == std::vector<std::string>{"anew"});
    reader.wait_for_state(Log::State::behind);
  }
}

}  // namespace hubbub::journal::shared
