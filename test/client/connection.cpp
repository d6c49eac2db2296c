#include "client/connection.hpp"

#include <boost/json/serialize.hpp>

#include "test/client/fake_server.hpp"
#include "test/client/recorder.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using namespace std::chrono_literals;
using client::Connection;
using client::Ending;
using test::message_json;
using test::Peer;
using Script = boost::asio::awaitable<void>;
using Json = boost::json::object;
namespace request = protocol::request;

namespace {

/// A server in the test's hands, a connection to it and what that tells.
struct Scene {
  test::FakeServer server;
  test::Recorder told{server.io()};
  client::Settings settings;
  std::shared_ptr<Connection> connection;

  Scene() {
    settings.address.host = "127.0.0.1";
    settings.address.port = server.port();
    settings.profile.name = "alice";
    settings.patience.first_retry = 1ms;
    settings.patience.longest_retry = 20ms;
    settings.seed = 1;
  }
  ~Scene() {
    if (connection) connection->stop();
    server.io().restart();
    server.io().poll();
  }

  void open() { connection = Connection::open(server.io().get_executor(), settings, told); }
  void say(const std::string& text) { connection->send(request::Say{"lobby", text, {}, false}); }

  /// A first link, into the lobby, where `last` was the last that was said.
  boost::asio::awaitable<Peer> enter(std::uint64_t last = 0) {
    open();
    Peer peer = co_await server.accept();
    co_await peer.welcome("alice");
    const std::string joined = "\"last\":" + std::to_string(last) + R"(,"history":[],"complete":true)";
    co_await peer.let_in(joined);
    co_await told.until("ready");
    co_return peer;
  }
};

/// As one string, because GCC 12 destroys a braced list twice when it stands in a coroutine.
std::string list(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string reply(const Json& asked, const std::string& fields) {
  return "{\"ref\":" + boost::json::serialize(asked.at("ref")) + "," + fields + "}";
}

}  // namespace

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

TEST_CASE("after a broken link it comes back, catches up and says again what had not come back, once") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    scene.say("one");
    scene.say("two");
    scene.say("three");
    co_await first.take_say(11);
    const Json two = co_await first.expect("say");  // stored, but the link breaks before the answer
    co_await first.expect("say");
    co_await scene.told.until("alice: one");
    first.close();

    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    const std::string stored =
        message_json("lobby", 12, "alice", "two", ",\"id\":" + boost::json::serialize(two.at("id")));
    const std::string missed = stored + "," + message_json("lobby", 13, "bob", "meanwhile");
    const Json join = co_await second.let_in("\"last\":13,\"complete\":true,\"history\":[" + missed + "]");
    CHECK(join.at("since") == 11);
    const Json three = co_await second.take_say(14);
    CHECK(three.at("text") == "three");
    co_await scene.told.until("alice: three");
    CHECK(list(scene.told.said) == "one, two, meanwhile, three");
    CHECK(scene.connection->outstanding() == 0);
  });
}

TEST_CASE("a message that comes again after a resend is handed over once") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter(10);
    co_await peer.send(message_json("lobby", 11, "bob", "hi"));
    co_await peer.send(message_json("lobby", 11, "bob", "hi"));
    co_await peer.send(message_json("lobby", 12, "bob", "there"));
    co_await scene.told.until("bob: there");
    CHECK(list(scene.told.said) == "hi, there");
  });
}

TEST_CASE("when too much was missed for one reply, it is paged for and handed over in order, once") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    scene.say("mine");
    // What is known of the gap is its end; 11 to 14 have to be asked for.
    co_await second.let_in("\"last\":16,\"complete\":false,\"history\":[" +
                           message_json("lobby", 15, "bob", "e") + "," +
                           message_json("lobby", 16, "bob", "f") + "]");
    const Json page = co_await second.expect("history");
    CHECK(page.at("after") == 10);
    co_await second.send(message_json("lobby", 17, "bob", "g"));  // said meanwhile
    co_await second.send(reply(page, R"("type":"history","room":"lobby","complete":false,"messages":[)" +
                                         message_json("lobby", 11, "bob", "a") + "," +
                                         message_json("lobby", 12, "bob", "b") + "]"));
    const Json next = co_await second.expect("history");
    CHECK(next.at("after") == 12);
    co_await second.send(reply(next, R"("type":"history","room":"lobby","complete":false,"messages":[)" +
                                         message_json("lobby", 13, "bob", "c") + "," +
                                         message_json("lobby", 14, "bob", "d") + "," +
                                         message_json("lobby", 15, "bob", "e") + "]"));
    co_await second.take_say(18);
    co_await scene.told.until("alice: mine");
    CHECK(list(scene.told.said) == "a, b, c, d, e, f, g, mine");
    CHECK(std::count(scene.told.notes.begin(), scene.told.notes.end(), "missed bob: g") == 1);
  });
}

TEST_CASE("a link that breaks while catching up loses nothing and repeats nothing") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    co_await second.let_in("\"last\":13,\"complete\":false,\"history\":[" +
                           message_json("lobby", 13, "bob", "c") + "]");
    const Json page = co_await second.expect("history");
    co_await second.send(reply(page, R"("type":"history","room":"lobby","complete":false,"messages":[)" +
                                         message_json("lobby", 11, "bob", "a") + "]"));
    co_await second.expect("history");
    second.close();
    Peer third = co_await scene.server.accept();
    co_await third.welcome("alice");
    const Json join = co_await third.let_in("\"last\":13,\"complete\":true,\"history\":[" +
                                            message_json("lobby", 12, "bob", "b") + "," +
                                            message_json("lobby", 13, "bob", "c") + "]");
    CHECK(join.at("since") == 11);
    co_await scene.told.until("missed bob: c");
    CHECK(list(scene.told.said) == "a, b, c");
  });
}

TEST_CASE("what the server refuses for now goes again, later and in order") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    for (const char* text : {"one", "two", "three"}) scene.say(text);
    co_await peer.take_say(1);
    const Json two = co_await peer.expect("say");
    const Json three = co_await peer.expect("say");
    const std::string later = R"("type":"error","code":"rate_limited","text":"slower","retry_after":5)";
    co_await peer.send(reply(two, later));
    co_await peer.send(reply(three, later));
    const Json again = co_await peer.take_say(2);
    CHECK(again.at("text") == "two");
    CHECK(again.at("id") == two.at("id"));
    const Json last = co_await peer.take_say(3);
    CHECK(last.at("text") == "three");
    co_await scene.told.until("alice: three");
    CHECK(list(scene.told.said) == "one, two, three");
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
      CHECK(scene.told.notes.back().find("alice is taken (name_taken)") != std::string::npos);
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

TEST_CASE("a link that went dead without a word is noticed and replaced") {
  Scene scene;
  scene.settings.patience.silence = 20ms;
  scene.settings.patience.answer = 20ms;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter();
    co_await first.expect("ping");  // and no answer
    co_await scene.told.until("lost: no answer");
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    co_await second.let_in();
    co_await scene.told.until("back");
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
