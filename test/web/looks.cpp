// The page on a phone, in the dark, and for those who do not see it.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {
namespace {

const TabOptions phone{.width = 360, .height = 740, .is_phone = true};

/// What axe-core finds, by the rules of WCAG 2.2 AA.
std::string faults(Visitor& visitor) {
  static const auto axe = bytes_of(std::string(HUBBUB_PAGE_PACKAGES) + "/axe-core/axe.min.js");
  const auto found = visitor.value_apart(axe,
                                         "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', "
                                         "'wcag21aa', 'wcag22aa', 'best-practice'] })"
                                         ".then(({ violations }) => violations.map(({ id, nodes }) => "
                                         "`${id}: ${nodes.map(({ html }) => html)}`))");
  return found.as_array().empty() ? std::string() : boost::json::serialize(found);
}

void fill_room(JsonClient& bot) {
  bot.say("lobby", "anna: build 41 is green, see https://example.org/builds/41");
  bot.say("lobby", "привет всем");
  bot.say("lobby", "大家好");
  bot.answer({{"type", "topic"}, {"room", "lobby"}, {"text", "what is new, что нового, 有什么新鲜事"}});
}

}  // namespace

TEST_CASE("axe finds nothing against the page, coming in, in a room, and in a dialog") {
  if (!has_browser()) return;
  const bool is_dark = GENERATE(false, true);
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  fill_room(bot);
  Browser browser;
  Visitor visitor(browser, daemon, {.is_dark = is_dark});
  const std::string kind = is_dark ? "_dark" : "";
  visitor.wait_for("document.querySelector('#guest-name')");
  CHECK(faults(visitor) == "");
  visitor.open_form("Log in");
  CHECK(faults(visitor) == "");
  visitor.keep_picture("log_in" + kind);
  visitor.click_text(".ways button", "guest");
  visitor.come_in("anna");
  visitor.sees("大家好");
  CHECK(faults(visitor) == "");
  visitor.keep_picture("room" + kind);
  visitor.click(".self button[aria-label='Settings']");
  visitor.wait_for("document.querySelector('dialog[open]')");
  CHECK(faults(visitor) == "");
  visitor.keep_picture("dialog" + kind);
}

TEST_CASE("on a phone nothing is wider than the screen, and axe finds nothing") {
  if (!has_browser()) return;
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  fill_room(bot);
  bot.say("lobby", std::string(400, 'w'));
  Browser browser;
  Visitor visitor(browser, daemon, phone);
  CHECK(visitor.number("document.documentElement.scrollWidth") <= 360);
  CHECK(faults(visitor) == "");
  visitor.keep_picture("phone_entrance");
  visitor.come_in("anna");
  visitor.sees("大家好");
  CHECK(visitor.number("document.documentElement.scrollWidth") <= 360);
  CHECK(faults(visitor) == "");
  visitor.keep_picture("phone_room");
  // Enter is a key of the screen's, which breaks the line; a button sends.
  visitor.write("one");
  visitor.press(enter);
  visitor.type("two");
  CHECK(visitor.draft() == "one\ntwo");
  visitor.click(".composer button.send");
  auto heard = bot.expect("message");
  while (text_of(heard, "from") != "anna") heard = bot.expect("message");
  CHECK(text_of(heard, "text") == "one\ntwo");
}

}  // namespace hubbub::test
