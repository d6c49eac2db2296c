// Chats on several nodes of one log, in every order of what people do and of what goes wrong between the
// nodes: who is where, and what is kept, is the same on all of them, and everybody was told it line by line.
#include <cstdint>
#include <string>
#include <utility>

#include "test/chat/cluster/judge.hpp"
#include "test/chat/cluster/people.hpp"
#include "test/support/catch.hpp"
#include "test/support/environment.hpp"

namespace hubbub::chat::cluster {

TEST_CASE("on several nodes all see the same people, and everybody hears everything once", "[random]") {
  const auto seed = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 100) / 10 + 1;
  std::size_t said = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    CAPTURE(seed + run);
    Nodes nodes(seed + run);
    People people(nodes);
    people.play(800);
    nodes.finish();
    judge(nodes);
    people.try_everybody();
    said += people.said();
  }
  CHECK(said > 10 * runs);
}

TEST_CASE("nobody speaks behind a ruling of another node") {
  const auto told = [](const request::Any& forbid, const std::vector<request::Any>& before = {}) {
    Nodes nodes(1);
    return People(nodes).forbidden_while_speaking(forbid, before);
  };
  const auto ban = [](const std::string& action) {
    return request::Ban{.room = "tea", .of = "speaker", .action = action, .for_ms = {}, .reason = {}};
  };
  const auto role = [](const std::string& word) {
    return request::Role{.room = "tea", .name = "speaker", .role = word};
  };
  using Told = People::Told;
  CHECK(told(ban("ban")) == Told{"banned_here", 0});
  CHECK(told(ban("mute")) == Told{"muted", 0});
  CHECK(told(request::Kick{.room = "tea", .name = "speaker", .reason = {}}) == Told{"banned_here", 0});
  CHECK(told(role("none"),
             {role("voice"), request::Room{.room = "tea", .set = protocol::RoomRules{.moderated = true}}}) ==
        Told{"moderated", 0});
}

TEST_CASE("a node stops while what somebody has said is to be looked at again") {
  Nodes nodes(1);
  CHECK(People(nodes).stops_while_somebody_speaks() == Names{"n0"});
}

TEST_CASE("who comes into a room behind its end on another node begins it anew, and runs it") {
  for (const bool was_there : {false, true}) {
    CAPTURE(was_there);
    Nodes nodes(1);
    CHECK(People(nodes).comes_into_a_closed_room(was_there) ==
          std::pair(Names{"speaker"}, std::string("moderator")));
  }
}

TEST_CASE("two who begin a closed room anew on two nodes at once are both in it") {
  Nodes nodes(1);
  CHECK(People(nodes).begin_a_closed_room_at_once() == Names{"guest0=moderator", "guest1"});
}

TEST_CASE("an account that takes a banned name on one node is put out on the others") {
  Nodes nodes(1);
  CHECK(People(nodes).takes_a_banned_name() == std::pair(true, false));
}

}  // namespace hubbub::chat::cluster
