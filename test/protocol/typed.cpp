#include "protocol/typed.hpp"

#include "test/support/catch.hpp"

using namespace hubbub::protocol;

TEST_CASE("blanks of every kind separate words") {
  CHECK(typed::trimmed(" \t\u3000\u00a0a b\u2003 ") == "a b");
  CHECK(typed::trimmed("\u3000").empty());
  CHECK(typed::trimmed("").empty());
  CHECK(typed::trimmed("\xe3\x80") == "\xe3\x80");  // a wide blank that was cut short is none
  CHECK(typed::trimmed("a\x80") == "a\x80");
  const auto [word, rest] = typed::split("bob\u3000\u00a0hi there\u3000");
  CHECK(word == "bob");
  CHECK(rest == "hi there");
  CHECK(typed::split("привет").first == "привет");
  CHECK(typed::split("привет").second.empty());
}

TEST_CASE("the signs before a room's name do not count") {
  CHECK(typed::room("#dev") == "dev");
  CHECK(typed::room("##dev#") == "dev#");
  CHECK(typed::room("\uff03комната") == "комната");
  CHECK(typed::room("dev") == "dev");
  CHECK(typed::room("# dev ") == "dev");
  CHECK(typed::room("#").empty());
}

TEST_CASE("a command is one behind blanks too, and a text that has a slash is none") {
  const auto command = typed::command("\u3000/JOIN  dev ");
  REQUIRE(command);
  CHECK(command->name == "join");
  CHECK(command->rest == "dev");
  CHECK(typed::command("/etc/passwd")->name == "etc/passwd");
  CHECK(typed::command("/")->name.empty());
  CHECK(typed::command("／join dev")->name == "join");
  const std::string line = GENERATE("", "  ", "join", "//x", " //x", " /", " /etc/passwd", " /2", "a /join x",
                                    "／", "／/x", "／1", " /*");
  CAPTURE(line);
  CHECK_FALSE(typed::command(line));
}

TEST_CASE("a slash that a blank parts from what follows is told from one that stands in a text") {
  CHECK(typed::parted("/ join dev").value() == "join dev");
  CHECK(typed::parted(" \u3000/\u00a0JOIN dev ").value() == "JOIN dev");
  CHECK(typed::parted("\uff0f join dev").value() == "join dev");
  CHECK(typed::parted("/ ").value().empty());
  const std::string line = GENERATE("", "/", "/join dev", "// join", " //", "a / join", "join");
  CAPTURE(line);
  CHECK_FALSE(typed::parted(line));
}
