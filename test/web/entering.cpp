// From an address in the browser to a talk: coming in, hearing and being heard, and coming back.
#include <chrono>
#include <memory>
#include <string>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {

TEST_CASE("a name and Enter, and one has said something in the lobby", "[alone]") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient anna = member(daemon.address(), "anna");
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.keep_picture("entrance");
  const auto begun = std::chrono::steady_clock::now();
  visitor.come_in("борис");
  visitor.say("привет");
  visitor.sees("привет");
  const auto taken = std::chrono::steady_clock::now() - begun;
  CHECK(taken < growth(1) * std::chrono::seconds(2));
  WARN("from the name to the first message: "
       << std::chrono::duration_cast<std::chrono::milliseconds>(taken).count() << " ms");
  const auto heard = anna.expect("message");
  CHECK(text_of(heard, "from") == "борис");
  CHECK(text_of(heard, "text") == "привет");
  visitor.keep_picture("first_message");
}

TEST_CASE("somebody at the page and a program hear each other") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  bot.say("lobby", "before");
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.sees("before");
  bot.say("lobby", "anna: build 41 is green");
  visitor.sees("build 41 is green");
  visitor.say("/join 机房");
  visitor.wait_for("document.querySelector('.bar h1').textContent.includes('机房')");
  bot.join("机房");
  visitor.say("大家好");
  auto heard = bot.expect("message");
  while (text_of(heard, "from") != "anna") heard = bot.expect("message");
  CHECK(text_of(heard, "room") == "机房");
  CHECK(text_of(heard, "text") == "大家好");
}

TEST_CASE("what is said while the server is away is there once when it is back, and nothing is lost") {
  if (!can_visit()) return;
  const TemporaryDirectory state;
  auto daemon = std::make_unique<Daemon>(DaemonOptions{.state_dir = state.path(), .engine = "sqlite"});
  const auto listen = "tcp://127.0.0.1:" + std::to_string(daemon->address().port);
  Browser browser;
  Visitor visitor(browser, *daemon);
  visitor.expect_complaint("WebSocket connection to");
  visitor.come_in("anna");
  visitor.say("before the fall");
  visitor.sees("before the fall");
  daemon->kill();
  visitor.say("during the fall");
  visitor.wait_for("document.querySelector('article.pending')");
  daemon.reset();
  daemon = std::make_unique<Daemon>(
      DaemonOptions{.listen = {listen}, .state_dir = state.path(), .engine = "sqlite"});
  visitor.sees("during the fall");
  visitor.wait_for("!document.querySelector('article.pending')");
  JsonClient bot = member(daemon->address(), "bot");
  bot.say("lobby", "after the fall");
  visitor.sees("after the fall");
  for (const auto* const said : {"before the fall", "during the fall", "after the fall"})
    CHECK(visitor.count_of(said) == 1);
  const auto kept = bot.answer({{"type", "history"}, {"room", "lobby"}});
  CHECK(said(list_of(kept, "messages")) ==
        std::vector<std::string>{"before the fall", "during the fall", "after the fall"});
}

TEST_CASE("what was said while one was in another room stands below a line, and is counted") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient bot = member(daemon.address(), "bot");
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  bot.say("lobby", "this was seen");
  visitor.sees("this was seen");
  visitor.say("/join dev");
  visitor.wait_for("document.querySelector('.bar h1').textContent.includes('dev')");
  bot.say("lobby", "this was not");
  bot.say("lobby", "anna: nor was this");
  visitor.wait_for(
      "[...document.querySelectorAll('.place')].some((each) => each.textContent.includes('lobby') && "
      "/@1/.test(each.textContent))");
  visitor.click_text(".place a", "lobby");
  visitor.sees("nor was this");
  CHECK(
      visitor.is("document.querySelector('.unread-line').compareDocumentPosition([...document."
                 "querySelectorAll('.row .text')].find((each) => each.textContent === 'this was seen')) === "
                 "Node.DOCUMENT_POSITION_PRECEDING"));
  visitor.keep_picture("unread");
}

TEST_CASE("a page of another origin may open no WebSocket and log in to nothing") {
  if (!can_visit()) return;
  const Daemon daemon;
  const Daemon other;
  Browser browser;
  // It is a page of the same kind, and elsewhere.
  Visitor stranger(browser, other);
  stranger.expect_complaint("WebSocket connection to");
  stranger.expect_complaint("CORS policy");
  stranger.call("Page.setBypassCSP", {{"enabled", true}});
  stranger.reload();
  const auto there = page_of(daemon.address());
  CHECK(stranger.text("new Promise((told) => { const socket = new WebSocket(" +
                      in_script("ws" + there.substr(4) + "ws") +
                      "); socket.onopen = () => told('open'); socket.onerror = () => told('refused'); })") ==
        "refused");
  // What the browser would let it send without asking: the server has to see who asks.
  JsonClient anna = member(daemon.address(), "anna");
  anna.answer({{"type", "register"}, {"password", "correct horse"}});
  const auto content = in_script(R"({"account":"anna","password":"correct horse"})");
  CHECK(stranger.text("fetch(" + in_script(there + "session") +
                      ", { method: 'POST', mode: 'no-cors', credentials: "
                      "'include', body: " +
                      content + " }).then(() => 'sent', () => 'sent')") == "sent");
  CHECK(list_of(anna.answer({{"type", "devices"}}), "devices").size() == 1);
}

}  // namespace hubbub::test
