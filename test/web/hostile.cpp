// What others write is text, and links at most: whatever they write, and wherever.
#include <string>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {
namespace {

const std::vector<std::string> nasty{
    "<img src=x onerror=\"document.title='owned'\">",
    "<script>document.title='owned'</script>",
    "javascript:document.title='owned'",
    "[a](javascript:document.title='owned') data:text/html,<b>b</b> vbscript:x",
    "<a href=\"javascript:document.title='owned'\">click</a>",
    "\u202Egnp.exe\u202C and \u2066x",
    "a" + std::string(200, 'a') + " https://example.org/\"onmouseover=\"document.title='owned'",
};

}  // namespace

TEST_CASE("markup, scripts and turned lines stay text, in messages, names and topics") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient eve = member(daemon.address(), "עברית");
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  for (const auto& text : nasty) {
    eve.say("lobby", text);
    eve.answer({{"type", "topic"}, {"room", "lobby"}, {"text", text}});
  }
  // As long as a text may be.
  std::string piled = "e";
  while (piled.size() + 2 <= 4096) piled += "\u0301";
  eve.say("lobby", piled);
  eve.say("lobby", std::string(4096, 'w'));
  // As long as names may be; and what one says as one leaves.
  std::string long_name;
  while (long_name.size() < 32) long_name += 'W';
  JsonClient leaving = member(daemon.address(), long_name);
  leaving.say("lobby", "I am here");
  visitor.sees("I am here");
  leaving.send({{"type", "quit"}, {"text", nasty[0] + " \u202Eback"}});
  visitor.wait_for(
      "[...document.querySelectorAll('.row.aside')].some((each) => each.textContent.includes('onerror') && "
      "!/\u202E/.test(each.textContent))");
  eve.say("lobby", "the end");
  visitor.sees("the end");
  for (const auto* const part : {"onerror", "<script>", "vbscript:", "onmouseover", "gnp.exe"})
    visitor.sees(part);
  visitor.keep_picture("hostile");
  // Elements that draw text, and none else; no attribute that is run; no link but to the web.
  CHECK(
      visitor
          .text(
              "[...document.querySelectorAll('.row .text *, .row.aside *, .bar .topic *, .row header *')]"
              ".filter((each) => !/^(A|BDI|SPAN|BR|P|CODE|PRE|EM|STRONG|MARK|BLOCKQUOTE|TIME|BUTTON|I|DIV)$/"
              ".test(each.tagName)).map((each) => each.outerHTML).join()")
          .empty());
  CHECK(
      visitor.is("[...document.querySelectorAll('.row *, .bar *')].every((each) => [...each.attributes]"
                 ".every(({ name }) => !name.startsWith('on')))"));
  CHECK(
      visitor.is("[...document.querySelectorAll('.row a, .topic a')].every((each) => "
                 "/^https?:/.test(each.href) && each.rel.includes('noopener'))"));
  CHECK_FALSE(
      visitor.is("[...document.querySelectorAll('.row .text')].some((each) => "
                 "/[\\u202A-\\u202E\\u2066-\\u2069]/.test(each.textContent))"));
  CHECK(visitor.text("document.title").find("owned") == std::string::npos);
  // A word without an end breaks no layout.
  CHECK(visitor.number("document.documentElement.scrollWidth") <= 1200);
  CHECK(visitor.complaints().empty());
}

}  // namespace hubbub::test
