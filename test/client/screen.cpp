// What a person sees: rooms, and whatever the width is. One of the others has nc.
#include "test/client/screen.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

namespace hubbub::test {

TEST_CASE("unread counts, mentions and the unread line lead through three rooms") {
  ThreeRooms scene;
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
  ThreeRooms scene;
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
  ThreeRooms scene(60);
  JsonClient bob = member(scene.daemon.address(), "bob");
  bob.say("lobby", "a message that is just wide enough for sixty, 中文也有");
  scene.alice("bob │ a message that is just wide enough for sixty,");
  scene.tmux.type("alice", "我在打字，一边打一边改变窗口的大小，看看会怎么样");
  scene.alice("会怎么样");
  scene.tmux.resize("alice", 40, 24);
  const auto is_narrow = [](const Strings& lines) {
    return count(lines, "1:lobby > 我在打字，一边打一边改变窗口的") == 1 &&
           count(lines, "大小，看看会怎么样") == 1 && count(lines, "wide enough for sixty, 中") == 1 &&
           count(lines, "│ 文也有") == 1;  // as the client breaks it, and not yet tmux by itself
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
  ThreeRooms scene(20, 24);
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

TEST_CASE("Tab completes what can be seen, and lists what there is to choose from") {
  ThreeRooms scene;
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

TEST_CASE("what a hostile message does to the screen is nothing") {
  ThreeRooms scene;
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
  ThreeRooms scene;
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

TEST_CASE("settings are shown and changed") {
  ThreeRooms scene;
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

}  // namespace hubbub::test
