// Private messages between accounts: kept, delivered to every session of both, and there for one who was
// away.
#include <memory>
#include <string>
#include <vector>

#include "protocol/limits.hpp"
#include "test/chat/doors.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

namespace event = protocol::event;
namespace request = protocol::request;
using protocol::Code;
using Lines = std::vector<std::string>;

request::Tell tell(const std::string& to, const std::string& text, std::optional<std::string> id = {}) {
  return {.to = to, .text = text, .id = std::move(id)};
}
request::History history(const std::string& with, std::optional<std::uint64_t> after = {}) {
  request::History asked{.room = {}, .before = {}, .after = after, .limit = 500, .search = {}};
  asked.with = with;
  return asked;
}
request::Read read_with(const std::string& with, std::uint64_t seq) {
  return {.room = {}, .with = with, .seq = seq};
}
std::uint64_t last_seq(const Peer& peer) { return peer.last<protocol::MessagePtr>()->seq; }

}  // namespace

TEST_CASE("what two accounts say to each other goes to every session of both, and to nobody else") {
  Doors doors;
  const auto carol = doors.owner("carol");
  const auto anna = doors.owner("anna");
  const auto bob = doors.owner("bob");
  const auto phone = doors.come_back("anna");
  for (const auto* each : {&carol, &anna, &bob, &phone}) (*each)->heard();

  doors.ask(*anna, tell("BOB", "hi", "1"));
  for (const auto* each : {&anna, &bob, &phone}) {
    CHECK((*each)->heard() == Lines{"message to bob anna: hi #1"});
    CHECK(last_seq(**each) > 0);
    CHECK((*each)->last<protocol::MessagePtr>()->account == "anna");
  }
  doors.ask(*bob, tell("anna", "hello"));
  CHECK(phone->heard() == Lines{"message to anna bob: hello"});
  CHECK(carol->heard().empty());
  anna->heard();
  // Sent again: the answer alone.
  doors.ask(*anna, tell("bob", "hi", "1"));
  CHECK(anna->heard() == Lines{"message to bob anna: hi #1"});
  CHECK(phone->heard().empty());
  bob->heard();
  // Also by another name that the account bears.
  doors.ask(*bob, request::Rename{"robert"});
  bob->heard();
  anna->heard();
  doors.ask(*anna, tell("robert", "whoever you are"));
  CHECK(anna->heard() == Lines{"message to bob anna: whoever you are"});
  CHECK(bob->heard() == Lines{"message to bob anna: whoever you are"});
  // What one tells oneself is a note, on every device.
  phone->heard();
  doors.ask(*anna, tell("anna", "milk"));
  CHECK(phone->heard() == Lines{"message to anna anna: milk"});
  CHECK(anna->heard() == Lines{"message to anna anna: milk"});
}

TEST_CASE("private messages wait for one who is away, are counted, and are read in order") {
  Doors doors;
  doors.settings.messages_burst = 0;
  const auto anna = doors.owner("anna");
  doors.owner("bob").reset();
  const auto carol = doors.owner("carol");
  for (int i = 0; i < 7; ++i) doors.ask(*anna, tell("bob", "m" + std::to_string(i)));
  doors.ask(*carol, tell("bob", "from carol"));
  doors.ask(*anna, request::Conversations{});
  CHECK(anna->last<event::Conversations>().conversations.at(0).unread == 0);

  const auto bob = doors.come_back("bob");
  bob->heard();
  doors.ask(*bob, request::Conversations{});
  CHECK(bob->heard() == Lines{"conversations carol=1 anna=7"});
  doors.ask(*bob, history("anna"));
  CHECK(bob->heard() == Lines{"history <m0> <m1> <m2> <m3> <m4> <m5> <m6>"});
  const auto messages = bob->last<event::History>().messages;
  CHECK(bob->last<event::History>().with == "anna");
  doors.ask(*bob, history("anna", messages[4]->seq));
  CHECK(bob->heard() == Lines{"history <m5> <m6>"});
  auto search = history("Anna");
  search.search = "m3";
  doors.ask(*bob, search);
  CHECK(bob->heard() == Lines{"history <m3>"});
  doors.ask(*bob, tell("anna", "mine do not count"));
  doors.ask(*bob, request::Conversations{});
  bob->heard();
  CHECK(bob->last<event::Conversations>().conversations.at(0).with == "anna");
  CHECK(bob->last<event::Conversations>().conversations.at(0).unread == 7);
  request::Conversations rest;
  rest.after = "anna";
  doors.ask(*bob, rest);
  CHECK(bob->heard() == Lines{"conversations carol=1"});
}

TEST_CASE("what an erased account has said stays to be read, and counts as unread") {
  Doors doors;
  const auto anna = doors.owner("anna");
  const auto bob = doors.owner("bob");
  const auto carol = doors.owner("carol");
  doors.ask(*bob, tell("anna", "before I go"));
  const auto number = doors.account("bob").number;
  doors.ask(*bob, request::Erase{.password = password, .messages = {}});
  anna->heard();
  doors.ask(*anna, request::Conversations{});
  const auto listed = anna->last<event::Conversations>().conversations;
  REQUIRE(listed.size() == 1);
  const auto with = journal::author_key(number);
  CHECK(listed[0].with == with);
  CHECK(listed[0].erased);
  CHECK(listed[0].unread == 1);
  anna->heard();
  doors.ask(*anna, history(with));
  CHECK(anna->heard() == Lines{"history <before I go>"});
  CHECK(anna->last<event::History>().with == with);
  doors.ask(*anna, read_with(with, listed[0].last));
  CHECK(anna->last<event::Read>().with == with);
  doors.ask(*anna, request::Conversations{});
  CHECK(anna->last<event::Conversations>().conversations.at(0).unread == 0);
  // Nothing can be said there, and nobody else has it.
  doors.ask(*anna, tell(with, "are you there?"));
  CHECK(code_of(*anna) == Code::name_invalid);
  doors.ask(*carol, history(with));
  CHECK(code_of(*carol) == Code::no_such_account);
  doors.ask(*carol, history("#" + std::to_string(number + 1)));
  CHECK(code_of(*carol) == Code::no_such_account);
}

TEST_CASE("what is read of a conversation has the names of now") {
  Doors doors;
  const auto anna = doors.owner("anna");
  const auto bob = doors.owner("bob");
  doors.ask(*anna, tell("bob", "to bob"));
  doors.ask(*bob, tell("anna", "to anna"));
  doors.append(journal::account::Renamed{.account = doors.account("bob").number,
                                         .name = accounts::owned(protocol::parse_name("robert").value()),
                                         .reserved_until = {}});
  const auto names = [&](const std::string& with) {
    doors.ask(*anna, history(with));
    Lines all;
    for (const auto& each : anna->last<event::History>().messages)
      all.push_back(each->account + " to " + each->to);
    return all;
  };
  CHECK(names("robert") == Lines{"anna to robert", "robert to anna"});
  const auto key = journal::author_key(doors.account("robert").number);
  doors.ask(*bob, request::Erase{.password = password, .messages = {}});
  CHECK(names(key) == Lines{"anna to " + key, key + " to anna"});
}

TEST_CASE(
    "a message to a guest whose fate is open holds up nothing that is said after it to the account of that "
    "name") {
  Doors doors;
  const auto anna = doors.owner("anna");
  const auto bob = doors.enter("bob");
  bob->dead = true;
  doors.ask(*anna, tell("bob", "for the guest", "1"));
  doors.ask(*bob, registration());
  const auto again = doors.come_back("anna");
  again->heard();
  again->ask(tell("bob", "before", "2"));
  again->ask(tell("bob", "for the guest", "1"));
  again->ask(tell("bob", "after", "3"));
  doors.settle();
  bob->dead = false;
  doors.clock.pass(std::chrono::seconds{6});
  for (int i = 0; i < 3; ++i) {
    doors.hub.tick();
    doors.settle();
  }
  doors.ask(*again, request::Ping{});
  again->last<event::Pong>();
}

TEST_CASE("a list of conversations is continued whatever becomes of the last one of its page") {
  Doors doors;
  doors.settings.messages_burst = 0;
  const auto anna = doors.owner("anna");
  for (int i = 0; i < 60; ++i) {
    const auto other = doors.owner("other" + std::to_string(i));
    doors.ask(*anna, tell("other" + std::to_string(i), "hi"));
    other->ask(request::Quit{});
    doors.settle();
  }
  const auto names = [&] {
    Lines all;
    for (const auto& each : anna->last<event::Conversations>().conversations) all.push_back(each.with);
    return all;
  };
  doors.ask(*anna, request::Conversations{});
  auto listed = names();
  REQUIRE(listed.size() == 50);
  const auto last = anna->last<event::Conversations>().conversations.back();
  SECTION("renamed") {
    doors.append(journal::account::Renamed{.account = doors.account(last.with).number,
                                           .name = accounts::owned(protocol::parse_name("new").value()),
                                           .reserved_until = {}});
  }
  SECTION("erased") {
    doors.append(journal::account::Erased{.account = doors.account(last.with).number,
                                          .key = last.with,
                                          .look = last.with,
                                          .reserved_until = {}});
  }
  SECTION("written to") { doors.ask(*anna, tell(last.with, "once more")); }
  request::Conversations rest;
  rest.before = last.last;
  doors.ask(*anna, rest);
  CHECK_FALSE(anna->last<event::Conversations>().more);
  for (auto& name : names()) listed.push_back(std::move(name));
  Lines expected;
  for (int i = 59; i >= 0; --i) expected.push_back("other" + std::to_string(i));
  CHECK(listed == expected);
}

TEST_CASE("what was said to a guest is not said again to the account that has its name later") {
  Doors doors;
  const auto anna = doors.owner("anna");
  const auto guest = doors.enter("bob");
  doors.ask(*anna, tell("bob", "for the guest", "1"));
  CHECK(guest->last<protocol::MessagePtr>()->text == "for the guest");
  guest->ask(request::Quit{});
  doors.settle();
  const auto stranger = doors.owner("bob");
  stranger->heard();
  anna->heard();
  doors.ask(*anna, tell("bob", "for the guest", "1"));
  CHECK(anna->heard() == Lines{"message to bob anna: for the guest #1"});
  CHECK(stranger->heard().empty());
  doors.ask(*anna, tell("bob", "for the account", "2"));
  CHECK(stranger->heard() == Lines{"message to bob anna: for the account #2"});
}

TEST_CASE("a marker only rises, is told to the other devices, and cannot be ahead of what was said") {
  Doors doors;
  const auto anna = doors.owner("anna");
  const auto bob = doors.owner("bob");
  const auto phone = doors.come_back("bob");
  std::vector<std::uint64_t> seqs;
  for (int i = 0; i < 3; ++i) {
    doors.ask(*anna, tell("bob", std::to_string(i)));
    seqs.push_back(last_seq(*anna));
  }
  for (const auto* each : {&anna, &bob, &phone}) (*each)->heard();
  doors.ask(*bob, read_with("anna", seqs[1]));
  CHECK(bob->heard() == Lines{"read with anna"});
  CHECK(phone->heard() == Lines{"read with anna"});
  CHECK(phone->last<event::Read>().seq == seqs[1]);
  CHECK(anna->heard().empty());
  doors.ask(*phone, read_with("anna", seqs[0]));
  CHECK(phone->last<event::Read>().seq == seqs[1]);
  CHECK(bob->heard().empty());
  doors.ask(*phone, read_with("anna", seqs[2] + 1'000'000));
  CHECK(bob->last<event::Read>().seq == seqs[2]);
  doors.ask(*bob, request::Conversations{});
  CHECK(bob->last<event::Conversations>().conversations.at(0).read == seqs[2]);
  CHECK(bob->last<event::Conversations>().conversations.at(0).unread == 0);
  doors.ask(*anna, tell("bob", "new"));
  doors.ask(*bob, request::Conversations{});
  CHECK(bob->last<event::Conversations>().conversations.at(0).unread == 1);

  bob->say("lobby", "in the room");
  doors.settle();
  const auto said = last_seq(*bob);
  doors.ask(*bob, request::Read{.room = "Lobby", .with = {}, .seq = said});
  CHECK(bob->last<event::Read>().room == "lobby");
  CHECK(bob->last<event::Read>().seq == said);
  doors.ask(*bob, request::Read{.room = "elsewhere", .with = {}, .seq = 1});
  CHECK(code_of(*bob) == Code::not_joined);
  phone->join("lobby");
  doors.settle();
  CHECK(phone->last<event::Joined>().read == said);
}

TEST_CASE("guests' private messages are not kept, and conversations are not for guests") {
  Doors doors;
  const auto guest = doors.enter("guest");
  const auto anna = doors.owner("anna");
  doors.owner("bob").reset();
  doors.settle();
  guest->heard();
  doors.ask(*guest, tell("anna", "psst"));
  CHECK(last_seq(*anna) == 0);
  doors.ask(*anna, tell("guest", "what?"));
  CHECK(guest->heard() == Lines{"message to anna guest: psst", "message to guest anna: what?"});
  CHECK(last_seq(*guest) == 0);
  doors.ask(*guest, tell("bob", "are you there?"));
  CHECK(code_of(*guest) == Code::no_such_user);
  doors.ask(*guest, request::Conversations{});
  CHECK(code_of(*guest) == Code::login_required);
  doors.ask(*guest, history("anna"));
  CHECK(code_of(*guest) == Code::login_required);
  doors.ask(*guest, read_with("anna", 1));
  CHECK(code_of(*guest) == Code::login_required);
  // Whoever registers the name later finds nothing of it.
  doors.ask(*guest, registration());
  doors.ask(*guest, request::Conversations{});
  CHECK(guest->last<event::Conversations>().conversations.empty());
  doors.ask(*guest, history("anna"));
  CHECK(guest->last<event::History>().messages.empty());
  CHECK(guest->last<event::History>().complete);
  doors.ask(*guest, history("nobody"));
  CHECK(code_of(*guest) == Code::no_such_account);
  doors.ask(*guest, history("no name"));
  CHECK(code_of(*guest) == Code::name_invalid);
}

TEST_CASE("what is said to a name that has become an account's is for the account") {
  Doors doors;
  const auto anna = doors.owner("anna");
  const auto guest = doors.enter("bob");
  // As an operator makes one, while a guest bears the name.
  doors.append(journal::account::Begun{.name = accounts::owned(protocol::parse_name("bob").value()),
                                       .password = doors.account("anna").password,
                                       .device = {}});
  guest->heard();
  doors.ask(*anna, tell("bob", "for the owner"));
  CHECK(guest->heard().empty());
  CHECK(last_seq(*anna) > 0);
  const auto bob = doors.come_back("bob");
  doors.ask(*bob, history("anna"));
  CHECK(bob->last<event::History>().messages.at(0)->text == "for the owner");
}

TEST_CASE("who has logged out while behind is told nothing more of the account's conversations") {
  SlowDoors doors;
  doors.settings.messages_burst = 0;
  const auto enter = [&](const std::string& name) {
    auto peer = doors.enter(name);
    doors.finish();
    peer->ask(registration());
    doors.finish();
    return peer;
  };
  const auto anna = enter("anna");
  const auto bob = enter("bob");
  bob->heard();
  bob->ask(request::Logout{});  // the end of the device is on its way
  bob->full = true;
  anna->ask(tell("bob", "before the end"));
  doors.finish();
  REQUIRE(bob->session().is_guest());
  anna->ask(tell("bob", "behind it"));
  doors.finish();
  bob->full = false;
  for (int i = 0; i < 10; ++i) {
    if (std::exchange(bob->wants_drained, false)) bob->session().go_on();
    doors.finish();
  }
  for (const auto& line : bob->heard()) CHECK(line.find("behind it") == std::string::npos);
}

TEST_CASE("who leaves and comes back at once is remembered there") {
  SlowDoors doors;
  const auto anna = doors.enter("anna");
  doors.finish();
  anna->ask(registration());
  doors.finish();
  anna->ask(request::Leave{"lobby"});
  anna->join("lobby");
  doors.finish();
  const auto& place = *doors.accounts.book().place(anna->session().person().account(), "lobby");
  CHECK(place.is_in);
}

TEST_CASE("an account is remembered where it was") {
  Doors doors;
  const auto anna = doors.owner("anna");
  anna->join("dev");
  doors.settle();
  const auto rooms_of = [&] {
    Lines rooms;
    const auto phone = doors.come_back("anna");
    for (const auto& each : phone->last<event::Welcome>().rooms) rooms.push_back(each.room);
    return rooms;
  };
  CHECK(rooms_of() == Lines{"dev", "lobby"});
  const auto phone = doors.come_back("anna");
  phone->join("dev");
  doors.settle();
  doors.ask(*anna, request::Leave{"dev"});
  CHECK(rooms_of() == Lines{"dev", "lobby"});  // on another device it is still there
  doors.ask(*phone, request::Leave{"dev"});
  CHECK(rooms_of() == Lines{"lobby"});
  anna->session().end("gone");
  CHECK(rooms_of() == Lines{"lobby"});
}

TEST_CASE("no more rooms are remembered than go into a line") {
  Doors doors;
  doors.settings.queries_burst = 0;
  std::vector<std::unique_ptr<Peer>> devices;
  devices.push_back(doors.owner("anna"));
  for (std::size_t i = 0; i < journal::most_remembered + 5; ++i) {
    if (i % 40 == 39) devices.push_back(doors.come_back("anna"));
    devices.back()->join(std::string(40, 'r') + std::to_string(i));
    doors.hub.end_turn();
  }
  const auto phone = doors.come_back("anna");
  CHECK(phone->last<event::Welcome>().rooms.size() == journal::most_remembered);
  CHECK(protocol::encoded_size({.body = phone->last<event::Welcome>(), .ref = {}}) < protocol::reply_bytes);
}

TEST_CASE("a slow reader misses no private message, and is told each once") {
  Doors doors;
  doors.settings.messages_burst = 0;
  const auto anna = doors.owner("anna");
  const auto bob = doors.owner("bob");
  const auto carol = doors.owner("carol");
  bob->full = true;
  for (int i = 0; i < 150; ++i) {
    anna->ask(tell("bob", "a" + std::to_string(i)));
    doors.hub.end_turn();
    if (i % 3 != 0) continue;
    carol->ask(tell("bob", "c" + std::to_string(i)));
    doors.hub.end_turn();
  }
  CHECK(bob->heard() == Lines{"presence lobby 3 +carol"});
  bob->full = false;
  Lines told;
  for (int i = 0; i < 20; ++i) {
    if (std::exchange(bob->wants_drained, false)) bob->session().go_on();
    doors.hub.end_turn();
    if (i == 1) doors.ask(*anna, tell("bob", "last"));
  }
  Lines from_anna;
  Lines from_carol;
  for (const auto& line : bob->heard()) {
    if (line.starts_with("message to bob anna: ")) from_anna.push_back(line.substr(21));
    if (line.starts_with("message to bob carol: ")) from_carol.push_back(line.substr(22));
  }
  Lines expected_anna;
  Lines expected_carol;
  for (int i = 0; i < 150; ++i) {
    expected_anna.push_back("a" + std::to_string(i));
    if (i % 3 == 0) expected_carol.push_back("c" + std::to_string(i));
  }
  expected_anna.emplace_back("last");
  CHECK(from_anna == expected_anna);
  CHECK(from_carol == expected_carol);
}

}  // namespace hubbub::chat
