#include "client/model/roster.hpp"

#include "client/terminal/completion.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using client::Roster;
using client::terminal::completions;
using Strings = std::vector<std::string>;
namespace event = protocol::event;

namespace {

protocol::Event joined(const std::string& room, Strings members) {
  event::Joined body;
  body.room = room;
  body.count = members.size();
  body.members = std::move(members);
  return {body, {}};
}

/// In lobby with alice, Bob and Борис, and in dev with carol.
Roster peopled() {
  Roster roster;
  roster.note(joined("lobby", {"alice", "Bob", "Борис"}));
  roster.note(joined("dev", {"carol"}));
  return roster;
}

}  // namespace

TEST_CASE("the first room is looked at until one turns to another") {
  Roster roster = peopled();
  CHECK(roster.current() == "lobby");
  CHECK(roster.turn_to("DEV"));
  CHECK(roster.current() == "dev");
  CHECK_FALSE(roster.turn_to("elsewhere"));
  roster.note({event::Left{"dev"}, {}});
  CHECK(roster.current() == "lobby");
  roster.note({event::Left{"lobby"}, {}});
  CHECK(roster.current().empty());
}

TEST_CASE("people come, go and change their names") {
  Roster roster = peopled();
  roster.note({event::Presence{"lobby", 3, {"dave"}, {{"alice", "quit"}}}, {}});
  roster.note({event::Renamed{"Bob", "rob"}, {}});
  roster.note({event::Topic{"lobby", "cats", "rob", {}}, {}});
  CHECK(roster.people() == Strings{"rob", "Борис", "dave", "carol"});
  CHECK(roster.find("lobby")->topic == "cats");
}

TEST_CASE("coming back into a room replaces what was known of it") {
  Roster roster = peopled();
  roster.turn_to("dev");
  roster.note(joined("lobby", {"erin"}));
  CHECK(roster.find("lobby")->members == Strings{"erin"});
  CHECK(roster.current() == "dev");
}

TEST_CASE("commands are completed at the beginning of the line") {
  CHECK(completions("/hi", peopled()) == Strings{"/history"});
  CHECK(completions("/", peopled()).size() >= 11);
  CHECK(completions("hi /hi", peopled()).empty());
}

TEST_CASE("rooms and names are completed where a command wants them") {
  CHECK(completions("/join d", peopled()) == Strings{"dev"});
  CHECK(completions("/msg b", peopled()) == Strings{"Bob"});
  CHECK(completions("/msg Bob car", peopled()) == Strings{"carol"});
  CHECK(completions("/me greets al", peopled()) == Strings{"alice"});
}

TEST_CASE("names are completed whatever their case, and are addressed at the beginning of a line") {
  CHECK(completions("bo", peopled()) == Strings{"Bob:"});
  CHECK(completions("БО", peopled()) == Strings{"Борис:"});
  CHECK(completions("ask Бо", peopled()) == Strings{"Борис"});
  CHECK(completions("zz", peopled()).empty());
}
