#include <algorithm>
#include <map>
#include <regex>
#include <tuple>

#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"

// Messages: to a room, to one person, in order, and none twice.
namespace hubbub::test {
namespace {

constexpr auto without_limit = "[limits]\nmessages_per_second = 0\n";

bool is_wire_time(const std::string& time) {
  return std::regex_match(time, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"));
}

}  // namespace

TEST_CASE("what is said in a room is seen by all in it and by nobody else") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  JsonClient bob = member(daemon.address(), "bob", "Lobby", framing);
  JsonClient eve = member(daemon.address(), "eve", "elsewhere");

  const Event own =
      alice.answer({{"type", "say"}, {"room", "LOBBY"}, {"text", "Привет, 世界 \U0001f44b"}, {"id", "m1"}});
  CHECK(text_of(own, "type") == "message");
  CHECK(text_of(own, "id") == "m1");
  const Event heard = bob.expect("message");
  CHECK(text_of(heard, "room") == "lobby");
  CHECK(text_of(heard, "from") == "alice");
  CHECK(text_of(heard, "text") == "Привет, 世界 \U0001f44b");
  CHECK(is_wire_time(text_of(heard, "time")));
  CHECK_FALSE(has(heard, "ref"));
  CHECK_FALSE(has(heard, "to"));
  for (const char* field : {"seq", "time", "room", "text"}) CHECK(own.at(field) == heard.at(field));
  CHECK(of_type(eve.sync(), "message").empty());

  const Event action =
      alice.answer({{"type", "say"}, {"room", "lobby"}, {"text", "waves"}, {"action", true}});
  CHECK(truth_of(action, "action"));
  CHECK(number_of(action, "seq") > number_of(own, "seq"));
  CHECK(truth_of(bob.expect("message"), "action"));
}

TEST_CASE("what is told to one person is seen by the two alone") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  JsonClient bob = member(daemon.address(), "Bob");
  JsonClient eve = member(daemon.address(), "eve");
  const Event own = alice.answer({{"type", "tell"}, {"to", "BOB"}, {"text", "psst"}, {"id", "p1"}});
  CHECK(text_of(own, "type") == "message");
  CHECK(text_of(own, "id") == "p1");
  for (const Event& message : {own, bob.expect("message")}) {
    CHECK(text_of(message, "to") == "Bob");
    CHECK(text_of(message, "from") == "alice");
    CHECK(text_of(message, "text") == "psst");
    CHECK(is_wire_time(text_of(message, "time")));
    CHECK_FALSE(has(message, "room"));
    CHECK_FALSE(has(message, "seq"));
  }
  CHECK(of_type(eve.sync(), "message").empty());
  CHECK(list_of(eve.answer({{"type", "history"}, {"room", "lobby"}}), "messages").empty());

  const Event nobody = alice.answer({{"type", "tell"}, {"to", "carol"}, {"text", "psst"}, {"id", "p2"}});
  CHECK(text_of(nobody, "code") == "no_such_user");
  CHECK(text_of(nobody, "id") == "p2");
}

TEST_CASE("talking to oneself is heard once") {
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice");
  alice.send({{"type", "tell"}, {"to", "alice"}, {"text", "note"}});
  CHECK(said(of_type(alice.sync(), "message")) == std::vector<std::string>{"note"});
}

TEST_CASE("replies come in the order of the requests") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = without_limit});
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  alice.join("den");
  alice.sync();
  constexpr int rounds = 20;
  for (int i = 0; i < rounds; ++i) {
    const std::string n = std::to_string(i);
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", "lobby " + n}, {"ref", n + "a"}});
    alice.send({{"type", "ping"}, {"ref", n + "b"}});
    alice.send({{"type", "say"}, {"room", "den"}, {"text", "den " + n}, {"ref", n + "c"}});
    alice.send({{"type", "nonsense"}, {"ref", n + "d"}});
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", ""}, {"ref", n + "e"}});
    alice.send({{"type", "who"}, {"ref", n + "f"}});
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", "lobby too " + n}, {"ref", n + "g"}});
    alice.send({{"type", "history"}, {"room", "lobby"}, {"limit", 1}, {"ref", n + "h"}});
  }
  for (int i = 0; i < rounds; ++i) {
    for (const char step : std::string("abcdefgh")) {
      const Event reply = alice.next();
      CHECK(text_of(reply, "ref") == std::to_string(i) + step);
      // What has been said is in the history for whoever asks next.
      if (step == 'h') {
        CHECK(said(list_of(reply, "messages")) == std::vector<std::string>{"lobby too " + std::to_string(i)});
      }
    }
  }
}

TEST_CASE("everybody sees the same messages in the same order") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  constexpr int each = 40;
  const Daemon daemon({.config = without_limit});
  std::vector<JsonClient> speakers;
  for (const char* name : {"alice", "bob", "carol"}) {
    speakers.push_back(member(daemon.address(), name, "lobby", framing));
  }
  JsonClient listener = member(daemon.address(), "listener");
  for (int i = 0; i < each; ++i) {
    for (auto& speaker : speakers) {
      speaker.send({{"type", "say"}, {"room", "lobby"}, {"text", std::to_string(i)}});
    }
  }
  for (auto& speaker : speakers) speaker.flush();
  const auto hear_all = [](JsonClient& client) {
    std::vector<std::tuple<std::uint64_t, std::string, std::string>> heard;
    while (heard.size() < each * 3U) {
      const Event message = client.expect("message");
      heard.emplace_back(number_of(message, "seq"), text_of(message, "from"), text_of(message, "text"));
    }
    return heard;
  };
  const auto heard = hear_all(listener);
  for (auto& speaker : speakers) CHECK(hear_all(speaker) == heard);
  CHECK(std::is_sorted(heard.begin(), heard.end()));
  CHECK(std::adjacent_find(heard.begin(), heard.end(), [](const auto& a, const auto& b) {
          return std::get<0>(a) == std::get<0>(b);
        }) == heard.end());
  std::map<std::string, int> next;
  for (const auto& [seq, from, text] : heard) CHECK(text == std::to_string(next[from]++));
}

TEST_CASE("what is said twice with one id is heard once") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient bob = member(daemon.address(), "bob");
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const Event say{{"type", "say"}, {"room", "lobby"}, {"text", "once"}, {"id", "x1"}};
  const Event first = alice.answer(say);
  Event other_words = say;
  other_words["text"] = "once more";
  for (const Event& again : {alice.answer(say), alice.answer(other_words)}) {
    CHECK(text_of(again, "type") == "message");
    CHECK(text_of(again, "text") == "once");
    CHECK(text_of(again, "id") == "x1");
    CHECK(again.at("seq") == first.at("seq"));
    CHECK(again.at("time") == first.at("time"));
  }

  SECTION("nor when both are on their way at once") {
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", "twin"}, {"id", "x2"}});
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", "twin"}, {"id", "x2"}});
    const Events twins = of_type(alice.sync(), "message");
    REQUIRE(twins.size() == 2);
    CHECK(twins[0].at("seq") == twins[1].at("seq"));
    CHECK(said(of_type(bob.sync(), "message")) == std::vector<std::string>{"once", "twin"});
  }
  SECTION("nor after a new connection") {
    alice.close();
    CHECK(bob.expect_departure("alice") == "disconnected");
    JsonClient returned = member(daemon.address(), "Alice", "lobby", framing);
    const Event again = returned.answer(say);
    CHECK(again.at("seq") == first.at("seq"));
    returned.say("lobby", "fresh");
    CHECK(said(of_type(bob.sync(), "message")) == std::vector<std::string>{"fresh"});
  }
  SECTION("but another's id is another's and another room's too") {
    CHECK(bob.answer(say).at("seq") != first.at("seq"));
    alice.join("den");
    Event elsewhere = say;
    elsewhere["room"] = "den";
    CHECK(text_of(alice.answer(elsewhere), "room") == "den");
    CHECK(said(of_type(bob.sync(), "message")).empty());
  }
}

TEST_CASE("an id and a ref are 1 to 64 bytes without controls") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const std::string longest(64, 'i');
  alice.send({{"type", "say"}, {"room", "lobby"}, {"text", "fits"}, {"id", longest}, {"ref", longest}});
  const Event fits = alice.expect("message");
  CHECK(text_of(fits, "id") == longest);
  CHECK(text_of(fits, "ref") == longest);
  for (const std::string& bad :
       {std::string(), longest + 'i', std::string("a\x1b[2J"), std::string("\u0085")}) {
    CAPTURE(bad);
    CHECK(alice.refusal({{"type", "say"}, {"room", "lobby"}, {"text", "hi"}, {"id", bad}}) == "bad_request");
    alice.send({{"type", "ping"}, {"ref", bad}});
    const Event error = alice.next();
    CHECK(text_of(error, "code") == "bad_request");
    CHECK_FALSE(has(error, "ref"));
  }
}

TEST_CASE("a text has its length and its characters") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient bob = member(daemon.address(), "bob");
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const auto refusal = [&](const std::string& text) {
    std::string code = alice.refusal({{"type", "say"}, {"room", "lobby"}, {"text", text}});
    CHECK(alice.refusal({{"type", "tell"}, {"to", "bob"}, {"text", text}}) == code);
    return code;
  };
  CHECK(refusal("") == "text_empty");
  CHECK(refusal("\x01\x02\x1b\u0085") == "text_empty");
  CHECK(refusal(std::string(4097, 'x')) == "text_too_long");
  CHECK(refusal("non\uffffcharacter") == "text_invalid");
  CHECK(of_type(bob.sync(), "message").empty());

  const std::string longest = std::string(4093, 'x') + "世";
  CHECK(text_of(alice.say("lobby", longest), "text") == longest);
  CHECK(text_of(alice.say("lobby", "two\n\tlines"), "text") == "two\n\tlines");
  CHECK(said(of_type(bob.sync(), "message")) == std::vector<std::string>{longest, "two\n\tlines"});
}

}  // namespace hubbub::test
