#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// Looking for words in what was said.
namespace hubbub::test {
namespace {

using Texts = std::vector<std::string>;

/// Both engines, since people need not know which one they talk to.
DaemonOptions each_engine() {
  const std::string engine = GENERATE("sqlite", "memory");
  return {.config = "[limits]\nmessages_per_second = 0\n[history]\nengine = \"" + engine + "\"\n"};
}

}  // namespace

TEST_CASE("words are found in three languages, in one's own room only") {
  const auto options = each_engine();
  CAPTURE(options.config);
  const Daemon daemon(options);
  JsonClient alice = member(daemon.address(), "alice");
  alice.join("dev");
  for (const auto* text :
       {"Привет, Алёна", "我们今天去北京看看", "Un café, s'il vous plaît", "привет всем"}) {
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", text}});
  }
  alice.send({{"type", "say"}, {"room", "dev"}, {"text", "привет, dev"}});
  alice.sync();
  const auto found = [&](std::string_view words) {
    return said(
        list_of(alice.answer({{"type", "history"}, {"room", "lobby"}, {"search", words}}), "messages"));
  };
  CHECK(found("ПРИВЕТ") == Texts{"Привет, Алёна", "привет всем"});
  CHECK(found("алена") == Texts{"Привет, Алёна"});
  CHECK(found("北京") == Texts{"我们今天去北京看看"});
  CHECK(found("cafe plait") == Texts{"Un café, s'il vous plaît"});
  CHECK(found("dev").empty());
  CHECK(found("\" OR *").empty());
  CHECK(alice.refusal({{"type", "history"}, {"room", "lobby"}, {"search", "…"}}) == "bad_request");
  CHECK(alice.refusal({{"type", "history"}, {"room", "den"}, {"search", "x"}}) == "not_joined");
}

TEST_CASE("hits are paged like any history") {
  const auto options = each_engine();
  CAPTURE(options.config);
  const Daemon daemon(options);
  JsonClient alice = member(daemon.address(), "alice");
  for (int i = 0; i < 100; ++i) {
    const auto text = std::to_string(i) + (i % 10 == 0 ? " needle" : " hay");
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", text}});
  }
  alice.sync();
  Texts hits;
  Event request{{"type", "history"}, {"room", "lobby"}, {"search", "needle"}, {"limit", 4}, {"after", 0}};
  while (true) {
    const Event page = alice.answer(request);
    for (const auto& message : list_of(page, "messages")) {
      hits.push_back(text_of(message, "text"));
      request["after"] = message.at("seq");
    }
    if (truth_of(page, "complete")) break;
  }
  REQUIRE(hits.size() == 10);
  CHECK(hits.front() == "0 needle");
  CHECK(hits.back() == "90 needle");
}

TEST_CASE("somebody with nc looks for words too") {
  const auto options = each_engine();
  CAPTURE(options.config);
  const Daemon daemon(options);
  JsonClient alice = member(daemon.address(), "alice");
  alice.say("lobby", "我们今天去北京看看");
  TextClient bob(daemon.address());
  bob.take_name("bob");
  bob.send_line("/search 北京");
  CHECK(bob.expect("alice").find("我们今天去北京看看") != std::string::npos);
  bob.sync();
  bob.send_line("/search 上海");
  bob.expect("nothing was found in lobby");
}

}  // namespace hubbub::test
