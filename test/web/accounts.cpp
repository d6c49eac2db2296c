// Accounts at the page: the cookie that no script can read, and what the server says when it does not let one
// in.
#include <boost/json/serialize.hpp>
#include <string>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/patience.hpp"
#include "test/support/proxy.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {
namespace {

boost::json::object cookie_of(Visitor& visitor, const Daemon& daemon) {
  const auto cookies =
      visitor.call("Network.getCookies", {{"urls", boost::json::array{page_of(daemon.address())}}});
  for (const auto& each : cookies.at("cookies").as_array())
    if (each.at("name").as_string() == "hubbub") return each.as_object();
  return {};
}

void open_settings(Visitor& visitor) {
  visitor.click(".self button[aria-label='Settings']");
  visitor.wait_for("document.querySelector('dialog[open]')");
}

}  // namespace

TEST_CASE("who makes an account at the page stays logged in over a reload, until he logs out") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.make_account("anna", "correct horse");
  const auto cookie = cookie_of(visitor, daemon);
  REQUIRE_FALSE(cookie.empty());
  CHECK(cookie.at("httpOnly").as_bool());
  CHECK(cookie.at("sameSite").as_string() == "Strict");
  CHECK(cookie.at("path").as_string() == "/");
  CHECK_FALSE(cookie.at("secure").as_bool());  // on this machine alone
  const std::string token(cookie.at("value").as_string());
  CHECK(token.starts_with("hub_"));
  // Nothing that a script can read has it.
  CHECK(visitor.text("document.cookie").empty());
  CHECK(visitor.text("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])").find("hub_") ==
        std::string::npos);

  visitor.reload();
  visitor.wait_for_room();
  JsonClient bot = member(daemon.address(), "bot");
  visitor.say("still here");
  auto heard = bot.expect("message");
  CHECK(text_of(heard, "account") == "anna");

  open_settings(visitor);
  visitor.keep_picture("settings");
  visitor.click_text("dialog button", "Log out");
  visitor.wait_for("document.querySelector('.entrance')");
  const Deadline deadline(patience);
  while (!cookie_of(visitor, daemon).empty()) REQUIRE(deadline.left() > 0);
  JsonClient thief(daemon.address());
  CHECK(thief.refusal({{"type", "hello"}, {"version", 1}, {"token", token}}) == "login_failed");
  CHECK(daemon.log().find(token) == std::string::npos);
  CHECK(daemon.log().find("correct horse") == std::string::npos);
}

TEST_CASE("a guest makes the name that he bears his own") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.say("/join dev");
  visitor.wait_for("document.querySelector('.bar h1').textContent.includes('dev')");
  visitor.click_text(".self button", "Keep this name");
  visitor.fill("dialog input[type=password]", "correct horse");
  visitor.press(enter);
  visitor.wait_for("document.querySelector('.self').textContent.includes('logged in')");
  CHECK_FALSE(cookie_of(visitor, daemon).empty());
  visitor.wait_for("document.querySelectorAll('.places .place').length === 2");
}

TEST_CASE("a wrong password is told in words, and the right one lets one in") {
  if (!can_visit()) return;
  const Daemon daemon;
  member(daemon.address(), "anna").answer({{"type", "register"}, {"password", "correct horse"}});
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.open_form("Log in");
  visitor.fill_form("anna", "wrong wrong");
  visitor.wait_for("document.querySelector('[role=alert]')");
  CHECK(visitor.text("document.querySelector('[role=alert]').textContent").find("wrong") !=
        std::string::npos);
  visitor.keep_picture("wrong_password");
  visitor.fill_form("anna", "correct horse");
  visitor.wait_for_room();
}

TEST_CASE("who has lost the cookie is asked to log in, and does not go on as somebody else") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.make_account("anna", "correct horse");
  visitor.call("Network.clearBrowserCookies");
  visitor.reload();
  visitor.wait_for("document.querySelector('#account-password')");
  CHECK(visitor.is("!document.querySelector('.composer')"));
}

TEST_CASE("who comes after one who has logged out finds nothing of him") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.make_account("anna", "correct horse");
  visitor.say("/join secret-plans");
  visitor.wait_for("document.querySelector('.bar h1').textContent.includes('secret-plans')");
  visitor.write("nobody is to see this");
  open_settings(visitor);
  visitor.click_text("dialog button", "Log out");
  visitor.wait_for("document.querySelector('.entrance')");
  CHECK(visitor.text("JSON.stringify({ ...localStorage })").find("nobody is to see") == std::string::npos);
  CHECK(visitor.text("location.hash").empty());
  visitor.wait_for("document.querySelector('#guest-name, .ways button')");
}

TEST_CASE("who cannot be logged out is told so, and stays") {
  if (!can_visit()) return;
  const Daemon daemon;
  Proxy network(daemon.address());
  Browser browser;
  Visitor visitor(browser, network.address());
  visitor.expect_complaint("WebSocket");
  visitor.expect_complaint("ERR_");
  visitor.make_account("anna", "correct horse");
  network.refuse();
  network.cut(Proxy::Cut::reset);
  open_settings(visitor);
  visitor.click_text("dialog button", "Log out");
  // Also within a dialog, above which it is to be.
  visitor.wait_for("document.querySelector('dialog .toast.error')");
  CHECK(visitor.is("!document.querySelector('.entrance')"));
  network.pass();
  visitor.press(escape);
  // The focus goes back to where it came from.
  visitor.wait_for("document.activeElement.matches(\".self button[aria-label='Settings']\")");
  visitor.say("still here");
  visitor.sees("still here");
}

TEST_CASE("a page that nobody looks at while it is loaded comes in all the same") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.make_account("anna", "correct horse");
  Visitor behind(browser, daemon, {.is_behind = true});
  CHECK(behind.is("document.hidden"));
  behind.wait_for_room();
}

TEST_CASE("with an account that is erased nobody talks any more, and what was said stays") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.make_account("anna", "correct horse");
  JsonClient bob = member(daemon.address(), "bob");
  bob.answer({{"type", "register"}, {"password", "battery staple"}});
  bob.answer({{"type", "tell"}, {"to", "anna"}, {"text", "remember me"}});
  bob.send({{"type", "erase"}, {"password", "battery staple"}, {"messages", "keep"}});
  bob.expect_bye("logged_out");
  visitor.reload();
  visitor.wait_for_room();
  visitor.click_text(".place a", "#1");  // by its number
  visitor.sees("remember me");
  visitor.wait_for("document.querySelector('.composer.silent')");
}

TEST_CASE("a password that is typed in a command is in no draft") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.come_in("anna");
  visitor.write("/login anna hunter2hunter2");
  CHECK(visitor.text("JSON.stringify({ ...localStorage })").find("hunter2") == std::string::npos);
}

TEST_CASE("a device that is revoked elsewhere is signed out") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor visitor(browser, daemon);
  visitor.make_account("anna", "correct horse");
  JsonClient elsewhere(daemon.address());
  elsewhere.answer({{"type", "hello"}, {"version", 1}, {"account", "anna"}, {"password", "correct horse"}});
  elsewhere.answer({{"type", "revoke"}, {"others", true}});
  visitor.wait_for("document.querySelector('.entrance')");
}

TEST_CASE("two tabs of one account are one person, and one that logs out takes the other along") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor one(browser, daemon);
  one.make_account("anna", "correct horse");
  Visitor other(browser, daemon);
  other.wait_for_room();
  one.say("from one tab");
  other.sees("from one tab");
  JsonClient bot = member(daemon.address(), "bot");
  CHECK(texts_of(bot.answer({{"type", "who"}, {"room", "lobby"}}), "names").size() == 2);
  open_settings(other);
  other.click_text("dialog button", "Log out");
  other.wait_for("document.querySelector('.entrance')");
  one.wait_for("document.querySelector('.entrance')");
}

}  // namespace hubbub::test
