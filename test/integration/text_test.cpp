#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// People with nothing but `nc`: what they type and what they read.
namespace hubbub::test {
namespace {

using namespace std::string_literals;
using Lines = std::vector<std::string>;

constexpr auto prompt = "[timeouts]\nsniff = \"50ms\"\n";

}  // namespace

TEST_CASE("the greeting names the guest and the room and shows what was said") {
  const Daemon daemon({.config = "[server]\nmotd = \"Be kind.\"\ndefault_room = \"hall\"\n"
                                 "[timeouts]\nsniff = \"50ms\"\n"});
  JsonClient alice = member(daemon.address(), "alice", "hall");
  alice.answer({{"type", "topic"}, {"room", "hall"}, {"text", "badgers"}});
  alice.say("hall", "anyone here?");
  TextClient nina(daemon.address());
  nina.expect("Be kind.");
  CHECK_THAT(nina.expect("guest-"),
             Catch::Matchers::Matches("\\* you are guest-[0-9]+ on hubbub, from 127\\.0\\.0\\.1:[0-9]+; "
                                      "it is 20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC"));
  CHECK(nina.read_line() == "* /name NEW changes your name, /help lists the commands");
  const std::string room = nina.expect("hall");
  CHECK(room.find("alice") != std::string::npos);
  nina.expect("badgers");
  CHECK(nina.expect("earlier").ends_with("(times are UTC):"));
  const std::string said = nina.expect("anyone");
  CHECK(said.substr(2, 1) == ":");
  CHECK(said.substr(5) == " alice: anyone here?");
  CHECK(nina.read_line() == "* now:");
}

TEST_CASE("one behind a Unix socket is told that he is local") {
  const Daemon daemon({.config = prompt, .listen = {"unix:chat.sock"}});
  TextClient nina(daemon.address());
  CHECK(nina.expect("guest-").find(" on hubbub, from local; it is 20") != std::string::npos);
}

TEST_CASE("people with nc and programs talk to each other") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = prompt});
  JsonClient alice = member(daemon.address(), "alice");
  TextClient nina(daemon.address(), framing);
  nina.take_name("Нина");
  alice.sync();
  nina.send_line("привет 你好");
  CHECK(nina.expect("привет") == "Нина: привет 你好");
  const Event heard = alice.expect("message");
  CHECK(text_of(heard, "from") == "Нина");
  CHECK(text_of(heard, "text") == "привет 你好");

  alice.say("lobby", "one\ntwo");
  CHECK(nina.expect("one") == "alice: one");
  CHECK(nina.expect("two") == "    two");
  alice.answer({{"type", "say"}, {"room", "lobby"}, {"text", "waves"}, {"action", true}});
  CHECK(nina.expect("waves") == "~ alice waves");
  alice.answer({{"type", "topic"}, {"room", "lobby"}, {"text", "tea"}});
  CHECK(nina.expect("tea") == "* alice has set the topic of lobby: tea");
  alice.answer({{"type", "rename"}, {"name", "alison"}});
  CHECK(nina.expect("alison") == "* alice is now known as alison");
  alice.answer({{"type", "tell"}, {"to", "Нина"}, {"text", "psst"}});
  CHECK(nina.expect("psst") == "[alison -> you] psst");
  JsonClient bob = member(daemon.address(), "bob");
  CHECK(nina.expect("bob") == "* bob has joined lobby");
  bob.send({{"type", "quit"}, {"text", "dinner"}});
  CHECK(nina.expect("bob") == "* bob has left lobby (dinner)");
}

TEST_CASE("no word and no deed looks like a line of the server") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = prompt});
  TextClient nina(daemon.address(), framing);
  nina.take_name("nina");
  nina.sync();
  JsonClient eve = member(daemon.address(), "eve");
  nina.expect("* eve has joined lobby");
  for (const bool action : {false, true}) {
    for (const char* text :
         {"has left lobby (disconnected)", "* bob has left lobby", "x\n* bob has left lobby",
          "x\r\n! you are kicked", "x\u2028* bob", "x\v* bob\f* bob\u0085* bob"}) {
      eve.answer({{"type", "say"}, {"room", "lobby"}, {"text", text}, {"action", action}});
    }
  }
  eve.answer({{"type", "tell"}, {"to", "nina"}, {"text", "psst\n* bob has left lobby"}});
  eve.answer({{"type", "topic"}, {"room", "lobby"}, {"text", "tea\u2028* bob has left lobby"}});
  const Lines lines = nina.sync();
  CHECK(lines.size() > 11);
  for (const auto& line : lines) {
    CAPTURE(line);
    CHECK((!line.starts_with('*') || line == "* eve has set the topic of lobby: tea* bob has left lobby"));
    CHECK_FALSE(line.starts_with('!'));
  }
  eve.send({{"type", "quit"}, {"text", "dinner\n* bob has left lobby"}});
  CHECK(nina.expect("dinner") == "* eve has left lobby (dinner * bob has left lobby)");
  TextClient newcomer(daemon.address(), framing);
  newcomer.expect("* earlier");
  for (std::string line = *newcomer.read_line(); line != "* now:"; line = *newcomer.read_line()) {
    CAPTURE(line);
    CHECK_FALSE(line.starts_with('*'));
    CHECK_FALSE(line.starts_with('!'));
  }
}

TEST_CASE("what is typed with a slash") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = prompt});
  JsonClient alice = member(daemon.address(), "alice");
  TextClient nina(daemon.address(), framing);
  nina.take_name("nina");
  nina.sync();
  alice.sync();

  SECTION("/help names every command") {
    nina.send_line("/help");
    const Lines lines = nina.sync();
    for (const char* command : {"/help", "/name", "/join", "/leave", "/rooms", "/who", "/msg", "/me",
                                "/topic", "/history", "/quit"}) {
      CHECK(any_holds(lines, command));
    }
    for (const auto& line : lines) CHECK(line.starts_with("* "));
    nina.send_line("/help /part");
    CHECK(nina.expect("/leave") == "* /leave [ROOM]: leave a room, or the one that you are in");
    CHECK(nina.read_line() == "* /part [ROOM] is the same");
    nina.send_line("/help lsit");
    CHECK(nina.expect("!").find("did you mean /list?") != std::string::npos);
  }
  SECTION("the words that people know from elsewhere") {
    nina.send_line("/names");
    nina.expect("* in lobby (2): alice, nina");
    nina.send_line("/list");
    nina.expect("* lobby (2)");
    nina.send_line("/nick Нина");
    nina.expect("* you are now known as Нина");
    nina.send_line("/j #den");
    nina.expect("* you are in den (1)");
    nina.send_line("/whoami");
    CHECK(nina.expect("* you are Нина").starts_with("* you are Нина, from "));
    CHECK(nina.read_line() == "* you are in den, where you speak; also in lobby");
    nina.send_line("/part");
    nina.expect("* you have left den");
    nina.send_line("/query alice psst");
    nina.expect("[you -> alice] psst");
    CHECK(text_of(alice.expect("message"), "text") == "psst");
    nina.send_line("/query alice");
    CHECK(nina.expect("!").find("/msg NAME TEXT") != std::string::npos);
    nina.send_line("/whois alice");
    CHECK(nina.expect("!").find("/who") != std::string::npos);
    nina.send_line("/exit");
    nina.expect("* goodbye");
  }
  SECTION("a command behind a blank is not said") {
    nina.send_line(" /msg alice one");
    nina.send_line("\u3000/msg alice\u3000two");
    nina.send_line(" /jion den");
    CHECK(nina.expect("!").find("did you mean /join ROOM") != std::string::npos);
    nina.send_line("  // three");
    CHECK(nina.expect("three") == "nina:   // three");
    std::vector<std::string> heard;
    for (const Event& event : of_type(alice.sync(), "message")) heard.push_back(text_of(event, "text"));
    CHECK(heard == Lines{"one", "two", "  // three"});
  }
  SECTION("/me") {
    nina.send_line("/me waves");
    CHECK(nina.expect("waves") == "~ nina waves");
    CHECK(truth_of(alice.expect("message"), "action"));
  }
  SECTION("// says a line that begins with a slash") {
    nina.send_line("//etc/passwd");
    CHECK(nina.expect("passwd") == "nina: /etc/passwd");
    CHECK(text_of(alice.expect("message"), "text") == "/etc/passwd");
  }
  SECTION("/msg") {
    nina.send_line("/msg ALICE psst psst");
    CHECK(nina.expect("psst") == "[you -> alice] psst psst");
    CHECK(text_of(alice.expect("message"), "text") == "psst psst");
    nina.send_line("/msg carol hi");
    CHECK(nina.expect("!").find("nobody here is called carol") != std::string::npos);
  }
  SECTION("/who and /rooms") {
    JsonClient bob = member(daemon.address(), "bob", "den");
    bob.answer({{"type", "topic"}, {"room", "den"}, {"text", "badgers"}});
    nina.send_line("/who");
    const std::string here = nina.expect("lobby");
    CHECK(here.find("alice") != std::string::npos);
    CHECK(here.find("nina") != std::string::npos);
    nina.send_line("/who den");
    CHECK(nina.expect("den").find("bob") != std::string::npos);
    nina.send_line("/rooms");
    nina.expect("den");
    CHECK(nina.expect("lobby").find('2') != std::string::npos);
    nina.send_line("/who nowhere");
    CHECK(nina.expect("!").find("there is no room nowhere") != std::string::npos);
  }
  SECTION("/topic") {
    nina.send_line("/topic tea and cake");
    CHECK(nina.expect("tea") == "* nina has set the topic of lobby: tea and cake");
    CHECK(text_of(alice.expect("topic"), "text") == "tea and cake");
    nina.send_line("/topic");
    nina.expect("tea and cake");
  }
  SECTION("/history") {
    for (const char* text : {"one", "two", "three"}) alice.say("lobby", text);
    nina.expect("three");
    nina.send_line("/history 2");
    const Lines lines = nina.sync();
    CHECK_FALSE(any_holds(lines, "alice: one"));
    CHECK(any_holds(lines, "alice: two"));
    CHECK(any_holds(lines, "alice: three"));
    nina.send_line("/history");
    CHECK(any_holds(nina.sync(), "alice: one"));
  }
  SECTION("/quit") {
    nina.send_line("/quit so long");
    nina.expect("* goodbye");
    nina.expect_end();
    CHECK(alice.expect_departure("nina") == "so long");
  }
  SECTION("a command that is not known or not used well") {
    nina.send_line("/dance");
    CHECK(nina.expect("!").find("there is no command /dance;") != std::string::npos);
    nina.send_line("/hlep");
    CHECK(nina.expect("!").find("/help") != std::string::npos);
    for (const char* line : {"/name", "/join", "/msg", "/msg alice", "/me", "/history anna x"}) {
      nina.send_line(line);
      CHECK(nina.expect("!").find("use it as ") != std::string::npos);
    }
    nina.send_line("/name two words");
    CHECK(nina.expect("!").find("did you mean two-words?") != std::string::npos);
    nina.send_line("/name alice");
    CHECK(nina.expect("!").find("the name alice is taken") != std::string::npos);
    CHECK(of_type(alice.sync(), "message").empty());
  }
}

TEST_CASE("a search that has shown all that there is has nothing to go on with") {
  const Daemon daemon({.config = prompt});
  TextClient nina(daemon.address());
  nina.take_name("nina");
  nina.send_line("/search");
  nina.expect("there is no search to go on with");
  nina.send_line("tea at four");
  nina.expect("nina: tea at four");
  nina.send_line("/search TEA");
  nina.expect("1 found");
  nina.send_line("/search");
  nina.expect("there are no older hits");
}

TEST_CASE("several rooms at once are told apart") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = prompt});
  JsonClient alice = member(daemon.address(), "alice");
  alice.join("den");
  TextClient nina(daemon.address(), framing);
  nina.take_name("nina");
  nina.send_line("/join den");
  nina.expect("den");
  nina.send_line("in here");
  CHECK(nina.expect("in here") == "[den] nina: in here");
  CHECK(text_of(alice.expect("message"), "room") == "den");
  alice.say("lobby", "out there");
  CHECK(nina.expect("out there") == "[lobby] alice: out there");
  nina.send_line("/join lobby");  // to speak there again
  nina.send_line("back");
  CHECK(nina.expect("back") == "[lobby] nina: back");
  nina.send_line("/leave den");
  nina.expect("left den");
  nina.send_line("alone");
  CHECK(nina.expect("alone") == "nina: alone");
  nina.send_line("/leave");
  nina.expect("left lobby");
  nina.send_line("to nobody");
  CHECK(nina.expect("!").find("you are in no room") != std::string::npos);
}

TEST_CASE("the three old words work when they are the whole line") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = prompt});
  JsonClient alice = member(daemon.address(), "alice");
  TextClient nina(daemon.address(), framing);
  nina.take_name("nina");
  nina.send_line("who");
  CHECK(nina.expect("alice").find("nina") != std::string::npos);
  nina.send_line("rename|Ninotchka");
  CHECK(nina.expect("Ninotchka") == "* you are now known as Ninotchka");
  nina.send_line("who goes there");
  CHECK(nina.expect("who goes") == "Ninotchka: who goes there");
  nina.send_line("exit stage left");
  CHECK(nina.expect("stage") == "Ninotchka: exit stage left");
  nina.send_line("exit");
  nina.expect("* goodbye");
  nina.expect_end();
  CHECK(alice.expect_departure("Ninotchka") == "quit");
}

TEST_CASE("telnet's return key ends a line, whichever way the client writes it") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice");
  TextClient nina(daemon.address(), framing);
  nina.send_bytes("/name nina\r\0one\r\0two\r\nthree\nfo\rur\r\0"s);
  nina.expect("* you are now known as nina");
  CHECK(nina.expect("one") == "nina: one");
  CHECK(nina.expect("two") == "nina: two");
  CHECK(nina.expect("three") == "nina: three");
  CHECK(nina.expect("four") == "nina: four");
  for (const char* text : {"one", "two", "three", "four"}) {
    CHECK(text_of(alice.expect("message"), "text") == text);
  }
}

TEST_CASE("all that was typed is done before the end of the input counts") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice");
  TextClient nina(daemon.address(), framing);
  nina.send_line("/name nina");
  nina.send_line("one\r");
  nina.send_line("");
  nina.send_bytes("two");
  nina.half_close();
  CHECK(text_of(alice.expect("message"), "text") == "one");
  CHECK(text_of(alice.expect("message"), "text") == "two");
  CHECK(alice.expect_departure("nina") == "disconnected");
  const Lines lines = nina.read_to_end();
  CHECK(any_holds(lines, "nina: one"));
  CHECK(any_holds(lines, "nina: two"));
}

TEST_CASE("a fast typist is slowed down and not refused") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 40\nmessages_burst = 2\n"});
  JsonClient alice = member(daemon.address(), "alice");
  TextClient nina(daemon.address(), Framing::one_segment);
  nina.send_line("/name nina");
  constexpr int lines = 30;
  for (int i = 0; i < lines; ++i) nina.send_line("line " + std::to_string(i));
  nina.send_line("/quit");
  const Lines read = nina.read_to_end();
  CHECK_FALSE(any_holds(read, "!"));
  for (int i = 0; i < lines; ++i) {
    CHECK(text_of(alice.expect("message"), "text") == "line " + std::to_string(i));
  }
}

}  // namespace hubbub::test
