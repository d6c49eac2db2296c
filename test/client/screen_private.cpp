// What a person sees of private messages and views.
#include "test/client/screen.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {

TEST_CASE("private messages are answered with /reply, and ignored people are not heard") {
  ThreeRooms scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  scene.tmux.type("alice", "/reply too early", "Enter");
  scene.alice("nobody has written to you in private");
  bob.send({{"type", "tell"}, {"to", "alice"}, {"text", "psst"}});
  scene.alice("[bob → you] psst");
  scene.tmux.key("alice", "C-u");
  scene.tmux.type("alice", "/reply yes?", "Enter");
  scene.alice("[you → bob] yes?");
  scene.tmux.type("alice", "/ignore BOB", "Enter");
  scene.alice("BOB is ignored");
  bob.say("lobby", "unheard");
  bob.send({{"type", "tell"}, {"to", "alice"}, {"text", "unheard too"}});
  bob.sync();
  scene.tmux.type("alice", "/unignore bob", "Enter");
  const Strings screen = scene.alice("bob is heard again");
  CHECK(count(screen, "unheard") == 0);
  bob.say("lobby", "heard");
  scene.alice("bob │ heard");
}

TEST_CASE("a reply goes to whom one meant when one began to type it") {
  ThreeRooms scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  JsonClient eve = member(scene.daemon.address(), "eve");
  const auto whispers = [](JsonClient& who, const std::string& text) {
    who.send({{"type", "tell"}, {"to", "alice"}, {"text", text}});
  };
  whispers(bob, "the key?");
  scene.alice("[bob → you] the key?");
  scene.tmux.type("alice", "/reply under");
  scene.alice("/reply under");
  whispers(eve, "hello");
  scene.alice("[eve → you] hello");
  scene.tmux.type("alice", " the mat", "Enter");
  scene.alice("[you → bob] under the mat");
  CHECK(text_of(bob.expect("message"), "text") == "the key?");
  CHECK(text_of(bob.expect("message"), "text") == "under the mat");
  whispers(eve, "and me?");
  scene.alice("[eve → you] and me?");
  scene.tmux.type("alice", "/reply you too", "Enter");
  scene.alice("[you → eve] you too");
}

TEST_CASE("a private view is a room of two: what is typed there reaches nobody else") {
  ThreeRooms scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  bob.send({{"type", "tell"}, {"to", "alice"}, {"text", "before"}});
  CHECK(text_of(bob.expect("message"), "text") == "before");  // what alice says later may overtake it
  scene.alice("[bob → you] before");
  scene.tmux.type("alice", "/query BOB", "Enter");
  Strings screen = scene.tmux.expect_last("alice", "4:@bob >");
  CHECK(count(screen, "@bob · private messages, which the server does not keep") == 1);
  CHECK(count(screen, "[bob → you] before") == 2);
  scene.tmux.type("alice", "only you", "Enter");
  scene.alice("[you → bob] only you");
  for (const char* const unfit : {"/me waves", "/topic x", "/topic", "/who", "/search x"}) {
    scene.tmux.type("alice", unfit, "Enter");
    scene.alice("this is a private view of bob");
    scene.tmux.expect_last("alice", std::string("4:@bob > ") + unfit);
    scene.tmux.key("alice", "C-u");
    scene.tmux.type("alice", "/clear", "Enter");
    scene.tmux.expect_last("alice", "4:@bob >");
  }
  scene.tmux.type("alice", "/history 1", "Enter");
  screen = scene.alice("──── now ────");
  CHECK(count(screen, "before") == 0);
  CHECK(count(screen, "[you → bob] only you") == 1);

  scene.tmux.key("alice", "M-1");
  scene.tmux.expect_last("alice", "1:lobby >");
  bob.send({{"type", "tell"}, {"to", "alice"}, {"text", "while away"}});
  scene.tmux.expect_last("alice", "1:lobby · 4:@bob 1 for you >");
  scene.tmux.type("alice", "/go bob", "Enter");
  screen = scene.tmux.expect_last("alice", "4:@bob >");
  CHECK(place(screen, "──── 1 unread ────") + 1 == place(screen, "[bob → you] while away"));
  scene.tmux.type("alice", "/leave", "Enter");
  scene.alice("the private view of bob is closed");
  scene.tmux.expect_last("alice", "1:lobby >");
  scene.tmux.type("alice", "/query bob hi again", "Enter");
  scene.alice("[you → bob] hi again");
  scene.tmux.type("alice", "/query", "Enter");
  scene.tmux.expect_last("alice", "1:lobby >");
  scene.tmux.type("alice", "/query", "Enter");
  scene.alice("/query NAME opens a private view");
  const std::vector<std::string> heard = said(bob.sync());
  CHECK(heard == std::vector<std::string>{"only you", "while away", "hi again"});
}

}  // namespace hubbub::test
