// The client on a terminal, with the real daemon: what a person sees and does.
#include <fstream>
#include <optional>

#include "test/client/alice.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {
namespace {

std::string settings_of(const Alice& alice) {
  return bytes_of(alice.terminal.home().path() / "hubbub" / "config.toml");
}

}  // namespace

TEST_CASE("what is typed is said, and shown when it has come back") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.expect("bob has joined lobby");
  alice.terminal.type("Привет, 世界\r");
  CHECK(text_of(bob.expect("message"), "text") == "Привет, 世界");
  alice.terminal.expect("alice │ Привет, 世界");
}

TEST_CASE("a message appears above the line that is being typed, and leaves it alone") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.expect("bob has joined lobby");
  alice.terminal.type("hello 世");
  alice.terminal.expect("世");
  bob.say("lobby", "am I interrupting?");
  alice.terminal.expect("bob │ am I interrupting?\r\n");
  alice.terminal.expect("lobby > hello 世");
  alice.terminal.type("界\r");
  CHECK(text_of(bob.expect("message"), "text") == "hello 世界");
}

TEST_CASE("the same when the line is wider than the terminal, and the terminal is resized") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.expect("bob has joined lobby");
  std::string line;
  for (int times = 0; times < 30; ++times) line += "wide 宽 ";
  alice.terminal.type(line + "end");
  alice.terminal.expect("end");
  bob.say("lobby", "one");
  alice.terminal.expect("bob │ one\r\n");
  alice.terminal.expect("lobby > wide 宽");
  alice.terminal.expect("end");
  alice.terminal.resize(33);
  alice.terminal.expect("end");
  bob.say("lobby", "two");
  alice.terminal.expect("bob\r\n│ two\r\n");
  alice.terminal.expect("end");
  alice.terminal.type("ing\r");
  alice.terminal.expect("alice\r\n│ wide");
  CHECK(said(bob.sync()).back() == line + "ending");
}

TEST_CASE("what was typed before can be had again") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.type("again\r");
  alice.terminal.expect("alice │ again");
  alice.terminal.type("\x1b[A!\r");
  alice.terminal.expect("alice │ again!");
}

TEST_CASE("Readline's other keys for accepting a line accept it too") {
  Alice alice;
  alice.terminal.type("by control o\x0f");
  alice.terminal.expect("alice │ by control o");
}

TEST_CASE("tab completes commands and names") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "Борис");
  alice.terminal.expect("Борис has joined lobby");
  alice.terminal.type("/hi\t");
  alice.terminal.expect("/history");
  alice.terminal.type(
      "\x15"
      "бо\t");
  alice.terminal.expect("Борис:");
  alice.terminal.type("hi\r");
  CHECK(text_of(bob.expect("message"), "text") == "Борис: hi");
}

TEST_CASE("commands do what they say, and unknown ones are refused") {
  Alice alice;
  alice.terminal.type("/topic cats\r");
  alice.terminal.expect("alice has set the topic of lobby: cats");
  alice.terminal.type("/topic\r");
  alice.terminal.expect("the topic of lobby: cats");
  alice.terminal.type("/join dev\r");
  alice.terminal.expect("you are in dev");
  alice.terminal.expect("dev > ");
  alice.terminal.type("/me waves\r");
  alice.terminal.expect("* │ alice waves");
  alice.terminal.type("/join lobby\r");
  alice.terminal.expect("lobby > ");
  alice.terminal.type("/rooms\r");
  alice.terminal.expect("lobby (here), 1 person: cats");
  alice.terminal.type("/leave dev\r");
  alice.terminal.expect("you have left dev");
  alice.terminal.type("/frobnicate\r");
  alice.terminal.expect("! ");
  alice.terminal.expect("there is no command /frobnicate");
  alice.terminal.type("\x15/name alicia\r");
  alice.terminal.expect("you are now known as alicia");
  alice.terminal.type("/who\r");
  alice.terminal.expect("1 person in lobby: alicia");
  alice.terminal.type("//slash\r");
  alice.terminal.expect("alicia │ /slash");
  alice.terminal.type("/help\r");
  alice.terminal.expect("/history");
}

TEST_CASE("a command behind a blank is carried out, and the words from elsewhere are known") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.type("\u3000/j #dev\r");
  alice.terminal.expect("you are in dev");
  alice.terminal.expect("dev > ");
  alice.terminal.type("/whoami\r");
  alice.terminal.expect("you are alice");
  alice.terminal.expect("you are in lobby, dev (here)");
  alice.terminal.type(" /frob nicate\r");
  alice.terminal.expect("there is no command /frob");
  alice.terminal.expect("dev >  /frob nicate");  // given back, since it is in no history
  alice.terminal.type("\x15/kick nobody\r");
  alice.terminal.expect("nobody in dev is called nobody");
  alice.terminal.type("\x15/help part\r");
  alice.terminal.expect("/part [ROOM] is the same");
  alice.terminal.type("/part\r");
  alice.terminal.expect("you have left dev");
  alice.terminal.type("  // remark\r");
  CHECK(text_of(bob.expect("message"), "text") == "  // remark");
}

TEST_CASE("pasted lines are one message") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.type("\x1b[200~one\ntwo\n\x1b[201~\r");
  CHECK(text_of(bob.expect("message"), "text") == "one\ntwo");
}

TEST_CASE("a Ctrl-C within a paste does not have its rest carried out") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.type("\x1b[200~one\x03");
  bob.say("lobby", "a pause");
  alice.terminal.expect("a pause");
  alice.terminal.type("\r/me does what was pasted\r\x1b[201~\x15typed\r");
  CHECK(text_of(bob.expect("message"), "text") == "typed");
  alice.terminal.expect("alice │ typed");
}

TEST_CASE("a paste without an end is given up with Ctrl-C, twice") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.expect("bob has joined lobby");
  alice.terminal.type("\x1b[200~never ends\x03");
  bob.say("lobby", "a pause");
  alice.terminal.expect("a pause");
  alice.terminal.expect("lobby > ");
  alice.terminal.type("\x03");
  alice.terminal.expect("lobby > ");
  alice.terminal.type("typed\r");
  alice.terminal.expect("alice │ typed");
}

TEST_CASE("one is told until when somebody is ignored, and whether there is anybody of that name") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.expect("bob has joined");
  alice.terminal.type("/ignore\r");
  alice.terminal.expect("you ignore nobody");
  alice.terminal.type("/ignore bobb\r");
  alice.terminal.expect("bobb is ignored until the client ends");
  alice.terminal.expect("nobody of that name has been here");
  alice.terminal.expect("did you mean bob?");
  alice.terminal.type("/ignore -s bob\r");
  alice.terminal.expect("bob is ignored for good");
  alice.terminal.type("/ignore\r");
  alice.terminal.expect("you ignore bobb (until the client ends), bob (for good)");
  alice.terminal.type("/mute\r");
  alice.terminal.expect("no room is muted");
  alice.terminal.type("/mute lobbi\r");
  alice.terminal.expect("lobbi is muted until the client ends");
  alice.terminal.expect("you are in no room of that name; did you mean lobby?");
  alice.terminal.type("/mute\r");
  alice.terminal.expect("muted: lobbi (until the client ends)");
  alice.terminal.type("/unignore bob\r");
  alice.terminal.expect("bob is heard again until the client ends");
  alice.terminal.type("/unignore -s bob\r");
  alice.terminal.expect("bob is heard again\r\n");
  CHECK(settings_of(alice) == "ignore = []\n");
}

TEST_CASE("what /set prints can be typed, and what it keeps holds in the next run") {
  Alice alice;
  alice.terminal.type("/set highlight \"release candidate\", tea\r");
  alice.terminal.expect("highlight = [\"release candidate\", \"tea\"]\r\n");
  alice.terminal.expect("until the client ends; /set -s highlight");
  alice.terminal.type("/set -s highlight = [\"release candidate\", \"cake\"]\r");
  alice.terminal.expect("for good, as ");
  CHECK(settings_of(alice) == "highlight = [\"release candidate\", \"cake\"]\n");
  alice.terminal.type("/set highlight []\r");
  alice.terminal.expect("highlight = []\r\n");
  CHECK(settings_of(alice) == "highlight = [\"release candidate\", \"cake\"]\n");
  std::ofstream(alice.terminal.home().path() / "hubbub" / "config.toml") << "look = ";
  alice.terminal.type("/set -s notify.bell off\r");
  alice.terminal.expect("mend that first");
}

TEST_CASE("a terminal that can only print gets no sequences at all, and its line back after each message") {
  const Strings dumb = {"TERM=dumb", "INPUTRC=/dev/null", "NO_COLOR=", "COLORTERM=truecolor"};
  Alice alice(dumb);
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.type("half a li");
  alice.terminal.expect("half a li");
  bob.say("lobby", "alice: hi 世界");
  alice.terminal.expect("bob > alice: hi 世界\r\n");
  alice.terminal.expect("lobby > half a li");
  alice.terminal.resize(60);
  alice.terminal.expect("lobby > half a li");
  alice.terminal.type("ne\r");
  alice.terminal.expect("alice | half a line");
  alice.terminal.type("\x04");
  CHECK(alice.terminal.wait_exit() == 0);
  CHECK(alice.terminal.text().find('\x1b') == std::string::npos);
  CHECK(alice.terminal.text().find('\a') == std::string::npos);
}

TEST_CASE("what was typed is there again the next time, but for secrets") {
  const Daemon daemon;
  const TemporaryDirectory home;
  Strings environment = xterm;
  environment.push_back("XDG_STATE_HOME=" + home.path().string());
  const Strings command = {hubbub_program, "alice@" + target(daemon.address())};
  {
    PseudoTerminal terminal(command, environment);
    terminal.expect("lobby > ");
    terminal.type("\x1b[200~two\nlines\x1b[201~\r");
    terminal.expect("│ lines");
    terminal.type("my password is hunter2\r said on the quiet\r");
    terminal.expect("alice │  said on the quiet");
    terminal.type("\x04");
    CHECK(terminal.wait_exit() == 0);
  }
  PseudoTerminal terminal(command, environment);
  terminal.expect("│  said on the quiet");
  terminal.expect("lobby > ");
  terminal.type("\x1b[A, and more\r");
  terminal.expect("│ lines, and more");
}

TEST_CASE("the keys can be bound otherwise in ~/.inputrc") {
  const TemporaryDirectory directory;
  const auto inputrc = directory.write(
      "inputrc", "$if hubbub\n\"\\C-xn\": hubbub-next-room\n\"\\e1\": \"not a room\"\n$endif\n");
  Alice alice({"TERM=xterm-256color", "INPUTRC=" + inputrc.string(), "NO_COLOR=1"},
              {"-r", "lobby", "-r", "dev"});
  alice.terminal.type("\x18n");
  alice.terminal.expect("dev > ");
  alice.terminal.type(
      "\x1b"
      "1");
  alice.terminal.expect("not a room");
}

TEST_CASE("who names nobody is called as on this machine, or nearly so") {
  const Daemon daemon;
  std::vector<std::string> environment = xterm;
  environment.emplace_back("USER=alice");
  PseudoTerminal first({hubbub_program, target(daemon.address())}, environment);
  first.expect("you are alice on ");
  PseudoTerminal second({hubbub_program, "tcp://" + target(daemon.address())}, environment);
  second.expect("you are alice-2 on ");
  second.expect("the name alice is taken; going by alice-2");
}

TEST_CASE("a taken name can be exchanged for another") {
  const Daemon daemon;
  JsonClient first = member(daemon.address(), "alice");
  PseudoTerminal terminal({hubbub_program, "ALICE@" + target(daemon.address())}, xterm);
  terminal.expect("the name ALICE is taken");
  terminal.expect("/name NEW");
  terminal.type("/name Алиса\r");
  terminal.expect("you are Алиса");
  terminal.expect("lobby > ");
}

TEST_CASE("a daemon that was restarted is found again, and what was typed meanwhile is said") {
  std::optional<Daemon> daemon(std::in_place);
  const std::string where = target(daemon->address());
  PseudoTerminal terminal({hubbub_program, "alice@" + where}, xterm);
  terminal.expect("lobby > ");
  daemon.reset();
  terminal.expect("the connection is lost");
  terminal.expect("(offline, retry in 1 s) > ");
  terminal.type("said in the dark\r");
  terminal.expect("this goes out when the connection is back");
  DaemonOptions same;
  same.listen = {"tcp://" + where};
  daemon.emplace(same);
  terminal.expect("connected again as alice");
  terminal.expect("alice │ said in the dark");
}

}  // namespace hubbub::test
