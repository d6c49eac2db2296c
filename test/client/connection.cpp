#include <functional>

#include "test/client/scene.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using namespace std::chrono_literals;
using client::Ending;
using test::list;
using test::message_json;
using test::Peer;
using test::reply;
using test::Scene;
using Script = boost::asio::awaitable<void>;
using Json = boost::json::object;
namespace request = protocol::request;

TEST_CASE("it says hello, enters the default room and hands over what is said") {
  Scene scene;
  scene.server.run([&]() -> Script {
    scene.open();
    Peer peer = co_await scene.server.accept();
    const Json hello = co_await peer.welcome("alice");
    CHECK(hello.at("version") == 1);
    CHECK(hello.at("name") == "alice");
    const Json join = co_await peer.let_in();
    CHECK(join.at("room") == "lobby");
    CHECK_FALSE(join.contains("since"));
    co_await peer.send(message_json("lobby", 7, "bob", "hi"));
    co_await scene.told.until("bob: hi");
    CHECK(list(scene.told.notes) == "joined lobby, ready, bob: hi");
  });
}

TEST_CASE("lines before the welcome that are not JSON are skipped") {
  Scene scene;
  scene.server.run([&]() -> Script {
    scene.open();
    Peer peer = co_await scene.server.accept();
    co_await peer.send("Welcome to fake; you are guest-1.\r\n* /help shows the commands\r");
    co_await peer.welcome("alice");
    co_await peer.let_in();
    co_await scene.told.until("ready");
  });
}

TEST_CASE("what a server says in plain words instead of a welcome is the reason") {
  Scene scene;
  scene.server.run([&]() -> Script {
    scene.open();
    Peer peer = co_await scene.server.accept();
    co_await peer.send("too_many_connections: come back later");
    peer.close();
    co_await scene.told.until_closed();
    CHECK(scene.told.notes.back().find("too_many_connections: come back later") != std::string::npos);
  });
}

TEST_CASE("a first attempt that fails is the last, and the reason is told") {
  Scene scene;
  const std::string where = "127.0.0.1:" + std::to_string(scene.server.port());
  scene.server.run([&]() -> Script {
    scene.server.close();
    scene.open();
    co_await scene.told.until("closed: cannot reach " + where +
                              ": connection refused; is hubbubd running there?");
    CHECK(scene.told.ending == Ending::closed);
  });
}

TEST_CASE("it paces itself by the limits that the server tells") {
  Scene scene;
  scene.server.run([&]() -> Script {
    scene.open();
    Peer peer = co_await scene.server.accept();
    co_await peer.welcome("alice", R"(,"messages_per_second":20,"messages_burst":2)");
    co_await peer.let_in();
    const auto began = std::chrono::steady_clock::now();
    for (int number = 1; number <= 5; ++number) scene.say(std::to_string(number));
    for (std::uint64_t number = 1; number <= 5; ++number) {
      const Json say = co_await peer.take_say(number);
      CHECK(say.at("text").as_string() == std::to_string(number));
    }
    // Two at once, and the other three one in 50 ms each.
    CHECK(std::chrono::steady_clock::now() - began >= 150ms);
  });
}

TEST_CASE("a taken name at first is the user's business at once") {
  Scene scene;
  scene.settings.ask_for_name = GENERATE(true, false);
  scene.server.run([&]() -> Script {
    scene.open();
    Peer peer = co_await scene.server.accept();
    co_await peer.expect("hello");
    co_await peer.send(R"({"type":"error","code":"name_taken","text":"alice is taken"})");
    co_await peer.expect_end();
    if (scene.settings.ask_for_name) {
      co_await scene.told.until("refused name_taken");
      CHECK_FALSE(scene.told.ending);
    } else {
      co_await scene.told.until_closed();
      CHECK(scene.told.ending == Ending::closed);
      CHECK(scene.told.notes.back().ends_with("alice is taken"));
    }
  });
}

TEST_CASE("the server's ping is answered") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    co_await peer.send(R"({"type":"ping"})");
    co_await peer.expect("pong");
  });
}

TEST_CASE("a ping that is answered keeps a silent link up, and nobody hears of it") {
  Scene scene;
  scene.settings.patience.silence = 10ms;
  scene.settings.patience.answer = 5s;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    for (int times = 0; times < 3; ++times) {
      const Json ping = co_await peer.expect("ping");
      co_await peer.send(reply(ping, R"("type":"pong")"));
    }
    CHECK(list(scene.told.notes) == "joined lobby, ready");
    for (const std::string& line : scene.told.lines) CHECK(line.find("pong") == std::string::npos);
  });
}

TEST_CASE("a line without an end is not gathered for ever") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    co_await peer.send_bytes(std::string(client::Link::most_line_bytes + 1000, 'x'));
    co_await scene.told.until("lost: it sent a line without an end");
  });
}

TEST_CASE("closings that are final, and others") {
  Scene scene;
  const bool final = GENERATE(true, false);
  const auto code = final ? GENERATE(as<std::string>(), "kicked", "banned", "flooding", "unsupported_version",
                                     "auth_failed", "line_too_long")
                          : GENERATE(as<std::string>(), "shutting_down", "idle_timeout", "too_slow");
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    co_await peer.send(R"({"type":"bye","text":"so it is","code":")" + code + "\"}");
    peer.close();
    if (final) {
      co_await scene.told.until_closed();
      CHECK(scene.told.ending == Ending::closed);
    } else {
      Peer again = co_await scene.server.accept();
      co_await again.welcome("alice");
    }
  });
}

TEST_CASE("attempts are spaced further and further, and end when there is a limit") {
  Scene scene;
  scene.settings.patience.offline = 100ms;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    scene.server.close();
    peer.close();
    co_await scene.told.until_closed();
    CHECK(scene.told.ending == Ending::closed);
    REQUIRE(scene.told.delays.size() >= 4);
    CHECK(scene.told.delays.front() <= 1ms);
    CHECK(scene.told.delays.back() >= 10ms);
  });
}

TEST_CASE("it takes leave after what was queued before") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    scene.say("last words");
    scene.connection->quit("bye then");
    co_await peer.take_say(1);
    const Json quit = co_await peer.expect("quit");
    CHECK(quit.at("text") == "bye then");
    co_await peer.send(R"({"type":"bye","code":"quit","text":"bye"})");
    peer.close();
    co_await scene.told.until_closed();
    CHECK(scene.told.ending == Ending::asked);
    CHECK(list(scene.told.said) == "last words");
  });
}

TEST_CASE("a server that does not say goodbye is not waited for") {
  Scene scene;
  scene.settings.patience.leave = 10ms;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    scene.connection->quit();
    co_await scene.told.until_closed();
    CHECK(scene.told.ending == Ending::asked);
  });
}

TEST_CASE("what is queued is bounded") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    std::size_t taken = 0;
    while (scene.connection->send(request::Say{"lobby", "x", {}, false})) ++taken;
    CHECK(taken == client::Outbox::most_requests);
    CHECK(scene.connection->full());
    co_await peer.take_say(1);
    std::function<bool()> room = [&] { return !scene.connection->full(); };
    co_await scene.told.until_true(room);
    co_return;
  });
}
