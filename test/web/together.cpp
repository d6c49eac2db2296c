// The page among the other clients, and with a network that comes and goes.
#include <algorithm>
#include <csignal>
#include <optional>
#include <string>

#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"
#include "test/support/text_client.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {

TEST_CASE("at the page, with nc, at the terminal and as a program one is in the same room") {
  if (!can_visit()) return;
  const Daemon daemon;
  Browser browser;
  Visitor page(browser, daemon);
  page.come_in("anna");
  TextClient typist(daemon.address());
  typist.take_name("boris");
  PseudoTerminal terminal({hubbub_program, "carol@" + target(daemon.address())});
  terminal.expect("lobby");
  JsonClient bot = member(daemon.address(), "bot");

  const auto all_hear = [&](const std::string& name, const std::string& text) {
    page.sees(text);
    typist.expect(text);
    terminal.expect(text);
    auto heard = bot.expect("message");
    while (text_of(heard, "text") != text) heard = bot.expect("message");
    CHECK(text_of(heard, "from") == name);
  };
  page.say("说 from the page");
  all_hear("anna", "说 from the page");
  typist.send_line("from nc, привет");
  all_hear("boris", "from nc, привет");
  terminal.type("from the terminal\r");
  all_hear("carol", "from the terminal");
  bot.send({{"type", "say"}, {"room", "lobby"}, {"text", "from a program"}});
  all_hear("bot", "from a program");
  for (const auto* const name : {"boris", "carol", "bot"})
    page.wait_for("document.querySelector('.people')?.textContent.includes(" + in_script(name) + ")");

  // Between two of them alone.
  bot.send({{"type", "tell"}, {"to", "anna"}, {"text", "between us"}});
  page.wait_for("[...document.querySelectorAll('.place')].some((each) => each.textContent.includes('bot'))");
  page.click_text(".place a", "bot");
  page.sees("between us");
  page.say("and back");
  auto heard = bot.expect("message");
  while (text_of(heard, "text") != "and back") heard = bot.expect("message");
  CHECK(text_of(heard, "to") == "bot");
  page.keep_picture("together");
}

TEST_CASE("what is written without a network is said once there is one, and what was missed is there") {
  if (!can_visit()) return;
  const Daemon daemon;
  Proxy network(daemon.address());
  JsonClient bot = member(daemon.address(), "bot");
  Browser browser;
  Visitor page(browser, network.address());
  page.expect_complaint("WebSocket");
  page.come_in("anna");
  page.say("before");
  page.sees("before");
  network.freeze();
  page.tell_of_network(false);
  page.say("written meanwhile");
  page.wait_for("document.querySelector('article.pending')");
  bot.say("lobby", "said meanwhile");
  page.wait_for("document.querySelector('.banner.lost')");
  page.keep_picture("offline");
  network.cut(Proxy::Cut::reset);
  network.pass();
  page.tell_of_network(true);
  page.sees("written meanwhile");
  page.sees("said meanwhile");
  page.wait_for("!document.querySelector('article.pending')");
  page.wait_for("!document.querySelector('.banner.lost')");
  const auto kept = bot.answer({{"type", "history"}, {"room", "lobby"}});
  const auto texts = said(list_of(kept, "messages"));
  for (const auto* const text : {"before", "written meanwhile", "said meanwhile"}) {
    CHECK(page.count_of(text) == 1);
    CHECK(std::count(texts.begin(), texts.end(), text) == 1);
  }
}

TEST_CASE("behind one address the page goes from server to server, misses nothing and says everything once") {
  if (!can_visit()) return;
  DaemonOptions options{.config = no_pace};
  options.listen.assign(2, "tcp://127.0.0.1:0");
  const Daemon daemon(options);
  Proxy network(daemon.address(0));
  JsonClient bot = member(daemon.address(1), "bot");
  Browser browser;
  Visitor page(browser, network.address());
  page.expect_complaint("WebSocket");
  page.come_in("anna");
  constexpr int rounds = 4;
  for (int round = 0; round < rounds; ++round) {
    const std::string number = std::to_string(round) + '.';
    network.refuse();
    network.lead_to(daemon.address(round % 2 == 0 ? 1 : 0));
    network.cut(round % 3 == 0 ? Proxy::Cut::finish : Proxy::Cut::reset);
    page.wait_for("document.querySelector('.banner.lost')");
    bot.say("lobby", "meanwhile " + number);
    page.say("written " + number);
    network.pass();
    page.sees("meanwhile " + number);
    page.sees("written " + number);
  }
  const auto texts = said(list_of(bot.answer({{"type", "history"}, {"room", "lobby"}}), "messages"));
  for (int round = 0; round < rounds; ++round) {
    for (const std::string text : {"meanwhile ", "written "}) {
      const std::string whole = text + std::to_string(round) + '.';
      CHECK(page.count_of(whole) == 1);
      CHECK(std::count(texts.begin(), texts.end(), whole) == 1);
    }
  }
}

TEST_CASE("when its server shuts down, the page is at another one behind the same address at once") {
  if (!can_visit()) return;
  const TemporaryDirectory state;
  const DaemonOptions options{.config = no_pace + "[history]\nengine = \"sqlite\"\n",
                              .state_dir = state.path()};
  std::optional<Daemon> daemon(std::in_place, options);
  Proxy network(daemon->address());
  Browser browser;
  Visitor page(browser, network.address());
  page.expect_complaint("WebSocket");
  page.come_in("anna");
  page.say("before");
  page.sees("before");
  daemon->signal(SIGTERM);
  page.wait_for("document.querySelector('.banner.lost')");
  CHECK(daemon->wait_exit() == 0);
  daemon.emplace(options);
  JsonClient bot = member(daemon->address(), "bot");
  bot.say("lobby", "at the other one");
  network.lead_to(daemon->address());
  page.sees("at the other one");
  page.say("and after");
  page.sees("and after");
  for (const auto* const text : {"before", "at the other one", "and after"}) CHECK(page.count_of(text) == 1);
}

}  // namespace hubbub::test
