#include <algorithm>

#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"

// What was said before: on joining, on coming back, and page by page.
namespace hubbub::test {
namespace {

using Texts = std::vector<std::string>;

constexpr auto unlimited = "[limits]\nmessages_per_second = 0\n";

/// "first" to "last", as numbers in words of figures.
Texts numbers(int first, int last) {
  Texts texts;
  for (int i = first; i <= last; ++i) texts.push_back(std::to_string(i));
  return texts;
}

/// Says the numbers from 1 to `count` and returns the messages.
Events count_aloud(JsonClient& client, int count, const std::string& room = "lobby") {
  for (const auto& text : numbers(1, count)) client.send({{"type", "say"}, {"room", room}, {"text", text}});
  Events told = of_type(client.sync(), "message");
  REQUIRE(said(told) == numbers(1, count));
  return told;
}

Event join_since(JsonClient& client, std::string_view room, std::uint64_t since) {
  return client.answer({{"type", "join"}, {"room", room}, {"since", since}});
}

}  // namespace

TEST_CASE("whoever joins is shown the newest messages") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const Events told = count_aloud(alice, 60);
  JsonClient bob(daemon.address(), framing);
  bob.hello("bob");
  const auto join = [&](Event request) {
    request["type"] = "join";
    request["room"] = "lobby";
    Event joined = bob.answer(request);
    CHECK(joined.at("last") == told.back().at("seq"));
    bob.answer({{"type", "leave"}, {"room", "lobby"}});
    return joined;
  };

  const Event usual = join({});
  CHECK(said(list_of(usual, "history")) == numbers(11, 60));
  CHECK_FALSE(truth_of(usual, "complete"));
  const Event five = join({{"replay", 5}});
  CHECK(said(list_of(five, "history")) == numbers(56, 60));
  CHECK_FALSE(truth_of(five, "complete"));
  const Event none = join({{"replay", 0}});
  CHECK(list_of(none, "history").empty());
  CHECK_FALSE(truth_of(none, "complete"));
  const Event all = join({{"replay", 60}});
  CHECK(said(list_of(all, "history")) == numbers(1, 60));
  CHECK(truth_of(all, "complete"));
  const Event remembered = list_of(all, "history").front();
  for (const char* field : {"seq", "time", "from", "text", "room"}) {
    CHECK(remembered.at(field) == told.front().at(field));
  }
}

TEST_CASE("the server chooses how much is shown on joining") {
  const Daemon daemon({.config = "[history]\nreplay = 3\n"});
  JsonClient alice = member(daemon.address(), "alice");
  count_aloud(alice, 10);
  JsonClient bob(daemon.address());
  bob.hello("bob");
  CHECK(said(list_of(bob.join("lobby"), "history")) == numbers(8, 10));
}

TEST_CASE("whoever comes back gets what was missed and nothing else") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const Events told = count_aloud(alice, 20);
  JsonClient bob(daemon.address(), framing);
  bob.hello("bob");
  const Event missed = join_since(bob, "lobby", number_of(told[11], "seq"));
  CHECK(said(list_of(missed, "history")) == numbers(13, 20));
  CHECK(truth_of(missed, "complete"));
  bob.answer({{"type", "leave"}, {"room", "lobby"}});
  const Event nothing = join_since(bob, "lobby", number_of(told[19], "seq"));
  CHECK(list_of(nothing, "history").empty());
  CHECK(truth_of(nothing, "complete"));
}

TEST_CASE("between what was missed and what is live there is no gap and no repeat") {
  const Daemon daemon({.config = unlimited});
  JsonClient alice = member(daemon.address(), "alice");
  const auto since = number_of(alice.say("lobby", "0"), "seq");
  JsonClient bob(daemon.address());
  bob.hello("bob");
  constexpr int total = 300;
  for (int i = 1; i <= total; ++i) {
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", std::to_string(i)}});
    // In the midst of it, again and again, bob comes and goes; the last time he stays.
    if (i % 50 == 0) bob.send({{"type", "join"}, {"room", "lobby"}, {"since", since}});
    if (i % 50 == 25 && i > 50) bob.send({{"type", "leave"}, {"room", "lobby"}});
  }
  alice.sync();
  Texts heard;
  for (const Event& event : bob.sync()) {
    const std::string type = text_of(event, "type");
    if (type == "joined") heard = said(list_of(event, "history"));
    if (type == "message") heard.push_back(text_of(event, "text"));
    if (type == "left") CHECK(heard == numbers(1, static_cast<int>(heard.size())));
  }
  CHECK(heard == numbers(1, total));
}

TEST_CASE("what retention has dropped is said to be missing") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[history]\nkeep_messages = 10\n"});
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const Events told = count_aloud(alice, 30);
  JsonClient bob(daemon.address(), framing);
  bob.hello("bob");
  const Event joined = join_since(bob, "lobby", number_of(told[4], "seq"));
  CHECK(said(list_of(joined, "history")) == numbers(21, 30));
  CHECK_FALSE(truth_of(joined, "complete"));
  const Event page = bob.answer({{"type", "history"}, {"room", "lobby"}, {"before", told[25].at("seq")}});
  CHECK(said(list_of(page, "messages")) == numbers(21, 25));
  CHECK(truth_of(page, "complete"));
}

TEST_CASE("history pages upward and downward to its ends") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const Events told = count_aloud(alice, 75);
  const auto page = [&](Event request) {
    request["type"] = "history";
    request["room"] = "LOBBY";
    Event reply = alice.answer(request);
    CHECK(text_of(reply, "type") == "history");
    CHECK(text_of(reply, "room") == "lobby");
    return reply;
  };
  const Event newest = page({});
  CHECK(said(list_of(newest, "messages")) == numbers(26, 75));
  CHECK_FALSE(truth_of(newest, "complete"));

  const Event down = page({{"before", told[25].at("seq")}, {"limit", 20}});
  CHECK(said(list_of(down, "messages")) == numbers(6, 25));
  CHECK_FALSE(truth_of(down, "complete"));
  const Event bottom = page({{"before", told[5].at("seq")}, {"limit", 20}});
  CHECK(said(list_of(bottom, "messages")) == numbers(1, 5));
  CHECK(truth_of(bottom, "complete"));

  const Event up = page({{"after", told[9].at("seq")}, {"limit", 60}});
  CHECK(said(list_of(up, "messages")) == numbers(11, 70));
  CHECK_FALSE(truth_of(up, "complete"));
  const Event top = page({{"after", told[69].at("seq")}, {"limit", 60}});
  CHECK(said(list_of(top, "messages")) == numbers(71, 75));
  CHECK(truth_of(top, "complete"));
  CHECK(list_of(page({{"after", told[74].at("seq")}}), "messages").empty());
  CHECK(list_of(page({{"before", told[0].at("seq")}}), "messages").empty());
}

TEST_CASE("a page stays within 500 messages and 60 KiB") {
  const Daemon daemon({.config = std::string(unlimited) + "[history]\nmemory = \"16MiB\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  alice.join("long");
  const auto first = number_of(count_aloud(alice, 600).front(), "seq");
  const Event many = alice.answer({{"type", "history"}, {"room", "lobby"}, {"limit", 100'000}});
  const Texts shown = said(list_of(many, "messages"));
  CHECK(shown.size() <= 500);
  CHECK(shown == numbers(601 - static_cast<int>(shown.size()), 600));
  CHECK_FALSE(truth_of(many, "complete"));

  // Text that takes two bytes of JSON for each of its own.
  const std::string quotes(4000, '"');
  for (int i = 0; i < 40; ++i) alice.send({{"type", "say"}, {"room", "long"}, {"text", quotes}});
  alice.sync();
  alice.send({{"type", "history"}, {"room", "long"}, {"after", first}, {"limit", 500}});
  const auto line = alice.read_line();
  REQUIRE(line.has_value());
  CHECK(line->size() < std::size_t{60} * 1024);
  CHECK(line->find(R"("complete":false)") != std::string::npos);
  JsonClient bob(daemon.address());
  bob.hello("bob");
  bob.send({{"type", "join"}, {"room", "long"}, {"since", first}});
  const auto joined = bob.read_line();
  REQUIRE(joined.has_value());
  CHECK(joined->size() < std::size_t{60} * 1024);
}

TEST_CASE("whoever has missed more than fits pages through the rest") {
  const Daemon daemon({.config = unlimited});
  JsonClient alice = member(daemon.address(), "alice");
  const auto since = number_of(alice.say("lobby", "0"), "seq");
  constexpr int total = 1200;
  count_aloud(alice, total);
  JsonClient bob(daemon.address());
  bob.hello("bob");
  const Event joined = join_since(bob, "lobby", since);
  CHECK_FALSE(truth_of(joined, "complete"));
  const Events newest = list_of(joined, "history");
  REQUIRE_FALSE(newest.empty());
  CHECK(text_of(newest.back(), "text") == std::to_string(total));

  Texts missed;
  auto after = since;
  const auto known = number_of(newest.front(), "seq");
  while (true) {
    const Event page = bob.answer({{"type", "history"}, {"room", "lobby"}, {"after", after}, {"limit", 500}});
    const Events messages = list_of(page, "messages");
    REQUIRE_FALSE(messages.empty());
    for (const auto& message : messages) {
      if (number_of(message, "seq") < known) missed.push_back(text_of(message, "text"));
    }
    after = number_of(messages.back(), "seq");
    if (truth_of(page, "complete")) break;
  }
  const Texts shown = said(newest);
  missed.insert(missed.end(), shown.begin(), shown.end());
  CHECK(missed == numbers(1, total));
}

TEST_CASE("history outlives the members of a room") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  std::uint64_t last = 0;
  {
    JsonClient alice = member(daemon.address(), "alice", "Lobby", framing);
    last = number_of(alice.say("lobby", "remember me"), "seq");
    alice.send({{"type", "quit"}});
    alice.expect_bye("quit");
  }
  JsonClient bob(daemon.address(), framing);
  bob.hello("bob");
  const Event joined = bob.join("lobby");
  CHECK(number_of(joined, "last") == last);
  CHECK(said(list_of(joined, "history")) == Texts{"remember me"});
  CHECK(number_of(bob.say("lobby", "I do"), "seq") > last);
}

TEST_CASE("a history request that asks for the impossible is refused") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const auto refusal = [&](Event request) {
    request["type"] = "history";
    return alice.refusal(request);
  };
  CHECK(refusal({{"room", "den"}}) == "not_joined");
  CHECK(refusal({{"room", "no room"}}) == "room_invalid");
  CHECK(refusal({{"room", "lobby"}, {"before", 5}, {"after", 3}}) == "bad_request");
  CHECK(refusal({{"room", "lobby"}, {"before", -1}}) == "bad_request");
  CHECK(refusal({{"room", "lobby"}, {"after", "yesterday"}}) == "bad_request");
  CHECK(refusal({{"room", "lobby"}, {"limit", 1.5}}) == "bad_request");
}

}  // namespace hubbub::test
