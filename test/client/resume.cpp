// Broken links: what was said arrives, each once and in order.
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

TEST_CASE("a private message goes again with the id that it had, and its original is the answer") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    const protocol::request::Tell psst{"bob", "psst", {}};
    scene.connection->send({psst, {}});
    const Json lost = co_await first.expect("tell");  // bob has it, but the link breaks before the answer
    first.close();

    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    const std::string joined = R"("last":10,"history":[],"complete":true)";
    co_await second.let_in(joined);
    const Json again = co_await second.expect("tell");
    CHECK(again == lost);
    CHECK(again.contains("id"));
    const std::string answer = reply(
        again,
        R"("type":"message","to":"bob","from":"alice","text":"psst","time":"2026-11-21T12:00:00Z","id":)" +
            boost::json::serialize(again.at("id")));
    co_await second.send(answer);
    co_await second.send(message_json("lobby", 11, "bob", "thanks"));
    co_await scene.told.until("bob: thanks");
    CHECK(list(scene.told.said) == "psst, thanks");
    CHECK(scene.connection->outstanding() == 0);
  });
}

TEST_CASE(
    "what waited for the link is said again for a while to one who is not back yet, and nothing else is") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    first.close();
    co_await scene.told.until_true([&] { return !scene.connection->is_up(); });
    const protocol::request::Tell psst{"bob", "psst", {}};
    scene.connection->send({psst, {}});
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    const std::string joined = R"("last":10,"history":[],"complete":true)";
    co_await second.let_in(joined);
    const std::string nobody = R"("type":"error","code":"no_such_user","text":"nobody is called bob")";
    const Json asked = co_await second.expect("tell");
    co_await second.send(reply(asked, nobody));
    const Json again = co_await second.expect("tell");
    CHECK(again == asked);
    const std::string answer = reply(
        again,
        R"("type":"message","to":"bob","from":"alice","text":"psst","time":"2026-11-21T12:00:00Z","id":)" +
            boost::json::serialize(again.at("id")));
    co_await second.send(answer);
    co_await scene.told.until_true([&] { return list(scene.told.said) == "psst"; });
    CHECK(scene.connection->outstanding() == 0);

    scene.connection->send({psst, {}});
    const Json fresh = co_await second.expect("tell");
    co_await second.send(reply(fresh, nobody));
    co_await scene.told.until_true([&] { return scene.connection->outstanding() == 0; });
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
