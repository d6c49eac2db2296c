// Whether the link is alive, and how slow: waking from sleep, lag, and trying again.
#include <thread>

#include "test/client/scene.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using namespace std::chrono_literals;
using test::list;
using test::message_json;
using test::Peer;
using test::reply;
using test::Scene;
using Script = boost::asio::awaitable<void>;
using Json = boost::json::object;

namespace {

/// Nothing of it happens within a test but by waking: no question on silence, no second attempt by itself.
struct Sleeper : Scene {
  Sleeper() {
    settings.patience.tick = 5ms;
    settings.patience.late = 150ms;  // a busy machine keeps a test from running for a while, too
    settings.patience.woken = 30ms;
    settings.patience.first_retry = 1h;
    settings.patience.longest_retry = 1h;
  }

  /// Nothing runs meanwhile, as with a process that was stopped: this is what is tested, not a wait for it.
  static void sleep() { std::this_thread::sleep_for(250ms); }
};

// No coroutines: GCC 12 destroys the functions twice when they stand in a co_await.
Script until_lost(test::Recorder& told, std::size_t times) {
  return told.until_true([&told, times] { return told.delays.size() >= times; });
}

Script until_lag(test::Recorder& told, bool bad) {
  return told.until_true([&told, bad] { return !told.lags.empty() && (told.lags.back() >= 1s) == bad; });
}

}  // namespace

TEST_CASE("on waking the server is asked at once, and when it answers all is well") {
  Sleeper scene;
  scene.settings.patience.woken = 10s;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    Sleeper::sleep();
    const Json ping = co_await peer.expect("ping");
    co_await peer.send(reply(ping, R"("type":"pong")"));
    co_await peer.send(message_json("lobby", 1, "bob", "good morning"));
    co_await scene.told.until("bob: good morning");
    CHECK(list(scene.told.notes) == "joined lobby, ready, bob: good morning");
  });
}

TEST_CASE("a link that is found dead on waking is replaced without any wait") {
  Sleeper scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    Sleeper::sleep();
    co_await first.expect("ping");  // and no answer
    co_await scene.told.until("lost: no answer");
    CHECK(scene.told.delays.back() == 0ms);
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    co_await second.let_in("\"last\":10,\"history\":[],\"complete\":true");
    co_await scene.told.until("back");
  });
}

TEST_CASE("neither what had come before nor an old answer is taken for a sign of life on waking") {
  Sleeper scene;
  scene.settings.patience.silence = 10ms;
  scene.settings.patience.answer = 1h;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    const Json old = co_await peer.expect("ping");
    co_await peer.send(message_json("lobby", 1, "bob", "late"));
    co_await peer.send(reply(old, R"("type":"pong")"));
    Sleeper::sleep();  // both are read after it
    co_await peer.expect("ping");
    co_await scene.told.until("lost: no answer");
    CHECK(list(scene.told.said) == "late");
  });
}

TEST_CASE("a link that the server resets on waking is replaced without any wait too") {
  Sleeper scene;
  scene.settings.patience.woken = 1h;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter();
    Sleeper::sleep();
    co_await first.expect("ping");
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
  });
}

TEST_CASE("waking ends the wait for the next attempt") {
  Sleeper scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter();
    first.close();
    co_await scene.told.until("lost: it closed the connection");
    CHECK(scene.told.delays.back() >= 30min);
    Sleeper::sleep();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
  });
}

TEST_CASE("the wait for the next attempt can be cut short, also from within the call that tells of it") {
  class Impatient : public test::Recorder {
   public:
    using Recorder::Recorder;
    void on_link_lost(std::string_view why, std::chrono::milliseconds retry_in) override {
      Recorder::on_link_lost(why, retry_in);
      if (*connection) (*connection)->retry_now();
    }
    std::shared_ptr<client::Connection>* connection = nullptr;
  };
  Scene scene;
  scene.settings.patience.first_retry = 1h;
  scene.settings.patience.longest_retry = 1h;
  const bool within = GENERATE(false, true);
  scene.server.run([&]() -> Script {
    Impatient impatient(scene.server.io());
    impatient.connection = &scene.connection;
    test::Recorder& told = within ? impatient : scene.told;
    scene.connection = client::Connection::open(scene.server.io().get_executor(), scene.settings, told);
    for (int link = 0; link < 3; ++link) {
      Peer peer = co_await scene.server.accept();
      scene.connection->retry_now();  // nothing is waited for
      co_await peer.welcome("alice");
      co_await peer.let_in();
      co_await told.until(link == 0 ? "ready" : "back");
      scene.connection->retry_now();
      peer.close();
      co_await until_lost(told, static_cast<std::size_t>(link) + 1);
      if (!within) scene.connection->retry_now();
    }
    co_await scene.server.accept();
    scene.connection->stop();
  });
}

TEST_CASE("each attempt that fails is told, with the wait before the next") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter();
    scene.server.close();
    first.close();
    co_await until_lost(scene.told, 4);
    CHECK(scene.told.notes.back() == "lost: connection refused; is hubbubd running there?");
    scene.server.open_again();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
  });
}

TEST_CASE("a request that is not answered is lag, and it is asked when that is over") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    scene.say("anybody?");
    const Json say = co_await peer.expect("say");
    CHECK(scene.connection->lag() < 1s);
    co_await until_lag(scene.told, true);
    CHECK(scene.told.lags.front() >= 1s);
    CHECK(scene.connection->lag() >= 1s);
    co_await peer.send(
        message_json("lobby", 1, "alice", "anybody?", ",\"id\":" + boost::json::serialize(say.at("id"))));
    const Json ping = co_await peer.expect("ping");
    CHECK(scene.connection->lag() >= 1s);
    co_await peer.send(reply(ping, R"("type":"pong")"));
    co_await until_lag(scene.told, false);
    CHECK(scene.connection->lag() < 1s);
  });
}

TEST_CASE("the lag goes with the link") {
  Scene scene;
  scene.settings.patience.silence = 10ms;
  scene.settings.patience.answer = 1100ms;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    co_await peer.expect("ping");
    co_await scene.told.until("lost: no answer");
    REQUIRE(scene.told.lags.size() == 2);
    CHECK(scene.told.lags.front() >= 1s);
    CHECK(scene.told.lags.back() == 0ms);
    CHECK(scene.connection->lag() == 0ms);
  });
}
