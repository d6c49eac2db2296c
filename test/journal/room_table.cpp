#include "server/journal/sqlite/room_table.hpp"

#include "server/journal/attendance.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal::sqlite {

using namespace std::chrono_literals;

namespace {

StateRecord topic(const std::string& room, const std::string& text) {
  return {.room = room, .seq = 1, .attribute = std::string(topic_attribute), .value = text};
}

}  // namespace

TEST_CASE("a room is listed while it has messages or attributes, and known until it is forgotten") {
  RoomTable rooms;
  rooms.stored("den", "Den", 7);
  CHECK(rooms.size() == 1);
  CHECK(rooms.tail("den").name == "Den");
  rooms.apply("den", topic("DEN", "tea"));
  CHECK(rooms.tail("den").name == "Den");  // as those wrote it who spoke there
  rooms.emptied("den");
  CHECK(rooms.size() == 1);
  CHECK(rooms.tail("den").topic() == "tea");
  rooms.lose_state("den");
  CHECK(rooms.size() == 0);
  CHECK(rooms.list({}, 10).empty());
  CHECK(rooms.tail("den").last == 7);
  CHECK(rooms.tail("den").name.empty());
  rooms.stored("den", "dEN", 8);
  CHECK(rooms.tail("den").name == "dEN");
  rooms.forget("den");
  CHECK(rooms.tail("den").last == 0);
  CHECK(rooms.size() == 0);
  rooms.apply("attic", topic("attic", ""));
  CHECK(rooms.size() == 0);
}

TEST_CASE("who was where lately is remembered for as long as it matters") {
  constexpr protocol::Timestamp start{std::chrono::hours{400'000}};
  Attendance attendance(start);
  CHECK(attendance.is_deserted("den", start + 2h));
  attendance.occupy("den");
  CHECK_FALSE(attendance.is_deserted("den", start + 9h));
  attendance.abandon("den", start + 9h, true);
  attendance.expire(start + 9h + 59min);
  CHECK_FALSE(attendance.is_deserted("den", start + 9h + 59min));
  attendance.expire(start + 10h);
  CHECK(attendance.is_deserted("den", start + 10h));

  attendance.abandon("hall", start + 10h, true);
  attendance.expire(start);  // the clock was set back
  CHECK_FALSE(attendance.is_deserted("hall", start + 59min));
  CHECK(attendance.is_deserted("hall", start + 1h));
}

}  // namespace hubbub::journal::sqlite
