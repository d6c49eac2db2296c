// What is said to etcd's gateway and what it answers, without it: good, cut, and changed by chance.
#include "server/journal/shared/etcd_gateway.hpp"

#include <boost/json/parse.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "server/journal/shared/base64.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"

namespace hubbub::journal::shared {
namespace {

// As etcd 3.4.23 has answered.
constexpr std::string_view header =
    R"("header":{"cluster_id":"15118495548433857066","member_id":"13668033151171901709","revision":"12","raft_term":"2"})";

std::string with_header(const std::string& rest) { return '{' + std::string(header) + rest + '}'; }
std::string streamed(const std::string& rest) { return R"({"result":)" + with_header(rest) + '}'; }

const auto range_body = with_header(
    R"(,"kvs":[{"key":"aHViYnViL3gvbG9n","create_revision":"2","mod_revision":"3","version":"2","value":"YWIA"},)"
    R"({"key":"aHViYnViL3gvbm9kZS9h","create_revision":"9","mod_revision":"9","version":"1","value":"/w==","lease":"4111120329865627654"}],"count":"2")");
const auto watch_line = streamed(
    R"(,"events":[{"kv":{"key":"aHViYnViL3gvbG9n","create_revision":"2","mod_revision":"3","version":"2","value":"YWJj"}},)"
    R"({"type":"DELETE","kv":{"key":"aHViYnViL3gvbm9kZS9h","mod_revision":"7"}}])");

boost::json::value parsed(const etcd::Request& request) { return boost::json::parse(request.body); }

}  // namespace

TEST_CASE("base64 is written and read, and nothing else is taken for it") {
  CHECK(to_base64("").empty());
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  std::string text = "before ";
  append_base64(text, "foo");
  CHECK(text == "before Zm9v");
  test::Dice dice(test::number_from("HUBBUB_SEED", 1));
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(dice.below(256));
    CHECK(from_base64(to_base64(bytes)) == bytes);
  }
  for (const auto* const bad : {"Z", "Zg", "Zg=", "Zg=a", "=g==", "Z===", "====", "Zg==Zg==", " Zg=", "Zg= ",
                                "Zm9v\nZm9v", "Zm9v\n\n\n\n", "Zm9*", "Zm-_"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64(bad));
  }
}

TEST_CASE("requests have the keys and the bytes that they are for") {
  const etcd::Keys keys("x");
  CHECK(keys.log() == "hubbub/x/log");
  CHECK(keys.node("a") == "hubbub/x/node/a");
  CHECK(keys.node_of("hubbub/x/node/a") == "a");
  CHECK_FALSE(keys.node_of("hubbub/x/log"));
  CHECK_FALSE(keys.node_of("hubbub/xx/node/a"));
  const std::string bytes("\0\xff\"\\\n", 5);

  const auto append = etcd::append(keys.node("a"), 77, keys.log(), bytes);
  CHECK(append.path == "/v3/kv/txn");
  const auto txn = parsed(append);
  const auto& compare = txn.at("compare").at(0);
  CHECK(compare.at("target") == "CREATE");
  CHECK(compare.at("result") == "EQUAL");
  CHECK(compare.at("create_revision") == "77");
  CHECK(compare.at("key") == to_base64(keys.node("a")).c_str());
  const auto& put = txn.at("success").at(0).at("request_put");
  CHECK(put.at("key") == to_base64(keys.log()).c_str());
  CHECK(put.at("value") == to_base64(bytes).c_str());

  const auto begin = parsed(etcd::begin(keys.log(), bytes));
  CHECK(begin.at("compare").at(0).at("target") == "VERSION");
  CHECK(begin.at("compare").at(0).at("version") == "0");
  const auto enter = parsed(etcd::enter(keys.node("a"), "about", 5));
  CHECK(enter.at("compare").at(0).at("create_revision") == "0");
  CHECK(enter.at("success").at(0).at("request_put").at("lease") == "5");
  CHECK(enter.at("failure").at(0).at("request_range").at("key") == to_base64(keys.node("a")).c_str());

  const auto anew = parsed(etcd::remove_log(keys, 4));
  CHECK(anew.at("compare").at(0).at("mod_revision") == "4");
  CHECK(anew.at("compare").at(1).at("key") == to_base64(keys.nodes()).c_str());
  CHECK(anew.at("compare").at(1).at("create_revision") == "0");
  CHECK(anew.at("success").at(0).at("request_delete_range").at("key") == to_base64(keys.log()).c_str());
  const auto all = parsed(etcd::range_of_all(keys.prefix(), etcd::Depth::keys, 5));
  CHECK(from_base64(std::string(all.at("range_end").as_string())) == "hubbub/x0");
  CHECK(all.at("keys_only") == true);
  CHECK(all.at("revision") == "5");
  const auto now = parsed(etcd::range("k", etcd::Depth::values));
  CHECK_FALSE(now.as_object().contains("revision"));
  CHECK_FALSE(now.as_object().contains("keys_only"));
  const auto watch = parsed(etcd::watch_all(keys.prefix(), 9)).at("create_request");
  CHECK(watch.at("start_revision") == "9");
  CHECK(watch.at("fragment") == true);

  const auto secret = parsed(etcd::authenticate("a\"b", "\\ ü\n"));
  CHECK(secret.at("name") == "a\"b");
  CHECK(secret.at("password") == "\\ ü\n");
  for (const auto& each : {etcd::remove_made("k", 3), etcd::remove_log(keys, 0), etcd::grant(5),
                           etcd::keep_alive(6), etcd::revoke(7), etcd::compact(8), etcd::status()}) {
    CHECK(parsed(each).is_object());
  }
}

TEST_CASE("answers are read as etcd writes them") {
  const auto range = etcd::parse_range(range_body);
  REQUIRE(range);
  CHECK(range->revision == 12);
  REQUIRE(range->found.size() == 2);
  CHECK(range->found[0].key == "hubbub/x/log");
  CHECK(range->found[0].create_revision == 2);
  CHECK(range->found[0].mod_revision == 3);
  CHECK(range->found[0].version == 2);
  CHECK(range->found[0].value == std::string("ab\0", 3));
  CHECK(range->found[1].lease == 4111120329865627654);
  CHECK(etcd::parse_range(with_header(""))->found.empty());

  const auto failed = etcd::parse_txn(with_header(
      R"(,"responses":[{"response_range":{"header":{"revision":"12"},"kvs":[{"key":"YQ=="}]}}])"));
  REQUIRE(failed);
  CHECK_FALSE(failed->succeeded);
  CHECK(failed->found.at(0).key == "a");
  const auto done = etcd::parse_txn(
      with_header(R"(,"succeeded":true,"responses":[{"response_put":{"header":{"revision":"12"}}}])"));
  REQUIRE(done);
  CHECK(done->succeeded);
  CHECK(done->found.empty());

  const auto grant = etcd::parse_grant(with_header(R"(,"ID":"4111120329865627654","TTL":"5")"));
  REQUIRE(grant);
  CHECK(grant->id == 4111120329865627654);
  CHECK(grant->seconds == 5);
  CHECK(etcd::parse_keep_alive(streamed(R"(,"ID":"12","TTL":"5")"))->seconds == 5);
  CHECK(etcd::parse_keep_alive(streamed(R"(,"ID":"12")"))->seconds == 0);
  const auto status =
      etcd::parse_status(with_header(R"(,"version":"3.4.23","dbSize":"24576","dbSizeInUse":"16384")"));
  REQUIRE(status);
  CHECK(status->size == 24576);
  CHECK(status->used == 16384);
  CHECK_FALSE(status->is_full);
  const auto full = R"(,"errors":["memberID:10276657743932975437 alarm:NOSPACE "],"dbSize":"24576")";
  CHECK(etcd::parse_status(with_header(full))->is_full);
  CHECK_FALSE(etcd::parse_status(with_header(R"(,"errors":"NOSPACE")")));
  CHECK(etcd::parse_token(with_header(R"(,"token":"abc.12")")) == "abc.12");

  const auto watched = etcd::parse_watch(watch_line);
  REQUIRE(watched);
  REQUIRE(watched->events.size() == 2);
  CHECK_FALSE(watched->events[0].is_delete);
  CHECK(watched->events[0].of.value == "abc");
  CHECK(watched->events[1].is_delete);
  CHECK(watched->events[1].of.mod_revision == 7);
  CHECK(etcd::parse_watch(streamed(R"(,"created":true)"))->created);
  const auto compacted = etcd::parse_watch(streamed(R"(,"canceled":true,"compact_revision":"3")"));
  REQUIRE(compacted);
  CHECK(compacted->canceled);
  CHECK(compacted->compact_revision == 3);
}

TEST_CASE("later versions may write what has its default, and numbers without quotes") {
  const auto range = etcd::parse_range(
      R"({"header":{"revision":12},"kvs":[{"key":"YQ==","create_revision":2,"mod_revision":3,"version":1,"value":"","lease":"0"}],"more":false,"count":"1"})");
  REQUIRE(range);
  CHECK(range->revision == 12);
  CHECK(range->found.at(0).mod_revision == 3);
  const auto watched = etcd::parse_watch(
      R"({"result":{"header":{"revision":"12"},"watch_id":"0","created":false,"canceled":false,"compact_revision":"0","cancel_reason":"","fragment":true,"events":[{"type":"PUT","kv":{"key":"YQ==","mod_revision":"3"},"prev_kv":null}]}})");
  REQUIRE(watched);
  CHECK(watched->is_fragment);
  CHECK_FALSE(watched->events.at(0).is_delete);
}

TEST_CASE("what is no such answer is none") {
  for (const auto* const bad :
       {"", "{", "null", "[]", "5", "\"header\"", "{}", R"({"header":5})", R"({"header":{}})",
        R"({"header":{"revision":"x"}})", R"({"header":{"revision":"-1"}})", R"({"header":{"revision":""}})",
        R"({"header":{"revision":"1"},"kvs":5})", R"({"header":{"revision":"1"},"kvs":[5]})",
        R"({"header":{"revision":"1"},"kvs":[{"key":"*"}]})",
        R"({"header":{"revision":"1"},"kvs":[{"key":5}]})",
        R"({"header":{"revision":"1"},"kvs":[{"version":"18446744073709551616"}]})",
        R"({"header":{"revision":"1"},"kvs":[{"version":true}]})", R"({"header":{"revision":1.5}})"}) {
    CAPTURE(bad);
    CHECK_FALSE(etcd::parse_range(bad));
  }
  CHECK_FALSE(etcd::parse_txn(R"({"header":{"revision":"1"},"succeeded":"yes"})"));
  CHECK_FALSE(etcd::parse_grant(with_header(R"(,"ID":"0","TTL":"5")")));
  CHECK_FALSE(etcd::parse_grant(with_header(R"(,"ID":"5")")));
  CHECK_FALSE(etcd::parse_keep_alive(with_header(R"(,"ID":"12","TTL":"5")")));
  CHECK_FALSE(etcd::parse_watch(with_header(R"(,"created":true)")));
  CHECK_FALSE(etcd::parse_watch(streamed(R"(,"events":[{"kv":{"mod_revision":"7"}}])")));
  CHECK_FALSE(etcd::parse_watch(streamed(R"(,"events":[{"kv":{"key":"YQ=="}}])")));
  CHECK_FALSE(etcd::parse_watch(streamed(R"(,"events":[{}])")));
  // A token becomes a line of a head.
  CHECK_FALSE(etcd::parse_token(R"({"token":""})"));
  CHECK_FALSE(etcd::parse_token(R"({"token":"a\r\nb: c"})"));
  CHECK_FALSE(etcd::parse_refusal("Not Found\n"));
  CHECK_FALSE(etcd::parse_refusal("{}"));
}

TEST_CASE("a refusal says what has become of a write") {
  using etcd::Fate;
  const auto fate = [](const std::string& body) {
    const auto refusal = etcd::parse_refusal(body);
    REQUIRE(refusal);
    return etcd::fate_of(*refusal);
  };
  const auto of = [&](int code, const std::string& text) {
    return fate(R"({"error":")" + text + R"(","message":")" + text + R"(","code":)" + std::to_string(code) +
                '}');
  };
  CHECK(of(3, "etcdserver: request is too large") == Fate::never);
  CHECK(of(7, "etcdserver: permission denied") == Fate::never);
  CHECK(of(8, "grpc: received message larger than max (3000000 vs. 2097152)") == Fate::never);
  CHECK(of(8, "etcdserver: too many requests") == Fate::busy);
  CHECK(of(8, "etcdserver: mvcc: database space exceeded") == Fate::full);
  CHECK(of(16, "etcdserver: invalid auth token") == Fate::no_token);
  CHECK(of(3, "etcdserver: user name is empty") == Fate::no_token);
  CHECK(of(3, "etcdserver: revision of auth store is old") == Fate::no_token);
  for (const auto* const text : {"etcdserver: leader changed", "etcdserver: request timed out",
                                 "etcdserver: request timed out, possibly due to previous leader failure",
                                 "etcdserver: request timed out, possibly due to connection lost",
                                 "etcdserver: server stopped", "transport is closing"}) {
    CHECK(of(14, text) == Fate::perhaps);
  }
  for (const int code : {1, 2, 4, 8, 9, 10, 13, 15}) CHECK(of(code, "whatever") == Fate::perhaps);
  // Within a stream, of either version.
  CHECK(
      etcd::parse_refusal(
          R"({"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader","http_status":"x"}})")
          ->code == 14);
  CHECK(
      etcd::parse_refusal(R"({"error":{"code":14,"message":"etcdserver: no leader","details":[]}})")->text ==
      "etcdserver: no leader");
  CHECK(etcd::is_compacted({.code = 11, .text = "etcdserver: mvcc: required revision has been compacted"}));
  CHECK_FALSE(
      etcd::is_compacted({.code = 11, .text = "etcdserver: mvcc: required revision is a future revision"}));
  CHECK(etcd::is_about_token(
      {.code = 2, .text = "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token"}));
}

TEST_CASE("answers that are cut or changed by chance do no harm") {
  const auto seed = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 3000);
  const std::vector<std::string> answers{range_body, watch_line,
                                         with_header(R"(,"ID":"4111120329865627654","TTL":"5")"),
                                         R"({"error":"a","message":"b","code":14})"};
  constexpr std::string_view likely = "\"{}[]:,0-9etrufalsn\\ =";
  std::size_t read = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    CAPTURE(seed + run);
    test::Dice dice(seed + run);
    auto text = answers[dice.below(answers.size())];
    for (auto changes = dice.below(4); changes > 0; --changes) {
      const auto at = dice.below(text.size());
      const auto byte =
          dice.one_in(3) ? static_cast<char>(dice.below(256)) : likely[dice.below(likely.size())];
      if (dice.one_in(4)) {
        text.resize(at + 1);
      } else if (dice.one_in(3)) {
        text.insert(at, 1, byte);
      } else {
        text[at] = byte;
      }
    }
    if (const auto range = etcd::parse_range(text)) {
      ++read;
      for (const auto& each : range->found) CHECK(each.value.size() < text.size());
    }
    if (const auto watched = etcd::parse_watch(text)) {
      ++read;
      for (const auto& each : watched->events) CHECK(each.of.mod_revision > 0);
    }
    etcd::parse_txn(text);
    etcd::parse_grant(text);
    etcd::parse_keep_alive(text);
    etcd::parse_status(text);
    etcd::parse_token(text);
    etcd::parse_refusal(text);
  }
  // Some are still answers, so that not all stop at the first byte.
  CHECK(read > runs / 10);
}

}  // namespace hubbub::journal::shared
