#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// Looking for words in what was said.
namespace hubbub::test {
namespace {

using Texts = std::vector<std::string>;

/// Both engines, since people need not know which one they talk to.
DaemonOptions each_engine() {
  const std::string engine = GENERATE("sqlite", "memory");
  return {.config = "[limits]\nmessages_per_second = 0\n[history]\nengine = \"" + engine + "\"\n"};
}

}  // namespace

TEST_CASE("words are found in three languages, in one's own room only") {
  const auto options = each_engine();
  CAPTURE(options.config);
  const Daemon daemon(options);
  JsonClient alice = member(daemon.address(), "alice");
  alice.join("dev");
  for (const auto* text :
       {"Привет, Алёна", "我们今天去北京看看", "Un café, s'il vous plaît", "привет всем"}) {
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", text}});
  }
  alice.send({{"type", "say"}, {"room", "dev"}, {"text", "привет, dev"}});
  alice.sync();
  const auto found = [&](std::string_view words) {
    return said(
        list_of(alice.answer({{"type", "history"}, {"room", "lobby"}, {"search", words}}), "messages"));
  };
  CHECK(found("ПРИВЕТ") == Texts{"Привет, Алёна", "привет всем"});
  CHECK(found("алена") == Texts{"Привет, Алёна"});
  CHECK(found("北京") == Texts{"我们今天去北京看看"});
  CHECK(found("cafe plait") == Texts{"Un café, s'il vous plaît"});
  CHECK(found("dev").empty());
  CHECK(found("\" OR *").empty());
  CHECK(alice.refusal({{"type", "history"}, {"room", "lobby"}, {"search", "…"}}) == "bad_request");
  CHECK(alice.refusal({{"type", "history"}, {"room", "den"}, {"search", "x"}}) == "not_joined");
}

TEST_CASE("hits are paged like any history") {
  const auto options = each_engine();
  CAPTURE(options.config);
  const Daemon daemon(options);
  JsonClient alice = member(daemon.address(), "alice");
  for (int i = 0; i < 100; ++i) {
    const auto text = std::to_string(i) + (i % 10 == 0 ? " needle" : " hay");
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", text}});
  }
  alice.sync();
  Texts hits;
  Event request{{"type", "history"}, {"room", "lobby"}, {"search", "needle"}, {"limit", 4}, {"after", 0}};
  while (true) {
    const Event page = alice.answer(request);
    for (const auto& message : list_of(page, "messages")) {
      hits.push_back(text_of(message, "text"));
      request["after"] = message.at("seq");
    }
    if (truth_of(page, "complete")) break;
  }
  REQUIRE(hits.size() == 10);
  CHECK(hits.front() == "0 needle");
  CHECK(hits.back() == "90 needle");
}

TEST_CASE("a search goes through all rooms that one is in, in the order in which things were said") {
  const auto options = each_engine();
  CAPTURE(options.config);
  const Daemon daemon(options);
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient bob = member(daemon.address(), "bob");
  alice.join("dev");
  bob.join("den");
  bob.say("den", "a secret needle");
  bob.sync();
  for (const char* const room : {"lobby", "dev", "lobby", "dev"}) {
    alice.send({{"type", "say"}, {"room", room}, {"text", std::string("needle in ") + room}});
  }
  alice.sync();
  bob.say("lobby", "a needle of bob's");
  bob.sync();
  const auto all = [&](const Event& more) {
    Event asked{{"type", "history"}, {"search", "needle"}, {"count", true}};
    for (const auto& [key, value] : more) asked[key] = value;
    return alice.answer(asked);
  };
  Event page = all({});
  CHECK(said(list_of(page, "messages")) ==
        Texts{"needle in lobby", "needle in dev", "needle in lobby", "needle in dev", "a needle of bob's"});
  CHECK(number_of(page, "count") == 5);
  CHECK_FALSE(page.contains("room"));
  page = all({{"limit", 2}});
  CHECK(said(list_of(page, "messages")) == Texts{"needle in dev", "a needle of bob's"});
  CHECK(number_of(page, "count") == 5);
  CHECK_FALSE(truth_of(page, "complete"));
  page = all({{"limit", 2}, {"before", list_of(page, "messages").front().at("seq")}});
  CHECK(said(list_of(page, "messages")) == Texts{"needle in dev", "needle in lobby"});
  CHECK(number_of(page, "count") == 3);
  CHECK(said(list_of(all({{"from", "BOB"}}), "messages")) == Texts{"a needle of bob's"});
  CHECK(said(list_of(alice.answer({{"type", "history"}, {"from", "bob"}}), "messages")) ==
        Texts{"a needle of bob's"});
  CHECK(alice.refusal({{"type", "history"}, {"from", "b b"}, {"room", "lobby"}}) == "name_invalid");
  CHECK(alice.refusal({{"type", "history"}}) == "bad_request");
  CHECK(alice.refusal({{"type", "history"}, {"search", ""}}) == "room_invalid");
  for (const char* const room : {"lobby", "dev"}) alice.answer({{"type", "leave"}, {"room", room}});
  CHECK(alice.refusal({{"type", "history"}, {"search", "needle"}}) == "not_joined");
}

TEST_CASE("a search goes through a hundred rooms, and one who is in more is told what to do") {
  auto options = each_engine();
  options.config.replace(0, std::string_view("[limits]\n").size(),
                         "[limits]\nrooms_per_session = 0\nqueries_per_second = 0\n");
  CAPTURE(options.config);
  const Daemon daemon(options);
  JsonClient alice = member(daemon.address(), "alice");
  for (int i = 1; i < 100; ++i) alice.join("room-" + std::to_string(i));
  alice.say("room-99", "needle");
  alice.sync();
  const Event asked{{"type", "history"}, {"search", "needle"}};
  CHECK(said(list_of(alice.answer(asked), "messages")) == Texts{"needle"});
  alice.join("room-100");
  CHECK(alice.refusal(asked) == "too_many_rooms");
  CHECK(said(list_of(alice.answer({{"type", "history"}, {"room", "room-99"}, {"search", "needle"}}),
                     "messages")) == Texts{"needle"});
}

TEST_CASE("somebody with nc looks for words too") {
  const auto options = each_engine();
  CAPTURE(options.config);
  const Daemon daemon(options);
  JsonClient alice = member(daemon.address(), "alice");
  alice.say("lobby", "我们今天去北京看看");
  TextClient bob(daemon.address());
  bob.take_name("bob");
  bob.send_line("/search 北京");
  CHECK(bob.expect("alice").find("我们今天去北京看看") != std::string::npos);
  bob.expect("* 1 found");
  bob.send_line("/search -a from:alice");
  bob.expect("found in your rooms");
  bob.expect("[lobby] alice: 我们今天去北京看看");
  bob.sync();
  bob.send_line("/search 上海");
  bob.expect("nothing was found in lobby");
}

}  // namespace hubbub::test
