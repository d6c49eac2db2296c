// Connection::go_back, with a server in the test's hands.
#include "test/client/scene.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using test::history_page;
using test::list;
using test::message_json;
using test::Peer;
using test::reply;
using test::Scene;
using Script = boost::asio::awaitable<void>;
using Json = boost::json::object;

TEST_CASE("going back pages from there, and what is said meanwhile comes after it") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter(9);
    scene.connection->go_back("lobby", 5);
    const Json first = co_await peer.expect("history");
    CHECK(first.at("after") == 5);
    co_await peer.send(message_json("lobby", 10, "bob", "ten"));
    co_await peer.send(reply(first, history_page(message_json("lobby", 6, "bob", "six"), false)));
    const Json second = co_await peer.expect("history");
    CHECK(second.at("after") == 6);
    const std::string rest =
        message_json("lobby", 9, "bob", "nine") + "," + message_json("lobby", 10, "bob", "ten");
    co_await peer.send(reply(second, history_page(rest, true)));
    co_await peer.send(message_json("lobby", 11, "bob", "eleven"));
    co_await scene.told.until("bob: eleven");
    CHECK(list(scene.told.said) == "six, nine, ten, eleven");
  });
}

TEST_CASE("how the room stands, told to one who was slow, does not end the way back") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter(9);
    scene.connection->go_back("lobby", 5);
    const Json first = co_await peer.expect("history");
    co_await peer.send(
        R"({"type":"joined","room":"lobby","topic":"","count":1,"members":["alice"],"last":9,"history":[],"complete":true})");
    co_await peer.send(reply(first, history_page(message_json("lobby", 6, "bob", "six"), true)));
    co_await peer.send(message_json("lobby", 10, "bob", "ten"));
    co_await scene.told.until("bob: ten");
    CHECK(list(scene.told.said) == "six, ten");
  });
}

TEST_CASE("a link that breaks on the way back is no reason to begin anew") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter(9);
    scene.connection->go_back("lobby", 5);
    const Json first = co_await peer.expect("history");
    co_await peer.send(reply(first, history_page(message_json("lobby", 6, "bob", "six"), false)));
    co_await peer.expect("history");
    peer.close();
    Peer again = co_await scene.server.accept();
    co_await again.welcome("alice");
    const Json join = co_await again.expect("join");
    CHECK(join.at("since") == 6);
    const std::string history = R"("history":[)" + message_json("lobby", 9, "bob", "nine") + "]";
    co_await again.send(reply(join, R"("type":"joined","room":"lobby","last":9,"complete":true,)" + history));
    co_await scene.told.until("missed bob: nine");
    CHECK(list(scene.told.said) == "six, nine");
  });
}

TEST_CASE("going back in a room that one is not in is nothing") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer peer = co_await scene.enter();
    scene.connection->go_back("elsewhere", 5);
    scene.say("hi");
    co_await peer.expect("say");
  });
}

TEST_CASE("whoever stays outside enters no room, and can ask") {
  Scene scene;
  scene.settings.profile.outside = true;
  scene.server.run([&]() -> Script {
    scene.open();
    Peer peer = co_await scene.server.accept();
    co_await peer.welcome("alice");
    co_await scene.told.until("ready");
    scene.connection->send(protocol::request::Rooms{});
    co_await peer.expect("rooms");
  });
}
