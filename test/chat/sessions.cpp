// Who one is and where one is: names, rooms, and what each needs.
#include "test/chat/doors.hpp"
#include "test/chat/house.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
namespace request = protocol::request;

}  // namespace

TEST_CASE("hello comes first, and once") {
  House house;
  const auto alice = house.connect();
  alice->say("lobby", "hi", "x");
  alice->ask(request::Ping{}, "p");
  alice->ask(hello("alice"), "h");
  alice->ask(hello("other"));
  CHECK(alice->heard() == Lines{"error hello_required #x", "error hello_required ref=p",
                                "welcome alice ref=h", "error already_welcome"});
}

TEST_CASE("another version of the protocol is not spoken") {
  House house;
  const auto alice = house.connect();
  auto newer = hello("alice");
  newer.version = 2;
  alice->ask(newer);
  CHECK(alice->heard() == Lines{"bye unsupported_version"});
  CHECK(alice->closed);
}

TEST_CASE("a name is one person's, whatever its case, until that person goes") {
  House house;
  auto alice = house.enter("Alice");
  const auto second = house.connect();
  second->ask(hello("ALICE"));
  second->ask(hello("a b"));
  CHECK(second->heard() == Lines{"error name_taken", "error name_invalid"});
  alice.reset();
  second->ask(hello("ALICE"));
  CHECK(second->heard() == Lines{"welcome ALICE"});
}

TEST_CASE("who asks for a name that is taken makes its bearer show that he is there") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  bob->ask(request::Rename{"ALICE"});
  house.connect()->ask(hello("Alice"));
  CHECK(alice->doubts == 2);
  bob->ask(request::Rename{"Bob"});
  CHECK(bob->doubts == 0);
}

TEST_CASE("without a name the server picks one that is free") {
  House house;
  const auto squatter = house.enter("guest-1");
  const auto guest = house.connect();
  guest->ask(request::Hello{});
  CHECK(guest->heard() == Lines{"welcome guest-2"});
}

TEST_CASE("a rename keeps the old name until it has worked, and frees it then") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  bob->ask(request::Rename{"ALICE"});
  CHECK(bob->heard().back() == "error name_taken");
  CHECK(bob->session().name().shown == "bob");
  alice->ask(request::Rename{"Alice"});  // one's own, in another case
  CHECK(alice->session().name().shown == "Alice");
  alice->ask(request::Rename{"Алиса"});
  bob->ask(request::Rename{"alice"});
  CHECK(bob->session().name().shown == "alice");
}

TEST_CASE("rooms are joined once, left once, and limited in number") {
  House house;
  house.settings.rooms_per_session = 2;
  const auto alice = house.enter("alice");
  alice->join("LOBBY");
  alice->join("dev");
  alice->join("third");
  alice->ask(request::Leave{"third"});
  alice->ask(request::Leave{"Dev"});
  alice->join("no spaces");
  CHECK(alice->heard() == Lines{"error already_joined", "joined dev alice", "error too_many_rooms",
                                "error not_joined", "left dev", "error room_invalid"});
}

TEST_CASE("history, topic and say are for members") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob", "dev");
  bob->say("lobby", "x", "i");
  bob->ask(request::Topic{.room = "lobby", .text = "t"});
  bob->ask(request::History{.room = "lobby", .before = {}, .after = {}, .limit = {}, .search = {}});
  CHECK(bob->heard() == Lines{"error not_joined #i", "error not_joined", "error not_joined"});
}

TEST_CASE("a text is cleaned, must not be empty or too long") {
  House house;
  house.settings.text_bytes = 8;
  const auto alice = house.enter("alice");
  alice->say("lobby", "a\x1b[2Jb");
  alice->say("lobby", "\x01\x02", "e");
  house.hub.end_turn();
  alice->say("lobby", "123456789", "l");
  house.hub.end_turn();
  CHECK(alice->heard() ==
        Lines{"message lobby alice: a[2Jb", "error text_empty #e", "error text_too_long #l"});
}

TEST_CASE("a private message reaches both sides, and nobody else") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob", "elsewhere");
  const auto carol = house.enter("carol");
  alice->heard();
  alice->ask(request::Tell{.to = "BOB", .text = "psst", .id = "x"}, "r");
  alice->ask(request::Tell{.to = "nobody", .text = "psst", .id = "y"});
  alice->ask(request::Tell{.to = "alice", .text = "note", .id = {}});
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"message to bob alice: psst #x ref=r", "error no_such_user #y",
                                "message to alice alice: note"});
  CHECK(bob->heard() == Lines{"message to bob alice: psst #x"});
  CHECK(carol->heard().empty());
}

TEST_CASE("a room is there while somebody is in it or something was said in it") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob", "quiet");
  const auto carol = house.enter("carol", "busy");
  carol->say("busy", "x");
  house.hub.end_turn();
  bob->ask(request::Leave{"quiet"});
  carol->ask(request::Leave{"busy"});
  alice->heard();
  alice->ask(request::Rooms{});
  alice->ask(request::Who{.room = "quiet", .after = {}});
  alice->ask(request::Who{.room = "busy", .after = {}});
  alice->ask(request::Who{});
  CHECK(alice->heard() ==
        Lines{"rooms busy=0 lobby=1", "error no_such_room", "members 0", "members 3 alice bob carol"});
}

TEST_CASE("rooms that somebody is in and those that have history are listed in one order, once each") {
  House house;
  const auto alice = house.enter("alice", "b");
  for (const auto* const room : {"a", "c", "e"}) {
    alice->join(room);
    alice->say(room, "x");
    house.hub.end_turn();
  }
  alice->ask(request::Leave{"c"});
  alice->join("d");
  const auto rooms = [&](std::optional<std::string> after) {
    alice->heard();
    alice->ask(request::Rooms{.after = std::move(after)});
    return alice->heard().at(0);
  };
  CHECK(rooms({}) == "rooms a=1 b=1 c=0 d=1 e=1");
  CHECK(rooms("b") == "rooms c=0 d=1 e=1");
  CHECK(rooms("c") == "rooms d=1 e=1");
  CHECK(house.hub.room_count() == 5);
  alice->ask(request::Leave{"d"});
  alice->ask(request::Leave{"e"});
  CHECK(house.hub.room_count() == 4);
  CHECK(rooms({}) == "rooms a=1 b=1 c=0 e=0");
}

TEST_CASE("making a room takes a token, and there are only so many rooms") {
  House house;
  house.settings.queries_burst = 4;
  house.settings.queries_per_second = 1;
  const auto alice = house.enter("alice");
  for (const auto* const room : {"a", "b", "c", "d"}) alice->join(room);
  CHECK(alice->heard() == Lines{"joined a alice", "joined b alice", "joined c alice", "error rate_limited"});
  house.settings.queries_burst = 0;
  house.settings.rooms = 4;
  const auto bob = house.enter("bob");
  bob->join("e");
  bob->join("a");  // which is there
  CHECK(bob->heard() == Lines{"error too_many_rooms", "joined a alice bob"});
  alice->ask(request::Leave{"c"});
  bob->join("e");
  bob->say("e", "kept");
  house.hub.end_turn();
  bob->ask(request::Leave{"e"});
  bob->heard();
  bob->join("f");
  bob->join("e");
  CHECK(bob->heard() == Lines{"error too_many_rooms", "joined e bob <kept>"});
  bob->ask(request::Leave{"e"});
  alice->ask(request::Topic{.room = "a", .text = ""});  // leaves nothing, and nothing out of the count
  house.hub.end_turn();
  CHECK(house.hub.room_count() == 4);
}

TEST_CASE("lists come in pages") {
  House house;
  house.settings.rooms_per_session = 0;
  const auto alice = house.enter("alice");
  for (int i = 100; i < 230; ++i) alice->join("r" + std::to_string(i));
  alice->ask(request::Rooms{});
  const auto first = alice->last<protocol::event::Rooms>();
  CHECK(first.rooms.size() == 100);
  CHECK(first.more);
  alice->ask(request::Rooms{.after = first.rooms.back().room});
  const auto second = alice->last<protocol::event::Rooms>();
  CHECK(second.rooms.size() == 31);
  CHECK_FALSE(second.more);
  CHECK(second.rooms.front().room == "r199");
}

TEST_CASE("numbers of another journal are worth nothing, and the answer says so") {
  House house;
  const auto alice = house.enter("alice");
  for (const auto* text : {"1", "2", "3"}) alice->say("lobby", text);
  house.hub.end_turn();
  const auto epoch = alice->last<protocol::event::Joined>().epoch;
  CHECK(epoch == house.hub.journal().epoch());
  const auto seq = alice->last<protocol::MessagePtr>()->seq - 1;
  const auto joins = [&](std::optional<std::uint64_t> since, std::optional<std::string> of) {
    const auto bob = house.connect();
    bob->ask(hello("bob"));
    bob->ask(request::Join{.room = "lobby", .since = since, .epoch = std::move(of), .replay = {}, .key = {}});
    return bob->last<protocol::event::Joined>();
  };
  CHECK(joins(seq, epoch).history.size() == 1);
  CHECK(joins(seq, epoch).complete);
  CHECK(joins(seq, {}).history.size() == 1);
  CHECK(joins(seq, {}).complete);
  house.settings.replay = 1;  // which is for those who have seen nothing
  const auto other = joins(seq, "another");
  house.settings.replay = 50;
  CHECK(other.epoch == epoch);
  CHECK(other.history.size() == 3);
  CHECK_FALSE(other.complete);
  CHECK(joins({}, "another").complete);  // nothing was to go on from
}

TEST_CASE("a topic is told to the room, shown on joining, and cleared by an empty one") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  alice->heard();
  alice->ask(request::Topic{.room = "lobby", .text = "tea"}, "t");
  CHECK(bob->heard().empty());  // not before the journal has it
  house.hub.end_turn();
  alice->ask(request::Topic{.room = "lobby", .text = "two\nlines"});
  CHECK(alice->heard() == Lines{"topic lobby alice: tea ref=t", "error text_invalid"});
  CHECK(bob->heard() == Lines{"topic lobby alice: tea"});
  const auto carol = house.enter("carol");
  CHECK(carol->last<protocol::event::Joined>().topic == "tea");
  alice->ask(request::Topic{.room = "lobby", .text = ""});
  house.hub.end_turn();
  CHECK(bob->heard().back() == "topic lobby alice: ");
}

}  // namespace hubbub::chat
