// Finding what was said, and ways about the page: addresses, back and forward, keys alone.
#include <string>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {
namespace {

bool is_at(Visitor& visitor, const std::string& room) {
  return visitor.text("document.querySelector('.bar h1').textContent").find(room) != std::string::npos;
}

const std::string in_view =
    "[...document.querySelectorAll('article.row')].filter((each) => { const { top, bottom } = "
    "each.getBoundingClientRect(); return bottom > 0 && top < innerHeight; })";

}  // namespace

TEST_CASE("a search finds what was said long ago, and its hit is opened in its place") {
  if (!can_visit()) return;
  const Daemon daemon({.config = no_pace});
  JsonClient early = member(daemon.address(), "early");
  early.say("lobby", "the needle in the haystack");
  say_many(daemon, 600);
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.sees("message 600");
  CHECK(visitor.count_of("needle") == 0);
  visitor.click(".bar button[aria-label='Search']");
  visitor.fill("input[type=search]", "needle");
  visitor.press(enter);
  visitor.click(".hits .hit");
  visitor.sees("the needle in the haystack");
  visitor.wait_for(in_view + ".some((each) => each.textContent.includes('needle'))");
  visitor.keep_picture("search");
}

TEST_CASE("a message has an address, and back and forward lead through the rooms") {
  if (!can_visit()) return;
  const Daemon daemon({.config = no_pace});
  JsonClient early = member(daemon.address(), "early");
  const auto seq = number_of(early.say("lobby", "look at this one"), "seq");
  say_many(daemon, 400);
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.say("/join dev");
  visitor.wait_for("document.querySelector('.bar h1').textContent.includes('dev')");
  visitor.value("history.back()");
  visitor.wait_for("document.querySelector('.bar h1').textContent.includes('lobby')");
  visitor.value("history.forward()");
  visitor.wait_for("document.querySelector('.bar h1').textContent.includes('dev')");
  CHECK(is_at(visitor, "dev"));
  visitor.value("location.hash = '#/room/lobby/" + std::to_string(seq) + "'");
  visitor.sees("look at this one");
  visitor.wait_for(in_view + ".some((each) => each.textContent.includes('look at this one'))");
}

TEST_CASE("keys that lead through the messages have them seen") {
  if (!can_visit()) return;
  const Daemon daemon({.config = no_pace});
  say_many(daemon, 60);
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.sees("message 60");
  visitor.wait_for("document.querySelector('article[tabindex=\"0\"]')");
  visitor.focus("article[tabindex=\"0\"]");
  const std::string is_seen =
      "(() => { const { top, bottom } = document.activeElement.getBoundingClientRect(); return "
      "document.activeElement.matches('article') && top >= 0 && bottom <= innerHeight; })()";
  for (const auto& key : {Key{"Home", 36}, Key{"ArrowDown", 40}, Key{"End", 35}, Key{"PageUp", 33}}) {
    INFO(key.key);
    visitor.press(key);
    visitor.value(two_frames);
    CHECK(visitor.is(is_seen));
  }
  for (int i = 0; i < 45; ++i) visitor.press({"ArrowUp", 38});
  visitor.value(two_frames);
  CHECK(visitor.is(is_seen));
}

TEST_CASE("with keys alone one comes in, writes, and gets at the messages, and sees where one is") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.wait_for("document.activeElement.id === 'guest-name'");
  visitor.type("anna");
  visitor.press(enter);
  visitor.wait_for("document.activeElement.matches('.composer textarea')");
  CHECK(visitor.is("document.activeElement.matches(':focus-visible')"));
  visitor.type("by keys alone");
  visitor.press(enter);
  visitor.sees("by keys alone");
  visitor.press({"Tab", 9, {}, 8});
  visitor.wait_for("document.activeElement.matches('article.row')");
  CHECK(visitor.is("document.activeElement.matches(':focus-visible')"));
  CHECK(visitor.text("getComputedStyle(document.activeElement).outlineStyle + "
                     "getComputedStyle(document.activeElement).boxShadow") != "nonenone");
  visitor.press(escape);
  visitor.press({"k", 75, {}, 2});
  visitor.wait_for("document.querySelector('dialog[open] input')");
  visitor.press(escape);
  visitor.wait_for("!document.querySelector('dialog[open]')");
}

}  // namespace hubbub::test
