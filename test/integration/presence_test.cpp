#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"

// What a room tells its members besides messages: topics, new names, who comes and who goes.
namespace hubbub::test {
namespace {

using Names = std::vector<std::string>;

Event topic_request(std::string_view text) { return {{"type", "topic"}, {"room", "lobby"}, {"text", text}}; }

}  // namespace

TEST_CASE("a topic is told to the room and to those who join later") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  JsonClient bob = member(daemon.address(), "bob");
  JsonClient eve = member(daemon.address(), "eve", "elsewhere");
  const Event own = alice.answer(topic_request("Что нового? 你好"));
  const Event heard = bob.expect("topic");
  for (const Event& topic : {own, heard}) {
    CHECK(text_of(topic, "type") == "topic");
    CHECK(text_of(topic, "room") == "lobby");
    CHECK(text_of(topic, "text") == "Что нового? 你好");
    CHECK(text_of(topic, "from") == "alice");
    CHECK(text_of(topic, "time").ends_with("Z"));
  }
  CHECK_FALSE(has(heard, "ref"));
  CHECK(of_type(alice.sync(), "topic").empty());
  CHECK(of_type(eve.sync(), "topic").empty());
  CHECK(text_of(eve.join("lobby"), "topic") == "Что нового? 你好");

  CHECK(text_of(bob.answer(topic_request("")), "text").empty());
  CHECK(text_of(alice.expect("topic"), "text").empty());
  eve.answer({{"type", "leave"}, {"room", "lobby"}});
  CHECK(text_of(eve.join("lobby"), "topic").empty());
}

TEST_CASE("a topic that cannot be is refused and changes nothing") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  alice.answer(topic_request("before"));
  CHECK(alice.refusal(topic_request("two\nlines")) == "text_invalid");
  CHECK(alice.refusal(topic_request(std::string(4097, 'x'))) == "text_too_long");
  CHECK(alice.refusal({{"type", "topic"}, {"room", "den"}, {"text", "x"}}) == "not_joined");
  CHECK(alice.refusal({{"type", "topic"}, {"room", "lobby"}}) == "bad_request");
  JsonClient bob(daemon.address());
  bob.hello("bob");
  CHECK(text_of(bob.join("lobby"), "topic") == "before");
}

TEST_CASE("a new name is told once to everyone who shares a room") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  JsonClient bob = member(daemon.address(), "bob");
  alice.join("den");
  bob.join("den");
  JsonClient eve = member(daemon.address(), "eve", "elsewhere");
  alice.sync();
  const Event own = alice.answer({{"type", "rename"}, {"name", "Алиса"}});
  CHECK(text_of(own, "type") == "renamed");
  CHECK(text_of(own, "old") == "alice");
  CHECK(text_of(own, "new") == "Алиса");
  const Events heard = of_type(bob.sync(), "renamed");
  REQUIRE(heard.size() == 1);
  CHECK(text_of(heard[0], "new") == "Алиса");
  CHECK_FALSE(has(heard[0], "ref"));
  CHECK(of_type(alice.sync(), "renamed").empty());
  CHECK(of_type(eve.sync(), "renamed").empty());

  alice.say("den", "it is still me");
  CHECK(text_of(bob.expect("message"), "from") == "Алиса");
  bob.answer({{"type", "tell"}, {"to", "АЛИСА"}, {"text", "hello"}});
  CHECK(text_of(alice.expect("message"), "to") == "Алиса");
  CHECK(bob.refusal({{"type", "tell"}, {"to", "alice"}, {"text", "hello"}}) == "no_such_user");
  CHECK(text_of(eve.answer({{"type", "rename"}, {"name", "alice"}}), "type") == "renamed");
}

TEST_CASE("a name that cannot be taken leaves the old one") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  JsonClient bob = member(daemon.address(), "bob");
  CHECK(alice.refusal({{"type", "rename"}, {"name", "BOB"}}) == "name_taken");
  CHECK(alice.refusal({{"type", "rename"}, {"name", "two words"}}) == "name_invalid");
  CHECK(alice.refusal({{"type", "rename"}}) == "bad_request");
  CHECK(of_type(bob.sync(), "renamed").empty());
  CHECK(text_of(alice.say("lobby", "hi"), "from") == "alice");
  CHECK(text_of(alice.answer({{"type", "rename"}, {"name", "ALICE"}}), "new") == "ALICE");
  CHECK(text_of(bob.expect("renamed"), "new") == "ALICE");
}

TEST_CASE("in a small room everyone is named") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[limits]\npresence_members = 4\n"});
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  Names joined;
  const auto gather = [&](const Events& events) {
    for (const Event& presence : of_type(events, "presence")) {
      if (!has(presence, "joined")) continue;
      for (const auto& name : texts_of(presence, "joined")) joined.push_back(name);
    }
  };
  gather(alice.sync());
  joined.clear();  // of herself she may hear
  JsonClient bob = member(daemon.address(), "bob", "lobby", framing);
  JsonClient carol = member(daemon.address(), "carol", "lobby", framing);
  JsonClient dave = member(daemon.address(), "dave", "lobby", framing);
  gather(alice.sync());
  CHECK(joined == Names{"bob", "carol", "dave"});
}

TEST_CASE("in a large room members are counted and not named") {
  constexpr std::size_t crowd = 60;
  const Daemon daemon({.config = "[limits]\npresence_members = 3\n"});
  JsonClient alice = member(daemon.address(), "alice");
  std::vector<JsonClient> clients;
  for (const char* name : {"bob", "carol", "dave"}) clients.push_back(member(daemon.address(), name));
  alice.sync();

  std::size_t lines = 0;
  const auto wait_for_count = [&](std::size_t count) {
    std::size_t told = 0;
    while (told != count) {
      const Event presence = alice.expect("presence");
      CHECK_FALSE(has(presence, "joined"));
      CHECK_FALSE(has(presence, "left"));
      told = number_of(presence, "count");
      ++lines;
    }
  };
  for (std::size_t i = 0; i < crowd; ++i) {
    clients.push_back(member(daemon.address(), "member" + std::to_string(i)));
  }
  wait_for_count(crowd + 4);
  // Once a second: far fewer lines than comings.
  CHECK(lines < crowd / 2);

  while (clients.size() > crowd) clients.pop_back();
  wait_for_count(crowd + 1);
  CHECK(lines < crowd / 2);
}

}  // namespace hubbub::test
