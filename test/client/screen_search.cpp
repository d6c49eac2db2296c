// What a person sees of what was said, or typed, before.
#include "test/client/screen.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {

TEST_CASE("a search finds what somebody said in all rooms, and leads to what was said around it") {
  ThreeRooms scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  bob.send({{"type", "join"}, {"room", "dev"}});
  bob.say("lobby", "the release is late");
  for (const char* const text : {"before", "release 42 is out", "after"}) bob.say("dev", text);
  scene.tmux.type("Борис", "what release?", "Enter");
  scene.alice("what release?");
  scene.tmux.type("alice", "/search -a from:BOB release", "Enter");
  Strings screen = scene.alice("2 found; /around N shows what was said around one");
  CHECK(count(screen, "[2] ") == 1);
  CHECK(count(screen, "lobby bob │ the release is late") == 1);
  CHECK(count(screen, "dev bob │ release 42 is out") == 1);
  CHECK(count(screen, "Борис │ what release?") == 1);
  scene.tmux.type("alice", "/around 1", "Enter");
  screen = scene.alice("──── now ────");
  const std::size_t first = place(screen, "earlier in dev");
  CHECK(place(screen, "bob │ before") == first + 1);
  CHECK(place(screen, "bob │ after") == first + 3);
  scene.tmux.type("alice", "/search -a cocoa", "Enter");
  scene.alice("nothing was found in your rooms");
  scene.tmux.type("alice", "/around 1", "Enter");
  scene.alice("the last search has shown nothing");
}

TEST_CASE("a search through what was typed goes on while others talk") {
  ThreeRooms scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  scene.tmux.type("alice", "something to find", "Enter");
  scene.alice("alice │ something to find");
  scene.tmux.key("alice", "C-r");
  scene.tmux.type("alice", "thing");
  scene.tmux.expect_last("alice", "(reverse-i-search)`thing': something to find");
  bob.say("lobby", "one");
  bob.send({{"type", "join"}, {"room", "dev"}});
  bob.say("dev", "two");
  scene.alice("bob │ one");
  scene.tmux.expect_last("alice", "(reverse-i-search)`thing': something to find");
  scene.tmux.key("alice", "End");
  scene.tmux.expect_last("alice", "1:lobby · 2:dev 1 new > something to find");
  scene.tmux.key("alice", "C-c");
  scene.tmux.expect_last("alice", "1:lobby · 2:dev 1 new >");
  scene.tmux.key("alice", "C-r");
  scene.tmux.type("alice", "some");
  scene.tmux.expect_last("alice", "(reverse-i-search)`some': something to find");
  scene.tmux.key("alice", "C-c");
  scene.tmux.expect_last("alice", "1:lobby · 2:dev 1 new >");
}

TEST_CASE("a search in what was said names room and time of each hit") {
  ThreeRooms scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  for (int number = 1; number <= 25; ++number) bob.say("lobby", "green tea " + std::to_string(number));
  bob.say("lobby", "coffee");
  scene.alice("coffee");
  scene.tmux.type("alice", "/search tea", "Enter");
  Strings screen = scene.alice("25 found, the newest 20 shown; /search shows older ones");
  CHECK(count(screen, "lobby bob │ green tea 25") == 1);
  CHECK(count(screen, "[1] ") == 1);
  CHECK(count(screen, "[20] ") == 1);
  CHECK(count(screen, "lobby bob │ green tea 6") == 1);
  scene.tmux.type("alice", "/clear", "Enter");
  scene.tmux.wait_until("alice", [](const Strings& lines) { return lines.size() == 1; });
  scene.tmux.type("alice", "/search", "Enter");
  screen = scene.alice("green tea 5");
  CHECK(count(screen, "green tea 1") == 1);
  CHECK(count(screen, "green tea 6") == 0);
  scene.alice("5 older found; /around N");
  scene.tmux.type("alice", "/clear", "Enter");
  scene.tmux.wait_until("alice", [](const Strings& lines) { return lines.size() == 1; });
  scene.tmux.type("alice", "/around 21", "Enter");  // green tea 5
  screen = scene.alice("──── now ────");
  CHECK(place(screen, "bob │ green tea 1") == place(screen, "earlier in lobby") + 1);
  CHECK(place(screen, "bob │ green tea 13") + 1 == place(screen, "──── now ────"));
  scene.tmux.type("alice", "/around 26", "Enter");
  scene.alice("there is no hit with that number; there are 1 to 25");
  scene.tmux.expect_last("alice", "1:lobby > /around 26");
  scene.tmux.key("alice", "C-u");
  scene.tmux.type("alice", "/search cocoa", "Enter");
  scene.alice("nothing was found in lobby");
  scene.tmux.type("alice", "/history 2", "Enter");
  screen = scene.alice("coffee");
  CHECK(count(screen, "bob │ green tea 25") == 1);
}

}  // namespace hubbub::test
