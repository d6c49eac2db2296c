#include <set>

#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"

// Joining and leaving rooms, and finding out what rooms there are and who is in them.
namespace hubbub::test {
namespace {

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("joining tells the joiner about the room and the room about the joiner") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice(daemon.address(), framing);
  alice.send({{"type", "hello"}, {"version", 1}, {"name", "alice"}});
  alice.send({{"type", "join"}, {"room", "Lobby"}, {"ref", "j"}});
  const Event first = alice.expect("joined");
  CHECK(text_of(first, "ref") == "j");
  CHECK(text_of(first, "room") == "Lobby");
  CHECK(text_of(first, "topic").empty());
  CHECK(number_of(first, "count") == 1);
  CHECK(texts_of(first, "members") == Names{"alice"});
  CHECK(number_of(first, "last") == 0);
  CHECK(list_of(first, "history").empty());
  CHECK(truth_of(first, "complete"));
  alice.sync();

  JsonClient bob(daemon.address(), framing);
  bob.hello("bob");
  const Event second = bob.join("LOBBY");
  CHECK(text_of(second, "room") == "Lobby");
  CHECK(number_of(second, "count") == 2);
  CHECK(texts_of(second, "members") == Names{"alice", "bob"});
  const Event presence = alice.expect("presence");
  CHECK(text_of(presence, "room") == "Lobby");
  CHECK(number_of(presence, "count") == 2);
  CHECK(texts_of(presence, "joined") == Names{"bob"});
  CHECK_FALSE(has(presence, "left"));
}

TEST_CASE("who has left a room hears no more of it and cannot speak in it") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient bob = member(daemon.address(), "bob", "lobby", framing);
  const Event left = bob.answer({{"type", "leave"}, {"room", "LOBBY"}});
  CHECK(text_of(left, "type") == "left");
  CHECK(text_of(left, "room") == "lobby");
  CHECK(alice.expect_departure("bob") == "left");
  alice.say("lobby", "is he gone?");

  CHECK(bob.refusal({{"type", "say"}, {"room", "lobby"}, {"text", "hi"}}) == "not_joined");
  CHECK(bob.refusal({{"type", "topic"}, {"room", "lobby"}, {"text", "hi"}}) == "not_joined");
  CHECK(bob.refusal({{"type", "history"}, {"room", "lobby"}}) == "not_joined");
  CHECK(bob.refusal({{"type", "leave"}, {"room", "lobby"}}) == "not_joined");
  CHECK(text_of(bob.answer({{"type", "say"}, {"room", "lobby"}, {"text", "hi"}}), "text") ==
        "you are not in lobby; join it first");
  CHECK(text_of(bob.answer({{"type", "leave"}, {"room", "lobby"}}), "text") == "you are not in lobby");
  CHECK(of_type(bob.sync(), "message").empty());
  CHECK(said(of_type(alice.sync(), "message")).empty());
}

TEST_CASE("a departure has its reason") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice");

  JsonClient bob = member(daemon.address(), "bob", "lobby", framing);
  bob.send({{"type", "quit"}, {"text", "dinner"}, {"ref", "q"}});
  CHECK(text_of(bob.expect_bye("quit"), "ref") == "q");
  CHECK(alice.expect_departure("bob") == "dinner");

  JsonClient carol = member(daemon.address(), "carol", "lobby", framing);
  carol.send({{"type", "quit"}});
  carol.expect_bye("quit");
  CHECK(alice.expect_departure("carol") == "quit");

  JsonClient dave = member(daemon.address(), "dave", "lobby", framing);
  dave.close();
  CHECK(alice.expect_departure("dave") == "disconnected");
}

TEST_CASE("who stops sending gets every answer before the end") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient bot(daemon.address(), framing);
  bot.send({{"type", "hello"}, {"version", 1}, {"name", "bot"}});
  bot.send({{"type", "join"}, {"room", "lobby"}});
  bot.send({{"type", "say"}, {"room", "lobby"}, {"text", "done"}});
  bot.half_close();
  CHECK(text_of(bot.expect("message"), "text") == "done");
  for (auto line = bot.read_line(); line; line = bot.read_line()) CHECK(line->starts_with('{'));
}

TEST_CASE("rooms that cannot be joined") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[limits]\nrooms_per_session = 2\n"});
  JsonClient alice = member(daemon.address(), "alice", "Lobby", framing);
  const auto join = [&](std::string_view room) { return alice.refusal({{"type", "join"}, {"room", room}}); };
  CHECK(join("lobby") == "already_joined");
  CHECK(join("") == "room_invalid");
  CHECK(join("two words") == "room_invalid");
  CHECK(join("#lobby") == "room_invalid");
  CHECK(join("zero\u200bwidth") == "room_invalid");
  CHECK(join(std::string(51, 'x')) == "room_invalid");
  CHECK(text_of(alice.join(std::string(50, 'x')), "room").size() == 50);
  CHECK(join("third") == "too_many_rooms");
  alice.answer({{"type", "leave"}, {"room", "lobby"}});
  CHECK(text_of(alice.join("Третья"), "room") == "Третья");
}

TEST_CASE("who lists a room or everybody") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  JsonClient bob = member(daemon.address(), "Bob", "den", framing);
  const Event den = alice.answer({{"type", "who"}, {"room", "DEN"}});
  CHECK(text_of(den, "type") == "members");
  CHECK(text_of(den, "room") == "den");
  CHECK(number_of(den, "count") == 1);
  CHECK(texts_of(den, "names") == Names{"Bob"});
  CHECK_FALSE(truth_of(den, "more"));
  const Event all = alice.answer({{"type", "who"}});
  CHECK_FALSE(has(all, "room"));
  CHECK(number_of(all, "count") == 2);
  CHECK(texts_of(all, "names") == Names{"alice", "Bob"});
  CHECK(alice.refusal({{"type", "who"}, {"room", "nowhere"}}) == "no_such_room");
  CHECK(alice.refusal({{"type", "who"}, {"room", "no where"}}) == "room_invalid");
}

TEST_CASE("a crowd is listed in pages") {
  constexpr std::size_t crowd = 230;
  const Daemon daemon({.config = "[limits]\npresence_members = 5\n"});
  std::vector<JsonClient> clients;
  for (std::size_t i = 0; i < crowd; ++i) {
    clients.push_back(member(daemon.address(), "member" + std::to_string(i)));
  }
  JsonClient alice(daemon.address());
  alice.hello("alice");
  const Event joined = alice.join("lobby");
  CHECK(number_of(joined, "count") == crowd + 1);
  CHECK(texts_of(joined, "members").size() == 100);

  for (const bool of_room : {true, false}) {
    std::set<std::string> names;
    std::string after;
    bool more = true;
    while (more) {
      Event who{{"type", "who"}};
      if (of_room) who["room"] = "lobby";
      if (!after.empty()) who["after"] = after;
      const Event page = alice.answer(who);
      const Names listed = texts_of(page, "names");
      REQUIRE_FALSE(listed.empty());
      CHECK(listed.size() <= 100);
      CHECK(number_of(page, "count") == crowd + 1);
      for (const auto& name : listed) CHECK(names.insert(name).second);
      after = listed.back();
      more = truth_of(page, "more");
    }
    CHECK(names.size() == crowd + 1);
  }
}

TEST_CASE("rooms are listed with topic and count") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  JsonClient bob = member(daemon.address(), "bob", "lobby", framing);
  bob.join("Den");
  bob.answer({{"type", "topic"}, {"room", "den"}, {"text", "badgers"}});
  const Event reply = alice.answer({{"type", "rooms"}});
  CHECK_FALSE(truth_of(reply, "more"));
  const Events rooms = list_of(reply, "rooms");
  REQUIRE(rooms.size() == 2);
  CHECK(text_of(rooms[0], "room") == "Den");
  CHECK(text_of(rooms[0], "topic") == "badgers");
  CHECK(number_of(rooms[0], "count") == 1);
  CHECK(text_of(rooms[1], "room") == "lobby");
  CHECK(number_of(rooms[1], "count") == 2);
}

TEST_CASE("a room lasts while it has members or history") {
  const Daemon daemon;
  JsonClient alice(daemon.address());
  alice.hello("alice");
  alice.join("mute");
  alice.join("spoken");
  alice.say("spoken", "something");
  alice.answer({{"type", "leave"}, {"room", "mute"}});
  alice.answer({{"type", "leave"}, {"room", "spoken"}});
  const Events rooms = list_of(alice.answer({{"type", "rooms"}}), "rooms");
  REQUIRE(rooms.size() == 1);
  CHECK(text_of(rooms[0], "room") == "spoken");
  CHECK(number_of(rooms[0], "count") == 0);
  CHECK(alice.refusal({{"type", "who"}, {"room", "mute"}}) == "no_such_room");
  CHECK(number_of(alice.answer({{"type", "who"}, {"room", "spoken"}}), "count") == 0);
}

TEST_CASE("many rooms are listed in pages") {
  constexpr std::size_t many = 250;
  const Daemon daemon({.config = "[limits]\nrooms_per_session = 0\n"});
  JsonClient alice(daemon.address(), Framing::one_segment);
  alice.send({{"type", "hello"}, {"version", 1}, {"name", "alice"}});
  for (std::size_t i = 0; i < many; ++i) {
    alice.send({{"type", "join"}, {"room", "room" + std::to_string(i)}});
  }
  CHECK(of_type(alice.sync(), "joined").size() == many);
  std::set<std::string> names;
  Event page = alice.answer({{"type", "rooms"}});
  while (true) {
    const Events rooms = list_of(page, "rooms");
    REQUIRE_FALSE(rooms.empty());
    CHECK(rooms.size() <= 100);
    for (const auto& room : rooms) CHECK(names.insert(text_of(room, "room")).second);
    if (!truth_of(page, "more")) break;
    page = alice.answer({{"type", "rooms"}, {"after", text_of(rooms.back(), "room")}});
  }
  CHECK(names.size() == many);
}

}  // namespace hubbub::test
