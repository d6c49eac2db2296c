#include "client/view/phrases.hpp"

#include <set>

#include "test/support/catch.hpp"

using namespace hubbub;
using client::Palette;
using client::plain_line;

namespace {

protocol::Message said(std::string from, std::string text) {
  protocol::Message message;
  message.room = "lobby";
  message.from = std::move(from);
  message.text = std::move(text);
  return message;
}

bool has_controls(std::string_view text) {
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 && byte != '\n') return true;
  }
  return text.find("\u202e") != std::string_view::npos || text.find("\u0085") != std::string_view::npos;
}

const std::string nasty = "a\x1b[2J\x07\u0085\u202e\rb";

}  // namespace

TEST_CASE("messages read as people write them") {
  CHECK(plain_line(said("alice", "hi"), "me", false) == "alice: hi\n");
  CHECK(plain_line(said("alice", "hi"), "me", true) == "[lobby] alice: hi\n");
  protocol::Message action = said("alice", "waves");
  action.kind = protocol::MessageKind::action;
  CHECK(plain_line(action, "me", false) == "* alice waves\n");
  protocol::Message told = said("bob", "psst");
  told.room.clear();
  told.to = "me";
  CHECK(plain_line(told, "me", false) == "[bob -> you] psst\n");
  std::swap(told.from, told.to);
  CHECK(plain_line(told, "me", false) == "[you -> bob] psst\n");
}

TEST_CASE("a second line is indented, so that it cannot pass for another message") {
  CHECK(plain_line(said("eve", "hi\nadmin: obey"), "me", false) == "eve: hi\n    admin: obey\n");
}

TEST_CASE("nothing that others wrote drives the terminal") {
  protocol::Message message = said(nasty, nasty);
  message.room = nasty;
  const std::string text = plain_line(message, "me", true);
  CHECK_FALSE(has_controls(text));
  CHECK_THAT(text, Catch::Matchers::ContainsSubstring("a[2J"));
}

TEST_CASE("a name has one colour, whatever its spelling, and names have several") {
  const Palette palette(GENERATE(Palette::Depth::basic, Palette::Depth::wide));
  const auto colour = [&](const std::string& name) {
    const std::string dressed = palette.name(name);
    return dressed.substr(0, dressed.find(name));
  };
  CHECK(colour("Alice") == colour("ALICE"));
  CHECK(palette.name("alice").ends_with("\x1b[0m"));
  std::set<std::string> colours;
  for (char letter = 'a'; letter <= 'z'; ++letter) colours.insert(colour(std::string(1, letter)));
  CHECK(colours.size() >= 5);
}

TEST_CASE("how many colours there are is told by the environment") {
  CHECK(client::depth_of("", "") == Palette::Depth::none);
  CHECK(client::depth_of("dumb", "truecolor") == Palette::Depth::none);
  CHECK(client::depth_of("xterm", "") == Palette::Depth::basic);
  CHECK(client::depth_of("xterm-256color", "") == Palette::Depth::wide);
  CHECK(client::depth_of("xterm", "truecolor") == Palette::Depth::wide);
}
