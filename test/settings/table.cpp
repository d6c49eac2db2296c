#include "protocol/settings/table.hpp"

#include <array>

#include "protocol/settings/kinds.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::settings;

namespace {

struct Inner {
  std::size_t most = 1;
  bool open = false;
};
struct Sample : Whole {
  std::string title = "x";
  Inner inner;
  double pace = 1;
  Texts named;
  std::size_t settled = 0;
};

struct Title : Text {
  static Complaint read(const Value& value, std::string& into) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return not_a(value, "title; write text");
    into = *text;
    return std::nullopt;
  }
};

constexpr std::array keys{
    key<Title, &Sample::title>("", "title"),
    key<Count, &Sample::inner, &Inner::most>("limits", "most", Effect::restart),
    key<Rate, &Sample::pace>("limits", "pace"),
    key<Flag, &Sample::inner, &Inner::open>("door", "open", Effect::restart),
};

void read_named(const Entry& table, Whole& into, Faults& faults) {
  if (!table.is_table) return faults.add(table.line, wants_section("own." + table.name));
  static_cast<Sample&>(into).named.emplace_back(table.name);
}

std::optional<Fault> settle(Whole& whole, const Lines& lines) {
  auto& sample = static_cast<Sample&>(whole);
  sample.settled = lines.size();
  if (sample.inner.most != 13) return std::nullopt;
  return Fault{lines.at("limits.most"), "limits.most: 13 brings no luck"};
}

constexpr Table table{.keys = keys, .group = {.section = "own", .read = read_named}, .settle = settle};

Sample read(std::string_view toml) {
  Sample sample;
  const auto sentence = table.read(toml, "f", sample);
  CHECK_FALSE(sentence);
  return sample;
}

std::string complaint(const Table& with, std::string_view toml) {
  Sample sample;
  return with.read(toml, "f", sample).value_or("no complaint");
}
std::string complaint(std::string_view toml) { return complaint(table, toml); }

}  // namespace

TEST_CASE("values go where their rows say, and what is not set stays what it was") {
  const auto sample = read("title = 'y'\n[limits]\nmost = 5\n[own.b]\n[own.a]\n");
  CHECK(sample.title == "y");
  CHECK(sample.inner.most == 5);
  CHECK(sample.pace == 1);
  CHECK(sample.named == Texts{"a", "b"});
  CHECK(sample.settled == 2);
}

TEST_CASE("what is printed is read back") {
  const auto* const text = "title = \"y\"\n\n[limits]\nmost = 5\npace = 0.5\n\n[door]\nopen = true\n";
  CHECK(table.print(read(text)) == text);
}

TEST_CASE("rows are found by both parts of their names") {
  REQUIRE(table.find("limits.most") != nullptr);
  CHECK(table.find("limits.most") == table.find("limits", "most"));
  CHECK(table.find("title")->name == "title");
  CHECK(table.find("most") == nullptr);
  CHECK(table.find("", "limits.most") == nullptr);
  CHECK(table.find("door.open")->choices() == Texts{"on", "off"});
  CHECK(table.find("limits.most")->choices == nullptr);
  CHECK(table.names() == Texts{"title", "limits.most", "limits.pace", "door.open"});
}

TEST_CASE("what waits for a restart is told by the table") {
  Sample running;
  Sample wanted;
  CHECK(table.waiting_for_restart(running, wanted).empty());
  wanted.pace = 2;
  wanted.inner = {.most = 2, .open = true};
  CHECK(table.waiting_for_restart(running, wanted) == Texts{"limits.most", "door.open"});
}

TEST_CASE("the first fault in the file's order is told, whatever the library's order") {
  CHECK(complaint("[limits]\nmost = -1\n[door]\nopen = 1\n") ==
        "f:2: limits.most: -1 is no count; write a whole number, 0 for no limit");
  CHECK(complaint("[own]\nz = 1\n[limits]\nmosst = 1\n[door]\nopen = 1") ==
        "f:2: own.z is a section; write [own.z] and its keys below");
  CHECK(complaint("door = 1") == "f:1: door is a section; write [door] and its keys below");
  CHECK(complaint("title = [").starts_with("f:1: "));
}

TEST_CASE("what one key demands of another is asked when there is no other fault") {
  CHECK(complaint("\n[limits]\nmost = 13") == "f:3: limits.most: 13 brings no luck");
  CHECK(complaint("[limits]\nmost = 13\n[door]\nopen = 1") ==
        "f:4: door.open: 1 is no choice between true and false");
}

TEST_CASE("an unknown key is one of another section, or like one of its own") {
  CHECK(complaint("[door]\nmost = 1") == "f:2: unknown key door.most; did you mean limits.most?");
  CHECK(complaint("[limits]\nmosst = 1") == "f:2: unknown key limits.mosst; did you mean limits.most?");
  CHECK(complaint("[limits]\nwindow = 1") == "f:2: unknown key limits.window; [limits] has most, pace");
  CHECK(complaint("tittle = 1") == "f:1: unknown key tittle; every key is in a section: own, limits, door");
  CHECK(complaint("[limit]") == "f:1: unknown section [limit]; did you mean [limits]?");
  CHECK(complaint("[windows]") == "f:1: unknown section [windows]; there are own, limits, door");
}

TEST_CASE("where keys are few, an unknown one may be like any of them") {
  Table few = table;
  few.advice = Advice::table;
  few.bytes_per_slip = 3;
  few.has_fractions = false;
  CHECK(complaint(few, "tittle = 1") == "f:1: unknown key tittle; did you mean title?");
  CHECK(complaint(few, "[limits]\nwindow = 1") ==
        "f:2: unknown key limits.window; there are title, limits.most, limits.pace, door.open");
  CHECK(complaint(few, "[limits]\nmost = 1.5") ==
        "f:2: limits.most: a fraction is no count; write a whole number, 0 for no limit");
}

TEST_CASE("what somebody wrote drives no terminal") {
  CHECK(complaint("\"\\u001b[2J\" = 1") ==
        "f:1: unknown key [2J; every key is in a section: own, limits, door");
  CHECK(complaint(std::string(100, 'x') + " = 1")
            .starts_with("f:1: unknown key " + std::string(60, 'x') + "; "));
}
