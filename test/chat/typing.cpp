#include <memory>
#include <string>
#include <vector>

#include "test/chat/doors.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

namespace request = protocol::request;
using Lines = std::vector<std::string>;

request::Typing in_lobby(const std::string& state) { return {.room = "lobby", .with = {}, .state = state}; }
request::Typing with(const std::string& name, const std::string& state = "active") {
  return {.room = {}, .with = name, .state = state};
}

}  // namespace

TEST_CASE("who writes is told to the others, every three seconds at most, and what has changed after that") {
  Doors doors;
  const auto anna = doors.enter("anna");
  const auto bob = doors.enter("bob");
  anna->heard();
  bob->heard();
  doors.ask(*anna, in_lobby("active"));
  CHECK(bob->heard() == Lines{"typing lobby anna active"});
  CHECK(anna->heard().empty());
  doors.ask(*anna, in_lobby("active"));
  doors.ask(*anna, in_lobby("paused"));
  CHECK(bob->heard().empty());
  doors.clock.pass(std::chrono::seconds(3));
  doors.hub.tick();
  CHECK(bob->heard() == Lines{"typing lobby anna paused"});
  // The message comes first: then nothing more is told.
  doors.ask(*anna, in_lobby("active"));
  anna->say("lobby", "so");
  doors.settle();
  doors.clock.pass(std::chrono::seconds(3));
  doors.hub.tick();
  CHECK(bob->heard() == Lines{"message lobby anna: so"});
  doors.ask(*anna, in_lobby("active"));
  CHECK(bob->heard() == Lines{"typing lobby anna active"});
}

TEST_CASE("who has left or has another name when it is told is told of as that") {
  Doors doors;
  const auto anna = doors.enter("anna");
  const auto bob = doors.enter("bob");
  doors.ask(*anna, in_lobby("active"));
  doors.ask(*anna, in_lobby("paused"));
  doors.ask(*anna, request::Rename{"zoe"});
  bob->heard();
  doors.clock.pass(std::chrono::seconds(3));
  doors.hub.tick();
  CHECK(bob->heard() == Lines{"typing lobby zoe paused"});
  doors.ask(*anna, in_lobby("active"));
  doors.ask(*anna, request::Leave{"lobby"});
  bob->heard();
  doors.clock.pass(std::chrono::seconds(3));
  doors.hub.tick();
  CHECK(bob->heard().empty());
}

TEST_CASE("a slow reader, a large room and one who is not there are not told who writes") {
  Doors doors;
  const auto anna = doors.enter("anna");
  const auto bob = doors.enter("bob");
  bob->heard();
  anna->heard();
  bob->full = true;
  doors.ask(*anna, in_lobby("active"));
  bob->full = false;
  CHECK(bob->heard().empty());
  doors.clock.pass(std::chrono::seconds(3));
  doors.settings.presence_members = 1;
  doors.ask(*anna, in_lobby("done"));
  CHECK(bob->heard().empty());
  doors.ask(*anna, with("nobody"));
  CHECK(anna->heard().empty());
  doors.ask(*anna, request::Typing{.room = "elsewhere", .with = {}, .state = "active"});
  CHECK(anna->heard() == Lines{"error not_joined"});
  doors.ask(*anna, with("no name"));
  CHECK(anna->heard() == Lines{"error name_invalid"});
}

TEST_CASE("who writes to one alone is told to that one, on every device, and to no other") {
  Doors doors;
  const auto carol = doors.enter("carol");
  const auto anna = doors.owner("anna");
  const auto bob = doors.owner("bob");
  const auto phone = doors.come_back("bob");
  for (const auto* each : {&carol, &anna, &bob, &phone}) (*each)->heard();
  doors.ask(*anna, with("bob"));
  CHECK(bob->heard() == Lines{"typing to bob anna active"});
  CHECK(phone->heard() == Lines{"typing to bob anna active"});
  doors.ask(*carol, with("anna"));
  CHECK(anna->heard() == Lines{"typing to anna carol active"});
  CHECK(carol->heard().empty());
}

}  // namespace hubbub::chat
