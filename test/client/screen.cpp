// What a person sees, in tmux, with the real daemon: two people with the client, and one with nc.
#include <algorithm>

#include "test/client/program.hpp"
#include "test/client/tmux.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"
#include "test/support/text_client.hpp"

namespace hubbub::test {
namespace {

using Strings = std::vector<std::string>;

/// Alice and Boris at their terminals, in three rooms.
struct Scene {
  Daemon daemon;
  Tmux tmux;

  explicit Scene(int columns = 80, int rows = 24) {
    enter("alice", columns, rows);
    enter("Борис", columns, rows);
  }

  void enter(const std::string& name, int columns = 80, int rows = 24, const Strings& more = {}) {
    Strings command = {hubbub_program, name + "@" + target(daemon.address())};
    for (const char* room : {"lobby", "dev", "ops"}) {
      command.emplace_back("-r");
      command.emplace_back(room);
    }
    command.insert(command.end(), more.begin(), more.end());
    tmux.open(name, command, columns, rows);
    tmux.expect(name, columns < 40 ? "│ ops with" : "you are in ops");
  }

  Strings alice(std::string_view text) const { return tmux.expect("alice", text); }
};

/// How many of the lines hold the text.
std::size_t count(const Strings& lines, std::string_view text) {
  const auto holds = [&](const std::string& line) { return line.find(text) != std::string::npos; };
  return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), holds));
}

/// The place of the first line that holds the text.
std::size_t place(const Strings& lines, std::string_view text) {
  const auto holds = [&](const std::string& line) { return line.find(text) != std::string::npos; };
  return static_cast<std::size_t>(std::find_if(lines.begin(), lines.end(), holds) - lines.begin());
}

}  // namespace

TEST_CASE("unread counts, mentions and the unread line lead through three rooms") {
  Scene scene;
  scene.tmux.expect_last("alice", "1:lobby >");
  TextClient ming(scene.daemon.address());
  ming.take_name("小明");
  ming.send_line("/join dev");
  ming.send_line("大家好");
  scene.tmux.expect_last("alice", "1:lobby · 2:dev 1 new >");
  scene.tmux.type("Борис", "/go ops", "Enter");
  scene.tmux.expect_last("Борис", "3:ops · 2:dev 1 new >");
  scene.tmux.type("Борис", "alice: диск полон", "Enter");
  scene.tmux.expect_last("alice", "1:lobby · 2:dev 1 · 3:ops 1 for you >");

  scene.tmux.key("alice", "M-a");  // a mention is more urgent than what came before it
  Strings screen = scene.tmux.expect_last("alice", "3:ops · 2:dev 1 new >");
  CHECK(place(screen, "── ops ──") < place(screen, "──── 1 unread, 1 mentions you ────"));
  CHECK(place(screen, "1 unread") < place(screen, "Борис ┃ alice: диск полон"));

  scene.tmux.key("alice", "M-2");
  screen = scene.tmux.expect_last("alice", "2:dev >");
  CHECK(place(screen, "──── 1 unread ────") + 1 == place(screen, "小明 │ 大家好"));

  scene.tmux.key("alice", "M-a");
  scene.alice("nothing is unread in your other rooms");
  scene.tmux.key("alice", "M-n");
  scene.tmux.expect_last("alice", "3:ops >");
  scene.tmux.key("alice", "M-p");
  scene.tmux.key("alice", "M-p");
  scene.tmux.expect_last("alice", "1:lobby >");
  scene.tmux.type("alice", "/go 3", "Enter");
  scene.tmux.expect_last("alice", "3:ops >");
  scene.tmux.type("alice", "/go d", "Enter");
  scene.tmux.expect_last("alice", "2:dev >");
  scene.tmux.type("alice", "/go nowhere", "Enter");
  scene.alice("you are not in nowhere; /join nowhere takes you there");
  scene.tmux.key("alice", "M-9");
  scene.alice("you have no room 9");
}

TEST_CASE("pasted lines are one message, which is shown while it is edited and asked about when it is long") {
  Scene scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  std::string twenty;
  for (int line = 1; line <= 20; ++line) twenty += "line " + std::to_string(line) + "\n";
  scene.tmux.paste("alice", twenty);
  Strings screen = scene.alice("  line 20");
  CHECK(count(screen, "1:lobby > …line 11") == 1);
  scene.tmux.key("alice", "Enter");
  scene.tmux.expect_last("alice", "send these 20 lines as one message? (y/n)");
  bob.say("lobby", "am I interrupting?");
  screen = scene.alice("am I interrupting?");
  CHECK(screen.back() == "send these 20 lines as one message? (y/n)");
  scene.tmux.type("alice", "xn");  // what is no answer is not heard
  scene.alice("  line 20");
  scene.tmux.key("alice", "Enter");
  scene.tmux.expect_last("alice", "send these 20 lines as one message? (y/n)");
  scene.tmux.type("alice", "y");
  twenty.pop_back();
  while (true) {
    const Event message = bob.expect("message");
    if (text_of(message, "from") != "alice") continue;
    CHECK(text_of(message, "text") == twenty);
    break;
  }
  scene.tmux.expect_last("alice", "1:lobby >");

  scene.tmux.paste("alice", "two\nlines");
  scene.alice("  lines");
  scene.tmux.key("alice", "Enter");
  CHECK(text_of(bob.expect("message"), "text") == "two\nlines");
  scene.tmux.key("alice", "Up");  // with its line feed
  scene.alice("  lines");
  scene.tmux.key("alice", "C-c");
  scene.tmux.expect_last("alice", "1:lobby >");
}

TEST_CASE("a resize in the middle of typing Chinese sets the screen anew") {
  Scene scene(60);
  JsonClient bob = member(scene.daemon.address(), "bob");
  bob.say("lobby", "a message that is just wide enough for sixty, 中文也有");
  scene.alice("bob │ a message that is just wide enough for sixty,");
  scene.tmux.type("alice", "我在打字，一边打一边改变窗口的大小，看看会怎么样");
  scene.alice("会怎么样");
  scene.tmux.resize("alice", 40, 24);
  const auto is_narrow = [](const Strings& lines) {
    return count(lines, "1:lobby > 我在打字，一边打一边改变窗口的") == 1 &&
           count(lines, "大小，看看会怎么样") == 1 && count(lines, "just wide enough for sixty") == 0 &&
           count(lines, "中文也有") == 1;
  };
  scene.tmux.wait_until("alice", is_narrow);
  scene.tmux.resize("alice", 20, 24);
  scene.alice("看会怎么样");
  scene.tmux.resize("alice", 80, 24);
  const auto is_wide = [](const Strings& lines) {
    return count(lines, "bob │ a message that is just wide enough for sixty, 中文也有") == 1 &&
           lines.back() == "1:lobby > 我在打字，一边打一边改变窗口的大小，看看会怎么样";
  };
  scene.tmux.wait_until("alice", is_wide);
  scene.tmux.type("alice", "？", "Enter");
  scene.tmux.expect_last("alice", "1:lobby >");
  scene.alice("alice │ 我在打字，一边打一边改变窗口的大小，看看会怎么样？");
  CHECK(said(bob.sync()).back() == "我在打字，一边打一边改变窗口的大小，看看会怎么样？");
}

TEST_CASE("twenty columns are enough") {
  Scene scene(20, 24);
  JsonClient bob = member(scene.daemon.address(), "bob");
  bob.say("lobby", "a message that needs more than one line");
  Strings screen = scene.alice("one line");
  CHECK(screen.back() == "1:lobby >");
  bob.send({{"type", "join"}, {"room", "dev"}});
  bob.say("dev", "alice: you");
  scene.tmux.type("alice", "世界世界世界世界世界");
  scene.alice("1:l… @1 > 世界世界世");
  scene.tmux.expect_last("alice", "界世界世界");
  scene.tmux.key("alice", "C-c");
  scene.tmux.key("alice", "M-a");
  scene.tmux.expect_last("alice", "2:dev >");
}

TEST_CASE("a search finds what somebody said in all rooms, and leads to what was said around it") {
  Scene scene;
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
  Scene scene;
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

TEST_CASE("Tab completes what can be seen, and lists what there is to choose from") {
  Scene scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  JsonClient bobby = member(scene.daemon.address(), "bobby");
  bobby.say("lobby", "hi");
  scene.alice("bobby │ hi");
  scene.tmux.type("alice", "бо", "Tab");
  scene.tmux.expect_last("alice", "1:lobby > Борис:");
  scene.tmux.key("alice", "C-u");
  scene.tmux.type("alice", "bo", "Tab");
  scene.tmux.expect_last("alice", "1:lobby > bob");
  scene.tmux.key("alice", "Tab");                      // nothing more can be said for sure
  const Strings screen = scene.alice("bobby:  bob:");  // who spoke last comes first
  CHECK(screen.back() == "1:lobby > bob");
  scene.tmux.key("alice", "C-u");
  scene.tmux.type("alice", "/unig", "Tab");
  scene.tmux.expect_last("alice", "1:lobby > /unignore");
  scene.tmux.key("alice", "C-u");
  scene.tmux.type("alice", "/set notify.be", "Tab");
  scene.tmux.expect_last("alice", "1:lobby > /set notify.bell");
}

TEST_CASE("a search in what was said names room and time of each hit") {
  Scene scene;
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

TEST_CASE("what a hostile message does to the screen is nothing") {
  Scene scene;
  JsonClient eve = member(scene.daemon.address(), "eve");
  std::string wide;
  for (int character = 0; character < 1300; ++character) wide += "宽";
  std::string piled = "a";
  for (int mark = 0; mark < 1000; ++mark) piled += "\u0301";
  scene.tmux.type("alice", "half a line");
  eve.say("lobby", "\x1b[2J\x1b[1;1Hadmin: \x1b]0;owned\x07\u009b31m\x1b#8\x0e");
  eve.say("lobby", "\u202eright to left\u2066 and\u2028 so on\nadmin: done");
  eve.say("lobby", piled);
  eve.say("lobby", wide);
  eve.say("lobby", "over");
  const Strings screen = scene.alice("eve │ over");
  CHECK(screen.back() == "1:lobby > half a line");
  CHECK(count(screen, "宽") > 10);
  for (const std::string& line : screen) {
    CHECK_FALSE(line.starts_with("admin"));
    CHECK(line.find("\u202e") == std::string::npos);
    if (line.find("宽") != std::string::npos) CHECK(line.find("│ 宽") != std::string::npos);
  }
  scene.tmux.key("alice", "C-c");
  scene.tmux.type("alice", "/history 5", "Enter");
  scene.alice("── now ──");
  scene.tmux.expect_last("alice", "1:lobby >");
}

TEST_CASE("a message that the server refuses is there to be mended") {
  Scene scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  scene.tmux.type("alice", "/msg bbo hi", "Enter");
  scene.alice("nobody here is called bbo");
  scene.tmux.expect_last("alice", "1:lobby > /msg bbo hi");
  scene.tmux.key("alice", "C-u");
  scene.tmux.type("alice", std::string(5000, 'x'));
  scene.alice("1:lobby > …xxx");
  scene.tmux.key("alice", "Enter");
  const Strings screen = scene.alice("the text has 5000 bytes; at most 4096 are allowed");
  CHECK(count(screen, "1:lobby > …xxx") == 1);
}

TEST_CASE("private messages are answered with /reply, and ignored people are not heard") {
  Scene scene;
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
  Scene scene;
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
  Scene scene;
  JsonClient bob = member(scene.daemon.address(), "bob");
  bob.send({{"type", "tell"}, {"to", "alice"}, {"text", "before"}});
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
  CHECK(heard == std::vector<std::string>{"before", "only you", "while away", "hi again"});
}

TEST_CASE("settings are shown and changed") {
  Scene scene;
  scene.tmux.type("alice", "/set look.times off", "Enter");
  const Strings screen = scene.tmux.wait_until("alice", [](const Strings& lines) {
    return count(lines, "look.times = \"off\"") == 1 && !lines.front().starts_with("0") &&
           !lines.front().starts_with("1") && !lines.front().starts_with("2");
  });
  scene.tmux.type("alice", "/set notfy.bell off", "Enter");
  scene.tmux.expect_last("alice", "1:lobby > /set notfy.bell off");
  scene.tmux.key("alice", "C-u");
  scene.tmux.type("alice", "/clear", "Enter");
  scene.tmux.type("alice", "/set", "Enter");
  scene.alice("input.paste_confirm_lines = 10");
}

TEST_CASE("what was missed while the link was cut is shown below its line, counted, and once") {
  const Daemon daemon;
  Proxy proxy(daemon.address());
  Tmux tmux;
  tmux.open("alice", {hubbub_program, "alice@" + target(proxy.address()), "-r", "lobby", "-r", "dev"}, 80,
            50);
  tmux.expect("alice", "you are in dev");
  JsonClient bob = member(daemon.address(), "bob");
  bob.send({{"type", "join"}, {"room", "dev"}});
  bob.say("lobby", "read");
  tmux.expect("alice", "bob │ read");
  tmux.type("alice", "a draft 草稿");
  tmux.expect("alice", "草稿");
  proxy.refuse();
  proxy.cut(Proxy::Cut::reset);
  tmux.expect("alice", "the connection is lost");
  for (int number = 1; number <= 20; ++number) bob.say("lobby", "missed " + std::to_string(number) + ".");
  bob.say("lobby", "alice: are you there?");
  bob.say("lobby", "Alice!");
  bob.say("dev", "build is red");
  bob.sync();
  proxy.pass();
  const Strings screen = tmux.expect("alice", "connected again as alice");
  tmux.expect_last("alice", "1:lobby · 2:dev 1 new > a draft 草稿");
  CHECK(count(screen, "lobby: 22 missed, 2 mention you; dev: 1 missed") == 1);
  CHECK(count(screen, "── unread ──") == 1);
  CHECK(place(screen, "── unread ──") + 1 == place(screen, "bob │ missed 1."));
  for (int number = 1; number <= 20; ++number)
    CHECK(count(screen, "missed " + std::to_string(number) + ".") == 1);
  CHECK(count(screen, "bob ┃ Alice!") == 1);
  CHECK(count(screen, "build is red") == 0);
  tmux.key("alice", "M-a");
  CHECK(count(tmux.expect("alice", "build is red"), "── 1 unread ──") == 1);
}

TEST_CASE("Enter on an empty line does not wait for the next attempt") {
  std::optional<Daemon> daemon(std::in_place);
  Tmux tmux;
  tmux.open("alice", {hubbub_program, "alice@" + target(daemon->address())});
  tmux.expect_last("alice", "lobby >");
  daemon.reset();
  // Each attempt that fails doubles the wait: by themselves so many would take longer than anybody waits
  // here.
  const auto waits_long = [&](const Strings& lines) {
    tmux.key("alice", "Enter");
    return lines.back().starts_with("lobby (offline, retry in 2");
  };
  tmux.wait_until("alice", [&](const Strings& lines) {
    return waits_long(lines) && lines.back().size() == std::string("lobby (offline, retry in 20 s) >").size();
  });
}

TEST_CASE("a daemon that was killed is waited for, and what was missed is shown once, below its line") {
  TemporaryDirectory state;
  DaemonOptions options;
  options.state_dir = state.path();
  options.engine = "sqlite";
  std::optional<Daemon> daemon(std::in_place, options);
  const std::string where = target(daemon->address());
  Tmux tmux;
  tmux.open("alice", {hubbub_program, "alice@" + where, "-r", "lobby", "-r", "dev"});
  tmux.expect("alice", "you are in dev");
  tmux.type("alice", "before", "Enter");
  tmux.expect("alice", "alice │ before");
  daemon->kill();
  daemon.reset();
  tmux.expect("alice", "the connection is lost");
  tmux.expect("alice", "lobby (offline, retry in ");
  tmux.type("alice", "said in the dark", "Enter");
  tmux.expect("alice", "this goes out when the connection is back: said in the dark");
  tmux.type("alice", "a draft 草稿");

  options.listen = {"tcp://" + where};
  daemon.emplace(options);
  JsonClient bob = member(daemon->address(), "bob");
  tmux.expect("alice", "connected again as alice");
  const Strings screen = tmux.expect("alice", "alice │ said in the dark");
  CHECK(count(screen, "│ said in the dark") == 1);
  CHECK(screen.back().ends_with("> a draft 草稿"));
  CHECK(said(bob.sync()).size() <= 1);
}

}  // namespace hubbub::test
