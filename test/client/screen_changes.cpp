// What a person sees of changes of what was said, of order in a room, and of why one cannot speak.
#include <boost/json/serialize.hpp>

#include "test/client/screen.hpp"
#include "test/client/shell.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {

TEST_CASE("an edit takes the place of the text on the screen, and is told of; so is a deletion") {
  ThreeRooms scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  bob.say("lobby", "the first word");
  scene.alice("bob │ the first word");
  scene.tmux.type("alice", "my mistkae", "Enter");
  scene.alice("alice │ my mistkae");
  scene.tmux.type("alice", "/edit my mistake", "Enter");
  Strings screen = scene.alice("you have edited a message of");
  screen = scene.alice("alice │ my mistake (edited)");
  CHECK(count(screen, "mistkae") == 0);
  CHECK(place(screen, "my mistake (edited)") < place(screen, "you have edited a message of"));
  CHECK(text_of(bob.expect("edited"), "text") == "my mistake");

  bob.send({{"type", "delete"}, {"room", "lobby"}});
  screen = scene.alice("bob │ (deleted)");
  CHECK(count(screen, "the first word") == 0);
  scene.alice("bob has deleted a message of");
  scene.tmux.type("alice", "/delete", "Enter");
  screen = scene.alice("alice │ (deleted)");
  scene.tmux.type("alice", "/history 5", "Enter");
  screen = scene.alice("──── now ────");
  CHECK(count(screen, "(deleted)") == 4);
  scene.tmux.type("alice", "/delete", "Enter");
  scene.alice("you have said nothing here lately that could be changed");
}

TEST_CASE("who is put out of a room is told why, and the prompt tells why one cannot speak") {
  ThreeRooms scene;
  // Boris came second: in dev alice is the moderator.
  scene.tmux.type("alice", "/go dev", "Enter");
  scene.tmux.expect_last("alice", "2:dev >");
  scene.tmux.type("Борис", "/go dev", "Enter");
  scene.tmux.expect_last("Борис", "2:dev >");
  scene.tmux.type("alice", "/who", "Enter");
  scene.alice("@alice, Борис");
  scene.tmux.type("alice", "/kick Борис too loud", "Enter");
  scene.alice("you have put Борис out of dev: too loud");
  scene.tmux.expect("Борис", "alice has put you out of dev: too loud");
  scene.tmux.type("Борис", "/join dev", "Enter");
  scene.tmux.expect_last("Борис", "2:dev >");
  scene.tmux.type("alice", "/silence Борис 10m", "Enter");
  scene.alice("you have silenced");
  scene.tmux.type("Борис", "hush?", "Enter");
  scene.tmux.expect("Борис", "2:dev (muted, until ");
  scene.tmux.expect("Борис", ") > hush?");
  scene.tmux.key("Борис", "C-u");
  scene.tmux.type("alice", "/bans", "Enter");
  scene.alice("ban 1: ");
  scene.tmux.type("alice", "/unban 1", "Enter");
  scene.alice("you have ended what was decided about");
  scene.tmux.expect_last("Борис", "2:dev >");
  scene.tmux.type("Борис", "here again", "Enter");
  scene.alice("here again");
}

TEST_CASE("tail prints what becomes of messages, and goes on behind a change") {
  Unlimited daemon;
  JsonClient bob = member(daemon.daemon.address(), "bob", "dev");
  bob.send({{"type", "say"}, {"room", "dev"}, {"text", "one"}});
  const auto said = bob.expect("message");
  bob.send({{"type", "edit"}, {"room", "dev"}, {"text", "ONE"}});
  const auto first = bob.expect("edited");
  bob.send({{"type", "edit"}, {"room", "dev"}, {"text", "ONE!"}});
  const auto second = bob.expect("edited");
  const auto since = [&](const boost::json::value& number) {
    const Outcome outcome =
        shell(daemon.daemon, "$hubbub tail dev --json --no-follow --since " + boost::json::serialize(number));
    CHECK(outcome.exit_code == 0);
    return outcome.out;
  };
  CHECK_THAT(since(said.at("seq")), Catch::Matchers::ContainsSubstring(R"("text":"ONE!")"));
  CHECK_THAT(since(first.at("change")), Catch::Matchers::StartsWith(R"({"type":"edited","room":"dev")"));
  CHECK(since(second.at("change")).empty());
  const Outcome plain = shell(daemon.daemon, "$hubbub tail dev --no-follow");
  CHECK_THAT(plain.out, Catch::Matchers::EndsWith(" bob: ONE!\n"));
}

}  // namespace hubbub::test
