#include "server/journal/room_state.hpp"

#include <random>

#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

namespace event = protocol::event;

StateRecord record(std::uint64_t seq, const std::string& attribute, const std::string& value) {
  return {.room = "Lobby",
          .seq = seq,
          .attribute = attribute,
          .value = value,
          .by = "alice",
          .at = protocol::Timestamp(std::chrono::milliseconds(1000 + seq))};
}

}  // namespace

TEST_CASE("a record sets one attribute, and an empty value takes it away") {
  RoomState state;
  CHECK(state.topic().empty());
  state.apply(record(1, "topic", "tea"));
  state.apply(record(2, "limit", "40"));
  state.apply(record(3, "topic", "coffee"));
  CHECK(state.topic() == "coffee");
  CHECK(state.value("limit") == "40");
  CHECK(state.value("key").empty());
  REQUIRE(state.records().size() == 2);
  CHECK(state.records()[1].seq == 3);
  state.apply(record(4, "topic", ""));
  state.apply(record(5, "key", ""));
  CHECK(state.topic().empty());
  CHECK(state.records().size() == 1);
  state.apply(record(6, "limit", ""));
  CHECK(state.is_empty());
}

TEST_CASE("a topic is told to those in the room, and what is not known to nobody") {
  RoomState state;
  const auto events = state.apply(record(1, "topic", "tea"));
  REQUIRE(events.size() == 1);
  const auto& topic = std::get<event::Topic>(events.front());
  CHECK(topic.room == "Lobby");
  CHECK(topic.text == "tea");
  CHECK(topic.from == "alice");
  CHECK(topic.time == protocol::Timestamp(std::chrono::milliseconds(1001)));
  CHECK(state.apply(record(2, "topic", "")).size() == 1);
  CHECK(state.apply(record(3, "limit", "40")).empty());
}

TEST_CASE("whether all records are applied, or those that a start finds, the state is the same") {
  std::mt19937 random{1};  // NOLINT(cert-msc51-cpp): the same every time
  for (int round = 0; round < 200; ++round) {
    RoomState live;
    for (std::uint64_t seq = 1; seq <= 30; ++seq) {
      const auto value = random() % 3 == 0 ? "" : std::to_string(random() % 100);
      live.apply(record(seq, "attribute" + std::to_string(random() % 6), value));
    }
    RoomState started;
    for (const auto& one : live.records()) started.apply(one);
    REQUIRE(started.records().size() == live.records().size());
    for (std::size_t i = 0; i < live.records().size(); ++i) {
      REQUIRE(started.records()[i].attribute == live.records()[i].attribute);
      REQUIRE(started.records()[i].value == live.records()[i].value);
      REQUIRE(started.records()[i].seq == live.records()[i].seq);
    }
  }
}

}  // namespace hubbub::journal
