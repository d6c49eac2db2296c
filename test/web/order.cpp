// Order at the page: invitations, reports, rules, and what the server's people do.
#include <string>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/process.hpp"
#include "test/web/page_faults.hpp"
#include "test/web/room_steps.hpp"

namespace hubbub::test {

TEST_CASE("a link invites into a room that is for the invited") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient owner = owner_of(daemon, "den");
  owner.answer({{"type", "room"}, {"room", "den"}, {"set", boost::json::object{{"invite_only", true}}}});
  const auto invite = owner.answer({{"type", "invite"}, {"room", "den"}});
  Browser browser;
  Visitor page(browser, daemon);
  page.open(page_of(daemon.address()) + "#i=" + text_of(invite, "token"));
  page.click_text(".ways button", "guest");
  page.come_in("anna");
  page.wait_for("document.querySelector('.bar h1')?.textContent.includes('den')");
  CHECK(page.text("location.href").find(text_of(invite, "token")) == std::string::npos);
  CHECK(texts_of(owner.answer({{"type", "who"}, {"room", "den"}}), "names").size() == 2);
  // It was for one.
  Visitor late(browser, daemon);
  late.open(page_of(daemon.address()) + "#i=" + text_of(invite, "token"));
  late.click_text(".ways button", "guest");
  late.come_in("boris");
  late.wait_for("document.querySelector('.toast.error')");
}

TEST_CASE("who is invited by name is asked, and goes there by a press") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient owner = owner_of(daemon, "den");
  Browser browser;
  Visitor page(browser, daemon);
  page.come_in("anna");
  owner.answer({{"type", "invite"}, {"room", "den"}, {"name", "anna"}});
  page.click_text(".toast button", "Join");
  page.wait_for("document.querySelector('.bar h1').textContent.includes('den')");
}

TEST_CASE("a report reaches a moderator, who deals with it") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor olga(browser, daemon);
  olga.make_account("olga", "correct horse");
  go_to(olga, "dev");
  JsonClient troll = member(daemon.address(), "troll", "dev");
  Browser annas;  // a browser has one who is logged in
  Visitor anna(annas, daemon);
  anna.come_in("anna");
  go_to(anna, "dev");
  troll.say("dev", "buy my coins");
  anna.sees("buy my coins");
  press_on(anna, "buy my coins", "Report");
  anna.fill("dialog[open] input[name=text]", "advertising");
  anna.press(enter);
  anna.wait_for("document.querySelector('.toast')?.textContent.includes('told')");
  look_at(olga);
  olga.click_text(".toast button", "Reports");
  olga.wait_for("document.querySelector('dialog .devices')?.textContent.includes('advertising')");
  olga.keep_picture("reports");
  CHECK_THAT(page_faults(olga), Catch::Matchers::Equals(""));
  olga.click_text("dialog[open] .devices button", "Dealt with");
  olga.wait_for("!document.querySelector('dialog .devices li')");
  // And takes the message back.
  olga.press(escape);
  olga.wait_for("!document.querySelector('dialog')");
  press_on(olga, "buy my coins", "Delete");
  olga.click_text("dialog[open] button", "Delete");
  anna.wait_for("document.querySelector('.row .gone')");
}

TEST_CASE("an owner changes the rules and makes a link, which is the page's own address") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor page(browser, daemon, {.width = 360, .height = 740, .is_phone = true});
  page.make_account("olga", "correct horse");
  page.write("/join dev");
  page.click(".composer button.send");
  page.wait_for("document.querySelector('.bar h1').textContent.includes('dev')");
  page.write("/room");
  page.click(".composer button.send");
  page.click("dialog[open] input[name=moderated]");
  page.click_text("dialog[open] .rules button", "Change");
  page.wait_for("document.querySelector('dialog .toast')?.textContent.includes('Done')");
  JsonClient guest = member(daemon.address(), "guest", "dev");
  CHECK(guest.refusal({{"type", "say"}, {"room", "dev"}, {"text", "hello"}, {"id", "1"}}) == "moderated");
  page.click_text("dialog[open] summary", "Invitations");
  page.click_text("dialog[open] button", "Make a link");
  page.wait_for(
      "document.querySelector('dialog .once input')?.value.startsWith(location.origin + '/#i=hub_')");
  CHECK(page.number("document.documentElement.scrollWidth") <= 360);
  CHECK_THAT(page_faults(page), Catch::Matchers::Equals(""));
  page.keep_picture("phone_room_dialog");
  const std::string webhooks = "dialog[open] details:nth-of-type(3) ";
  page.click(webhooks + "summary");
  page.fill(webhooks + "input[name=name]", "builds");
  page.click(webhooks + "button[type=submit]");
  page.wait_for("document.querySelector(" + in_script(webhooks + ".devices") +
                ")?.textContent.includes('builds')");
  page.wait_for("document.querySelector(" + in_script(webhooks + ".once input") + ")?.value.includes('h')");
  page.click(webhooks + ".devices button");
  page.wait_for("!document.querySelector(" + in_script(webhooks + ".devices li") + ")");
}

TEST_CASE("an admin speaks to all and shuts the server, and guests are told why they cannot write") {
  if (!can_visit()) return;
  const Daemon daemon;
  const auto added =
      run({.arguments = {
               "/bin/sh", "-c",
               "echo correct-horse | \"$0\" --state-dir \"$1\" ctl account add olga --password-fd 0 --admin",
               HUBBUBD, daemon.state_dir().string()}});
  CAPTURE(added.err);
  REQUIRE(added.exit_code == 0);
  Browser browser;
  Visitor guest(browser, daemon);
  guest.come_in("anna");
  guest.say("before");
  guest.sees("before");
  JsonClient olga(daemon.address());
  olga.answer({{"type", "hello"}, {"version", 1}, {"name", "olga"}, {"password", "correct-horse"}});
  olga.answer({{"type", "announce"}, {"text", "back at nine"}});
  guest.wait_for("document.querySelector('.banner.told')?.textContent.includes('back at nine')");
  guest.click(".banner.told button");
  guest.wait_for("!document.querySelector('.banner.told')");
  olga.answer({{"type", "lockdown"}, {"level", 1}, {"for", 3'600'000}});
  guest.wait_for("document.querySelector('.banner.shut')");
  wait_for_note(guest, "guests");
  guest.keep_picture("lockdown");
  olga.answer({{"type", "lockdown"}, {"level", 0}});
  guest.wait_for("!document.querySelector('.banner.shut, #silence')");
  // The same from the page.
  Visitor admin(browser, daemon);
  admin.open_form("Log in");
  admin.fill_form("olga", "correct-horse");
  admin.wait_for_room();
  admin.say("/server");
  admin.fill("dialog[open] input[name=text]", "at ten");
  admin.press(enter);
  guest.wait_for("document.querySelector('.banner.told')?.textContent.includes('at ten')");
  CHECK_THAT(page_faults(admin), Catch::Matchers::Equals(""));
  admin.keep_picture("server_dialog");
}

}  // namespace hubbub::test
