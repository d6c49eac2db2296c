// Rooms that people run, at the page: changes of messages, roles, who may not speak, and who is put out.
#include <string>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"
#include "test/support/text_client.hpp"
#include "test/web/page_faults.hpp"
#include "test/web/room_steps.hpp"

namespace hubbub::test {

TEST_CASE("one changes and takes back what one has said, and everybody sees it") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor anna(browser, daemon);
  Visitor boris(browser, daemon);
  anna.come_in("anna");
  boris.come_in("boris");
  TextClient carol(daemon.address());
  carol.take_name("carol");
  anna.say("frist");
  boris.sees("frist");
  carol.expect("frist");
  look_at(anna);
  // By the keyboard alone, and Escape takes back what was typed.
  anna.focus(writing_field);
  anna.press(arrow_up);
  anna.fill(".editor textarea", "nothing of it");
  anna.press(escape);
  anna.wait_for("!document.querySelector('.editor')");
  CHECK(anna.count_of("frist") == 1);
  anna.wait_for("document.activeElement.matches('.composer textarea')");
  anna.press(arrow_up);
  anna.fill(".editor textarea", "first");
  anna.press(enter);
  for (auto* const each : {&anna, &boris}) {
    each->sees("first");
    misses(*each, "frist");
    each->wait_for("document.querySelector('.row .edited')?.title");
  }
  carol.expect("first");
  anna.keep_picture("edited");
  // Nobody may change another's words, nor take them back.
  look_at(boris);
  boris.click_text("article.row .text", "first");
  boris.wait_for("document.querySelector('.actions')");
  CHECK(
      boris.is("!document.querySelector(\".actions button[aria-label='Edit'], .actions "
               "button[aria-label='Delete']\")"));
  look_at(anna);
  press_on(anna, "first", "Delete");
  anna.click_text("dialog[open] button", "Delete");
  for (auto* const each : {&anna, &boris}) {
    each->wait_for("document.querySelector('.row .gone')");
    misses(*each, "first");
  }
  // A message that is gone is not quoted, nor changed.
  CHECK(anna.is("!document.querySelector(\".actions button[aria-label='Edit']\")"));
}

TEST_CASE("what was changed while one was away is right when one is back, and after a reload") {
  if (!can_visit()) return;
  const Daemon daemon({.config = no_pace});
  Proxy network(daemon.address());
  JsonClient bot = member(daemon.address(), "bot");
  Browser browser;
  Visitor page(browser, network.address());
  page.expect_complaint("WebSocket");
  page.come_in("anna");
  std::vector<std::uint64_t> seqs;
  for (int i = 1; i <= 6; ++i)
    seqs.push_back(number_of(bot.say("lobby", "text " + std::to_string(i)), "seq"));
  page.sees("text 6");
  network.freeze();
  page.tell_of_network(false);
  for (const std::string text : {"changed 0", "changed 1"})
    bot.answer({{"type", "edit"}, {"room", "lobby"}, {"seq", seqs[0]}, {"text", text}});
  bot.answer({{"type", "delete"}, {"room", "lobby"}, {"seq", seqs[1]}});
  bot.say("lobby", "text 7");
  bot.answer({{"type", "edit"}, {"room", "lobby"}, {"seq", seqs[5]}, {"text", "the sixth"}});
  network.cut(Proxy::Cut::reset);
  network.pass();
  page.tell_of_network(true);
  const std::string all =
      "[...document.querySelectorAll('article.row[data-key^=m] .words, article.row[data-key^=m] .gone')]"
      ".map((each) => each.textContent).join('|')";
  const std::string right = "changed 1|(deleted)|text 3|text 4|text 5|the sixth|text 7";
  page.wait_for(all + " === " + in_script(right));
  page.reload();
  page.wait_for_room();
  page.wait_for(all + " === " + in_script(right));
}

TEST_CASE("in a moderated room one writes once one is given a voice, and the page says why not before") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient owner = owner_of(daemon, "dev");
  owner.answer({{"type", "room"}, {"room", "dev"}, {"set", boost::json::object{{"moderated", true}}}});
  Browser browser;
  Visitor page(browser, daemon);
  page.come_in("anna");
  go_to(page, "dev");
  wait_for_note(page, "moderated");
  CHECK(page.is("document.querySelector('.composer textarea').readOnly"));
  page.wait_for("document.querySelector('.people .role')?.getAttribute('aria-label') === 'owner'");
  page.keep_picture("moderated");
  owner.answer({{"type", "role"}, {"room", "dev"}, {"name", "anna"}, {"role", "voice"}});
  page.wait_for("!document.querySelector('#silence')");
  page.say("thank you");
  page.sees("thank you");
  page.wait_for("document.querySelector('.row header .role')");
  owner.answer({{"type", "role"}, {"room", "dev"}, {"name", "anna"}, {"role", "none"}});
  wait_for_note(page, "moderated");
}

TEST_CASE("who is put out is told so and stays out until he asks; who is banned is not let in") {
  if (!can_visit()) return;
  const Daemon daemon;
  Proxy network(daemon.address());
  JsonClient owner = owner_of(daemon, "dev");
  Browser browser;
  Visitor page(browser, network.address());
  page.expect_complaint("WebSocket");
  page.come_in("anna");
  go_to(page, "dev");
  page.write("half a sentence");
  owner.answer({{"type", "kick"}, {"room", "dev"}, {"name", "anna"}, {"reason", "too loud"}});
  wait_for_note(page, "too loud");
  CHECK(page.draft() == "half a sentence");
  page.keep_picture("kicked");
  // Neither a new link nor a new page brings one back.
  network.cut(Proxy::Cut::reset);
  page.click_text(".place a", "lobby");
  page.say("still here");
  page.sees("still here");
  CHECK(texts_of(owner.answer({{"type", "who"}, {"room", "dev"}}), "names").size() == 1);
  page.click_text(".place a", "dev");
  page.click_text("#silence button", "Join");
  page.wait_for("!document.querySelector('#silence')");
  CHECK(texts_of(owner.answer({{"type", "who"}, {"room", "dev"}}), "names").size() == 2);
  owner.answer({{"type", "ban"}, {"room", "dev"}, {"of", "anna"}, {"reason", "for today"}});
  wait_for_note(page, "for today");
  page.click_text("#silence button", "Join");
  page.wait_for("document.querySelector('.toast.error')?.textContent.includes('banned')");
  CHECK(texts_of(owner.answer({{"type", "who"}, {"room", "dev"}}), "names").size() == 1);
}

TEST_CASE("a moderator bans from the page, after it has said whom that is about") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor page(browser, daemon);
  page.make_account("olga", "correct horse");
  go_to(page, "dev");
  JsonClient boris = member(daemon.address(), "boris", "dev");
  page.click_text(".people .person", "boris");
  page.click_text(".deeds button", "Ban");
  page.wait_for("document.querySelector('dialog .matches')?.textContent.includes('boris')");
  CHECK_THAT(page_faults(page), Catch::Matchers::Equals(""));
  page.keep_picture("ban");
  page.fill("dialog[open] input[name=reason]", "enough");
  page.press(enter);
  const auto kicked = boris.expect("kicked");
  CHECK(text_of(kicked, "reason") == "enough");
  CHECK(boris.refusal({{"type", "join"}, {"room", "dev"}}) == "banned_here");
  // And ends it again, in the room's dialog.
  page.wait_for("!document.querySelector('dialog')");
  page.click(".bar button[aria-label='About the room']");
  page.click_text("dialog[open] summary", "Bans");
  page.click_text("dialog[open] .devices button", "End");
  page.wait_for("!document.querySelector('dialog .devices li')");
  CHECK_THAT(page_faults(page), Catch::Matchers::Equals(""));
  page.keep_picture("room_dialog");
  boris.join("dev");
}

TEST_CASE("an owner gives a role from the list of people, and it stands beside the name") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor page(browser, daemon);
  page.make_account("olga", "correct horse");
  go_to(page, "dev");
  JsonClient boris = member(daemon.address(), "boris", "dev");
  page.click_text(".people .person", "boris");
  page.wait_for("document.querySelector('.deeds select[name=role]')");
  page.value("document.querySelector('.deeds select[name=role]').value = 'moderator'");
  page.click_text(".deeds button", "Change");
  CHECK(text_of(boris.expect("role"), "role") == "moderator");
  page.wait_for(
      "[...document.querySelectorAll('.people .role')].map((each) => each.title).join() === "
      "'owner,moderator'");
  CHECK_THAT(page_faults(page), Catch::Matchers::Equals(""));
  page.keep_picture("deeds");
  // He may take back what others say now.
  page.say("take this back");
  auto said = boris.expect("message");
  boris.answer({{"type", "delete"}, {"room", "dev"}, {"seq", number_of(said, "seq")}});
  page.wait_for("document.querySelector('.row .gone')");
}

TEST_CASE("hits of a search and a private conversation follow what becomes of messages") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient bot(daemon.address());
  bot.hello("bot");
  bot.answer({{"type", "register"}, {"password", "battery staple"}});
  bot.join("lobby");
  const auto seq = number_of(bot.say("lobby", "a needle here"), "seq");
  Browser browser;
  Visitor page(browser, daemon);
  page.make_account("anna", "correct horse");
  page.say("/search needle");
  page.wait_for("document.querySelector('.hit-text')?.textContent.includes('needle')");
  bot.answer({{"type", "edit"}, {"room", "lobby"}, {"seq", seq}, {"text", "only hay"}});
  page.wait_for("document.querySelector('.hit-text').textContent.includes('only hay')");
  bot.answer({{"type", "delete"}, {"room", "lobby"}, {"seq", seq}});
  page.wait_for("document.querySelector('.hit-text .gone')");

  const auto told = bot.answer({{"type", "tell"}, {"to", "anna"}, {"text", "psst"}});
  page.click_text(".place a", "bot");
  page.sees("psst");
  bot.answer({{"type", "edit"}, {"with", "anna"}, {"seq", number_of(told, "seq")}, {"text", "hello"}});
  page.sees("hello");
  misses(page, "psst");
  page.say("answre");
  page.sees("answre");
  page.focus(writing_field);
  page.press(arrow_up);
  page.fill(".editor textarea", "answer");
  page.press(enter);
  page.sees("answer");
  auto edited = bot.expect("edited");
  CHECK(text_of(edited, "text") == "answer");
  CHECK(text_of(edited, "with") == "anna");
}

TEST_CASE("what is refused is back where one writes, and nothing is lost") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient owner = owner_of(daemon, "dev");
  Browser browser;
  Visitor page(browser, daemon);
  page.come_in("anna");
  go_to(page, "dev");
  owner.answer({{"type", "ban"}, {"room", "dev"}, {"of", "anna"}, {"action", "mute"}, {"for", 3'600'000}});
  page.say("what I wanted to say");
  wait_for_note(page, "muted");
  wait_for_note(page, "Until");
  CHECK(page.draft() == "what I wanted to say");
  CHECK(page.is("!document.querySelector('article.pending')"));
  page.keep_picture("muted");
}

TEST_CASE("slow mode counts down, and then lets one send") {
  if (!can_visit()) return;
  const Daemon daemon;
  JsonClient owner = owner_of(daemon, "dev");
  owner.answer({{"type", "room"}, {"room", "dev"}, {"set", boost::json::object{{"slow_mode", 2000}}}});
  Browser browser;
  Visitor page(browser, daemon);
  page.come_in("anna");
  go_to(page, "dev");
  page.say("one");
  page.sees("one");
  wait_for_note(page, "second");
  page.say("two");
  CHECK(page.draft() == "two");
  CHECK(page.is("document.querySelector('.composer .send').disabled"));
  page.keep_picture("slow_mode");
  page.wait_for("!document.querySelector('#silence')");
  page.press(enter);
  page.sees("two");
  CHECK(page.count_of("one") == 1);
}

}  // namespace hubbub::test
