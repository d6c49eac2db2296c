// What the keys do where one writes.
#include <string>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {
namespace {

/// A key, as an input method tells of it while it composes.
void press_while_composing(Visitor& visitor, int code) {
  for (const auto* const type : {"rawKeyDown", "keyUp"}) {
    visitor.call("Input.dispatchKeyEvent",
                 {{"type", type}, {"key", "Enter"}, {"code", "Enter"}, {"windowsVirtualKeyCode", code}});
  }
}

}  // namespace

TEST_CASE("Enter that ends a composition sends nothing") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.focus(writing_field);
  visitor.call("Input.imeSetComposition", {{"text", "ni hao"}, {"selectionStart", 6}, {"selectionEnd", 6}});
  visitor.wait_for("document.activeElement.value === 'ni hao'");
  press_while_composing(visitor, 229);
  press_while_composing(visitor, 13);
  CHECK(visitor.draft() == "ni hao");
  visitor.call("Input.insertText", {{"text", "你好"}});
  visitor.wait_for("document.activeElement.value === '你好'");
  // Safari ends the composition first, and then tells of the Enter that has ended it.
  press_while_composing(visitor, 229);
  bot.say("lobby", "nothing yet");
  visitor.sees("nothing yet");
  CHECK(visitor.count_of("ni hao") == 0);
  CHECK(visitor.count_of("你好") == 0);
  visitor.press(enter);
  visitor.sees("你好");
  CHECK(visitor.draft().empty());
}

TEST_CASE("whoever looks at what was said before, and says something, sees it") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  for (int i = 1; i <= 60; ++i) bot.say("lobby", "number " + std::to_string(i));
  visitor.sees("number 60");
  visitor.value("document.querySelector('.list').scrollTop = 0");
  visitor.wait_for("document.querySelector('.jump') !== null");
  visitor.write("and I say");
  visitor.press(enter);
  CHECK(text_of(bot.expect("message"), "text") == "and I say");
  visitor.sees("and I say");
  visitor.wait_for("document.querySelector('.jump') === null");
}

TEST_CASE("Shift-Enter breaks the line, and Enter sends both") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.write("one");
  visitor.press(shift_enter);
  visitor.type("two");
  CHECK(visitor.draft() == "one\ntwo");
  visitor.press(enter);
  CHECK(text_of(bot.expect("message"), "text") == "one\ntwo");
}

TEST_CASE("a hundred lines that are pasted are one message, or are offered to be split") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  std::string lines;
  for (int i = 1; i <= 100; ++i) lines += "line " + std::to_string(i) + (i < 100 ? "\n" : "");
  visitor.say(lines);
  CHECK(text_of(bot.expect("message"), "text") == lines);
  std::string more;
  for (int i = 1; i <= 100; ++i)
    more += "a line of which there are too many " + std::to_string(100000 + i) + "\n";
  more += more;
  visitor.say(more);
  visitor.wait_for("document.querySelector('.offer')");
  visitor.keep_picture("split");
  visitor.click(".offer button");
  std::string heard;
  while (heard.find("100100") == std::string::npos || heard.rfind("100001") == heard.find("100001"))
    heard += text_of(bot.expect("message"), "text") + "\n";
  CHECK(visitor.draft().empty());
}

TEST_CASE("what has not come back is a draft once the page goes") {
  if (!can_visit()) return;
  const Daemon daemon;
  Proxy network(daemon.address());
  Browser browser;
  Visitor visitor(browser, network.address());
  visitor.come_in("anna");
  network.freeze();
  visitor.say("on its way");
  visitor.wait_for("document.querySelector('article.pending')");
  visitor.value("dispatchEvent(new PageTransitionEvent('pagehide'))");
  CHECK(visitor.text("JSON.stringify({ ...localStorage })").find("on its way") != std::string::npos);
  network.pass();
}

TEST_CASE("what one was writing is there after a reload, and each room has its own") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.write("unfinished");
  visitor.reload();
  if (visitor.is("document.querySelector('.entrance form')")) visitor.press(enter);
  visitor.wait_for_room();
  visitor.wait_for("document.querySelector('.composer textarea').value === 'unfinished'");
}

}  // namespace hubbub::test
