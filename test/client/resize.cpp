// Terminals of other sizes, and that change their size.
#include <algorithm>
#include <utility>
#include <vector>

#include "test/client/program.hpp"
#include "test/client/tmux.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {
namespace {

using Strings = Tmux::Strings;

std::size_t times(const Strings& lines, const std::string& text) {
  const std::string all = joined(lines);
  std::size_t found = 0;
  for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++found;
  return found;
}

/// Each message once, and one prompt, on the screen and above it.
void check_copies(const Strings& lines, int messages) {
  for (int number = 1; number <= messages; ++number) {
    INFO(number << " in\n" << joined(lines));
    CHECK(times(lines, "begin " + std::to_string(number) + ".") == 1);
  }
  INFO(joined(lines));
  CHECK(times(lines, "lobby >") == 1);
}

struct ResizeScene {
  Daemon daemon;
  Tmux tmux;
  JsonClient bob;
  int said = 0;
  int marks = 0;

  explicit ResizeScene(const Strings& before = {}, int columns = 80)
      : bob(enter(tmux, command(before, daemon), columns, daemon)) {}

  static Strings command(Strings before, const Daemon& daemon) {
    before.insert(before.end(), {hubbub_program, "alice@" + target(daemon.address())});
    return before;
  }
  static JsonClient enter(Tmux& tmux, const Strings& command, int columns, const Daemon& daemon) {
    tmux.open("alice", command, columns);
    tmux.expect("alice", "lobby >");
    return member(daemon.address(), "bob");
  }

  void say(int messages) {
    for (int nth = 0; nth < messages; ++nth) {
      std::string text = "begin " + std::to_string(++said) + ".";
      for (int word = 0; word < said % 7 * 3; ++word) text += " word";
      bob.say("lobby", text + " end.");
    }
    bob.sync();
    tmux.expect("alice", "begin " + std::to_string(said) + ".");
  }

  /// By its width one sees whether the screen was set anew.
  void mark() {
    std::string text = "mark " + std::to_string(++marks) + ".";
    for (int letter = 0; letter < 100; ++letter) text += " w";
    bob.say("lobby", text + " end.");
    tmux.expect("alice", "mark " + std::to_string(marks) + ".");
    tmux.expect("alice", " end.\nlobby >");
  }
  /// Until all of the last mark's first row is taken, and the next one begins as we begin it.
  void resize(int columns, int rows) const {
    const std::string last = "mark " + std::to_string(marks) + ".";
    tmux.resize("alice", columns, rows);
    tmux.wait_until("alice", [&](const Strings& lines) {
      const auto row = std::find_if(lines.begin(), lines.end(), [&last](const std::string& line) {
        return line.find(last) != std::string::npos;
      });
      constexpr std::size_t more_than_columns = 2;  // the bytes of a bar
      const bool full = row != lines.end() && row + 1 != lines.end() &&
                        row->size() - more_than_columns + 3 >= static_cast<std::size_t>(columns);
      return full && (row + 1)->starts_with("  ") && (row + 1)->find("│ w") != std::string::npos;
    });
  }
};

}  // namespace

TEST_CASE("a terminal that is resized has each message and the prompt once, scrollback included") {
  ResizeScene scene;
  scene.say(40);
  scene.tmux.type("alice", "a draft that goes on");
  scene.tmux.expect_last("alice", "lobby > a draft that goes on");
  for (const auto& [columns, rows] : std::vector<std::pair<int, int>>{
           {50, 24}, {100, 24}, {100, 16}, {44, 30}, {60, 20}, {140, 40}, {80, 24}}) {
    scene.mark();
    scene.resize(columns, rows);
    check_copies(scene.tmux.scrollback("alice"), scene.said);
  }
}

TEST_CASE("a terminal that is resized many times in a row loses nothing") {
  // tmux tells of the first size at once, and of the last one only after 250 ms.
  ResizeScene scene;
  scene.say(40);
  for (const int columns : {60, 40, 100, 20, 33, 140, 80}) scene.tmux.resize("alice", columns, 24);
  scene.mark();
  scene.resize(70, 24);
  check_copies(scene.tmux.scrollback("alice"), scene.said);
}

TEST_CASE(
    "what stood on the screen before stays when the terminal is resized, and when it is painted again") {
  ResizeScene scene({"/bin/sh", "-c", "echo from before; exec \"$0\" \"$@\""});
  scene.say(3);
  scene.mark();
  scene.resize(60, 24);
  check_copies(scene.tmux.scrollback("alice"), 3);
  CHECK(times(scene.tmux.scrollback("alice"), "from before") == 1);
  scene.say(40);
  scene.tmux.key("alice", "C-l");
  scene.bob.say("lobby", "drawn again");
  scene.tmux.expect("alice", "drawn again");
  check_copies(scene.tmux.scrollback("alice"), scene.said);
}

TEST_CASE("a conversation and the line that is typed fit terminals of 20 to 140 columns") {
  const int columns = GENERATE(20, 40, 60, 80, 140);
  ResizeScene scene({}, columns);
  scene.say(5);
  scene.bob.say("lobby", "alice: 你好，世界 — привет 👋 and so on, and so on, and so on, and so on");
  scene.bob.sync();
  scene.tmux.expect("alice", "你好");
  scene.tmux.type("alice", "short");
  const Strings screen = scene.tmux.expect_last("alice", "lobby > short");
  check_copies(scene.tmux.scrollback("alice"), 5);
  // Every line that says something stands behind a bar or a name; nothing was broken by the terminal.
  for (const std::string& line : screen) {
    INFO(joined(screen));
    const bool ours = line.find("│") != std::string::npos || line.find("┃") != std::string::npos ||
                      line.find("bob") != std::string::npos || line.find("—") != std::string::npos ||
                      line.starts_with("lobby >");
    CHECK(ours);
  }
  // A line wider than the terminal is drawn, edited and sent.
  const std::string more(static_cast<std::size_t>(columns), 'x');
  scene.tmux.type("alice", " " + more, "Home");
  scene.tmux.type("alice", "very ", "Enter");
  scene.tmux.expect_last("alice", "lobby >");
  CHECK(text_of(scene.bob.expect("message"), "text") == "very short " + more);
}

}  // namespace hubbub::test
