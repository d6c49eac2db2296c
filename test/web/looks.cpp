// The page on a phone, in the dark, and for those who do not see it.
#include <boost/json/array.hpp>
#include <string>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/web/page_faults.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {
namespace {

const TabOptions phone{.width = 360, .height = 740, .is_phone = true};

void fill_room(JsonClient& bot) {
  bot.say("lobby", "anna: build 41 is green, see https://example.org/builds/41");
  bot.say("lobby", "привет всем");
  bot.say("lobby", "大家好");
  bot.answer({{"type", "topic"}, {"room", "lobby"}, {"text", "what is new, что нового, 有什么新鲜事"}});
}

}  // namespace

TEST_CASE("axe finds nothing against the page, coming in, in a room, and in a dialog") {
  if (!can_visit()) return;
  const bool is_dark = GENERATE(false, true);
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  fill_room(bot);
  Browser browser;
  Visitor visitor(browser, daemon, {.is_dark = is_dark});
  const std::string kind = is_dark ? "_dark" : "";
  visitor.wait_for("document.querySelector('#guest-name')");
  CHECK_THAT(page_faults(visitor), Catch::Matchers::Equals(""));
  visitor.open_form("Log in");
  CHECK_THAT(page_faults(visitor), Catch::Matchers::Equals(""));
  visitor.keep_picture("log_in" + kind);
  visitor.click_text(".ways button", "guest");
  visitor.come_in("anna");
  visitor.sees("大家好");
  CHECK_THAT(page_faults(visitor), Catch::Matchers::Equals(""));
  visitor.keep_picture("room" + kind);
  visitor.click(".self button[aria-label='Settings']");
  visitor.wait_for("document.querySelector('dialog[open]')");
  CHECK_THAT(page_faults(visitor), Catch::Matchers::Equals(""));
  visitor.keep_picture("dialog" + kind);
}

TEST_CASE("on a phone nothing is wider than the screen, and axe finds nothing") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  fill_room(bot);
  bot.say("lobby", std::string(400, 'w'));
  Browser browser;
  Visitor visitor(browser, daemon, phone);
  CHECK(visitor.number("document.documentElement.scrollWidth") <= 360);
  CHECK_THAT(page_faults(visitor), Catch::Matchers::Equals(""));
  visitor.keep_picture("phone_entrance");
  visitor.come_in("anna");
  visitor.sees("大家好");
  CHECK(visitor.number("document.documentElement.scrollWidth") <= 360);
  CHECK_THAT(page_faults(visitor), Catch::Matchers::Equals(""));
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

TEST_CASE("at 400 % nothing has to be scrolled sideways, and one can write") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  fill_room(bot);
  Browser browser;
  // What is left of 1280 by 1024.
  Visitor visitor(browser, daemon, {.width = 320, .height = 256});
  CHECK(visitor.number("document.documentElement.scrollWidth") <= 320);
  visitor.come_in("anna");
  visitor.say("narrow");
  visitor.sees("narrow");
  CHECK(visitor.number("document.documentElement.scrollWidth") <= 320);
  visitor.keep_picture("narrow");
}

TEST_CASE("who wants no motion has none, and colours that the system forces are enough") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  fill_room(bot);
  Browser browser;
  Visitor visitor(browser, daemon);
  const auto feature = [](const char* name, const char* value) {
    return boost::json::object{{"name", name}, {"value", value}};
  };
  visitor.call("Emulation.setEmulatedMedia",
               {{"features", boost::json::array{feature("prefers-reduced-motion", "reduce"),
                                                feature("forced-colors", "active")}}});
  visitor.come_in("anna");
  visitor.sees("大家好");
  visitor.click(".self button[aria-label='Settings']");
  visitor.wait_for("document.querySelector('dialog[open]')");
  CHECK(visitor.number(
            "document.getAnimations().filter(({ effect }) => effect.getTiming().duration > 10).length") == 0);
  CHECK_THAT(page_faults(visitor), Catch::Matchers::Equals(""));
  visitor.keep_picture("forced_colours");
}

TEST_CASE("a picture of the page, as the README shows one") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon, {.width = 1000, .height = 620});
  visitor.come_in("anna");
  for (const std::string room : {"dev", "机房", "lobby"}) {
    visitor.say("/join " + room);
    // What is written before one is there stays in the room where one was.
    visitor.wait_for("document.querySelector('.bar h1').textContent.includes('" + room + "')");
  }
  visitor.wait_for("document.querySelectorAll('.place').length === 3");
  JsonClient boris = member(daemon.address(), "Борис");
  JsonClient ming = member(daemon.address(), "小明");
  JsonClient bot = member(daemon.address(), "build");
  boris.answer({{"type", "topic"}, {"room", "lobby"}, {"text", "what is new, что нового, 有什么新鲜事"}});
  visitor.click_text(".place a", "lobby");
  visitor.say("good morning");
  visitor.sees("good morning");
  ming.say("lobby", "大家好，今天的构建通过了吗？");
  boris.say("lobby", "почти: 41 — да, 42 — нет; я как раз собираю снова");
  bot.say("lobby", "anna: build 43 is green, see https://example.org/builds/43");
  ming.say("lobby", "太好了！");
  for (auto* const each : {&boris, &ming}) each->join("dev");
  boris.say("dev", "anna: could you look at this one?");
  ming.say("dev", "+1");
  visitor.sees("太好了");
  visitor.say("that was quick, thank you");
  visitor.sees("thank you");
  visitor.click_text("main button", "No");
  visitor.write("小明: see you at lunch?");
  visitor.keep_picture("page");
  CHECK(visitor.text("document.querySelector('.bar .topic').textContent").find("что нового") !=
        std::string::npos);
}

}  // namespace hubbub::test
