// Broken links: coming back where the name is taken.
#include <algorithm>

#include "test/client/scene.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using namespace std::chrono_literals;
using test::message_json;
using test::Peer;
using test::Scene;
using Script = boost::asio::awaitable<void>;
using Json = boost::json::object;

TEST_CASE("a name that is taken when it comes back is asked for again, since its old link may linger") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter();
    first.close();
    for (int attempt = 0; attempt < 3; ++attempt) {
      Peer peer = co_await scene.server.accept();
      co_await peer.expect("hello");
      co_await peer.send(R"({"type":"error","code":"name_taken","text":"alice is taken"})");
      co_await peer.expect_end();
    }
    Peer peer = co_await scene.server.accept();
    co_await peer.welcome("alice");
    co_await peer.let_in();
    co_await scene.told.until("back");
    CHECK(std::count(scene.told.notes.begin(), scene.told.notes.end(), "awaited name_taken") == 3);
  });
}

TEST_CASE("a name that stays taken is told of in the end") {
  Scene scene;
  scene.settings.patience.name = 0ms;
  scene.settings.ask_for_name = true;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter();
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.expect("hello");
    co_await second.send(R"({"type":"error","code":"name_taken","text":"alice is taken"})");
    co_await scene.told.until("refused name_taken");
    scene.connection->rename("alice2");
    Peer third = co_await scene.server.accept();
    const Json hello = co_await third.welcome("alice2");
    CHECK(hello.at("name") == "alice2");
    co_await third.let_in();
    co_await scene.told.until("back");
  });
}

TEST_CASE("who has to come back under another name does not say again what was said under the old one") {
  Scene scene;
  scene.settings.patience.name = 0ms;
  scene.settings.ask_for_name = true;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    scene.say("stored");
    scene.say("not stored");
    const Json stored = co_await first.expect("say");
    co_await first.expect("say");
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.expect("hello");
    co_await second.send(R"({"type":"error","code":"name_taken","text":"alice is taken"})");
    co_await scene.told.until("refused name_taken");
    scene.connection->rename("alice2");
    Peer third = co_await scene.server.accept();
    co_await third.welcome("alice2");
    const std::string id = ",\"id\":" + boost::json::serialize(stored.at("id"));
    co_await third.let_in("\"last\":12,\"complete\":true,\"history\":[" +
                          message_json("lobby", 11, "alice", "stored", id) + "," +
                          message_json("lobby", 12, "eve", "mine", id) + "]");
    const Json again = co_await third.take_say(13);
    CHECK(again.at("text") == "not stored");
    co_await scene.told.until("alice2: not stored");
    CHECK(scene.connection->outstanding() == 0);
  });
}
