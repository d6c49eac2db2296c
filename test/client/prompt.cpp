#include "client/view/prompt.hpp"

#include "client/view/text_width.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::client;
using namespace std::chrono_literals;

namespace {

const std::vector<Glance> rooms = {{.name = "lobby", .number = 1, .current = true},
                                   {.name = "dev", .number = 2, .unread = 3},
                                   {.name = "quiet", .number = 3},
                                   {.name = "ops", .number = 4, .unread = 1, .mentions = 1}};

std::string plain_text(const std::vector<Segment>& segments) {
  std::string text;
  for (const Segment& segment : segments) text += segment.text;
  return text;
}

std::string text(const std::vector<Glance>& of, std::size_t columns, std::string_view state = "") {
  return plain_text(prompt(of, state, columns, unicode_glyphs));
}

}  // namespace

TEST_CASE("the prompt shows the current room, and others in which something is unread") {
  CHECK(text(rooms, 90) == "1:lobby · 2:dev 3 new · 4:ops 1 for you > ");
  CHECK(text({}, 80) == "> ");
  CHECK(plain_text(prompt(rooms, "", 90, ascii_glyphs)) == "1:lobby - 2:dev 3 new - 4:ops 1 for you > ");
  CHECK(prompt({rooms[0]}, "", 80, unicode_glyphs).front() == Segment{"lobby", Style::room});
}

TEST_CASE("a room has the number that Alt turns to, where there is another room") {
  CHECK(text({rooms[0]}, 80) == "lobby > ");
  CHECK(text({rooms[0], rooms[2]}, 80) == "1:lobby > ");
  const Glance view{.name = "@bob", .number = 12, .unread = 2, .mentions = 2};
  CHECK(text({rooms[0], view}, 80) == "1:lobby · 12:@bob 2 for you > ");
}

TEST_CASE("mentions are told apart from what else is unread, and muted rooms show nothing else") {
  std::vector<Glance> some = {rooms[0], {.name = "dev", .number = 2, .unread = 5, .mentions = 1}};
  CHECK(text(some, 80) == "1:lobby · 2:dev 1 for you, 4 new > ");
  some[1].muted = true;
  CHECK(text(some, 80) == "1:lobby · 2:dev 1 for you > ");
  some[1].mentions = 0;
  CHECK(text(some, 80) == "1:lobby > ");
}

TEST_CASE("the state of the connection stands at the end") {
  CHECK(text(rooms, 110, "lag 2.1 s") == "1:lobby · 2:dev 3 new · 4:ops 1 for you (lag 2.1 s) > ");
  CHECK(text({rooms[0], rooms[2]}, 70, "offline, retry in 7 s") == "1:lobby (offline, retry in 7 s) > ");
  CHECK(text({}, 80, "offline, trying") == " (offline, trying) > ");
}

TEST_CASE("on a narrow screen words are left out, then rooms without mentions, and no mention is hidden") {
  CHECK(text(rooms, 80) == "1:lobby · 2:dev 3 · 4:ops 1 for you > ");
  CHECK(text(rooms, 62) == "1:lobby · 2:dev 3 · 4:ops @1 > ");
  CHECK(text(rooms, 50) == "1:lobby · 4:ops @1 · … > ");
  CHECK(text(rooms, 48) == "1:lobby · 4:@1 · … > ");
  CHECK(text(rooms, 40) == "1:lobby · 4:@1 > ");
  CHECK(text(rooms, 40, "offline, retry in 7 s") == "1:lobby · 4:@1 ! > ");
  CHECK(text(rooms, 30) == "1:lobby @1 > ");
  CHECK(text(rooms, 20) == "1:l… @1 > ");
  CHECK(text({rooms[0], rooms[1]}, 30) == "1:lobby · … > ");
  CHECK(text({rooms[0]}, 36, "offline, retry in 7 s") == "lobby (offline) > ");
  CHECK(text({rooms[0]}, 20, "offline, retry in 7 s") == "lobby ! > ");
  CHECK(text({{.name = "a-room-with-a-long-name", .current = true}}, 20) == "a-room… > ");
}

TEST_CASE("however many rooms there are and however long their names, mentions are seen at forty columns") {
  std::vector<Glance> many = {{.name = "a-current-room-with-a-long-name", .number = 1, .current = true}};
  for (std::size_t number = 2; number < 40; ++number) {
    many.push_back({.name = "another-room-with-a-long-name", .number = number, .unread = 900});
    many.back().mentions = 1;
    CHECK(text(many, 40).find('@') != std::string::npos);
    CHECK(text(many, 40, "offline, retry in 29 s").find('@') != std::string::npos);
  }
  CHECK(text(many, 40) == "1:a-current-… @38 > ");
}

TEST_CASE("it takes up no more than half of the line") {
  std::vector<Glance> many = rooms;
  for (int count = 0; count < 60; ++count) {
    many.push_back(
        {.name = "房间-" + std::to_string(count), .unread = 99999, .mentions = count % 2 == 0 ? 12345U : 0U});
  }
  for (std::size_t columns = 8; columns < 250; ++columns) {
    CHECK(width(text(many, columns)) <= std::max<std::size_t>(columns / 2, 4));
    CHECK(width(text(many, columns, "offline, retry in 29 s")) <= std::max<std::size_t>(columns / 2, 5));
  }
}

TEST_CASE("nothing in a room's name drives the terminal") {
  CHECK(text({{.name = "a\x1b[2J\u202e\nb", .current = true}}, 80) == "a[2J b > ");
}

TEST_CASE("states are told in few words") {
  CHECK(offline_state(6500ms) == "offline, retry in 7 s");
  CHECK(offline_state(0ms) == "offline, trying");
  CHECK(lag_state(2130ms) == "lag 2.1 s");
}
