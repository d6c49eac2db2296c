// Broken links: what is missed comes, what was said arrives, each once and in order.
#include <algorithm>

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

TEST_CASE("on the way back it asks again for what it may not have at once") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    const std::string limited =
        R"("type":"error","code":"rate_limited","text":"too much at once","retry_after":5)";
    const Json refused = co_await second.expect("join");
    co_await second.send(reply(refused, limited));
    const Json join = co_await second.expect("join");
    CHECK(join.at("since") == 10);
    co_await second.send(
        reply(join, R"("type":"joined","room":"lobby","topic":"","count":1,"members":["alice"],)"
                    R"("last":12,"complete":false,"history":[)" +
                        message_json("lobby", 12, "bob", "b") + "]"));
    const Json put_off = co_await second.expect("history");
    co_await second.send(reply(put_off, limited));
    const Json page = co_await second.expect("history");
    CHECK(page.at("after") == 10);
    co_await second.send(reply(page, R"("type":"history","room":"lobby","complete":true,"messages":[)" +
                                         message_json("lobby", 11, "bob", "a") + "," +
                                         message_json("lobby", 12, "bob", "b") + "]"));
    co_await scene.told.until("missed bob: b");
    CHECK(list(scene.told.said) == "a, b");
  });
}

TEST_CASE("a server that counts from elsewhere than before is listened to all the same") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    co_await second.let_in("\"last\":3,\"complete\":false,\"history\":[" +
                           message_json("lobby", 3, "bob", "a") + "]");
    co_await second.send(message_json("lobby", 4, "bob", "b"));
    co_await scene.told.until("bob: b");
    CHECK(list(scene.told.said) == "a, b");
  });
}

TEST_CASE("what happens in a room while a gap is closed is told after the entry that the gap holds back") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    co_await second.let_in("\"last\":12,\"complete\":false,\"history\":[" +
                           message_json("lobby", 12, "bob", "b") + "]");
    const Json page = co_await second.expect("history");
    co_await second.send(R"({"type":"presence","room":"lobby","count":3,"joined":["carol"]})");
    co_await second.send(reply(page, R"("type":"history","room":"lobby","complete":true,"messages":[)" +
                                         message_json("lobby", 11, "bob", "a") + "]"));
    co_await second.send(message_json("lobby", 13, "bob", "c"));
    co_await scene.told.until("bob: c");
    CHECK(list(scene.told.said) == "a, b, c");
    const auto& lines = scene.told.lines;
    const auto last_with = [&](const std::string& part) {
      const auto has_it = [&](const std::string& line) { return line.find(part) != std::string::npos; };
      return std::find_if(lines.rbegin(), lines.rend(), has_it);
    };
    CHECK(last_with("\"presence\"") < last_with("\"joined\",\"room\""));  // from the end: later
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

TEST_CASE("when what was missed cannot be read just now, it comes back later for it, but not for ever") {
  Scene scene;
  const bool for_ever = GENERATE(false, true);
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    first.close();
    const std::string failed = R"("type":"error","code":"storage_failed","text":"the disk fails")";
    for (int times = 0; times < (for_ever ? 5 : 2); ++times) {
      Peer peer = co_await scene.server.accept();
      co_await peer.welcome("alice");
      if (times == 0) {
        const Json join = co_await peer.expect("join");
        co_await peer.send(reply(join, failed));
      } else {
        co_await peer.let_in("\"last\":12,\"complete\":false,\"history\":[" +
                             message_json("lobby", 12, "bob", "b") + "]");
        const Json page = co_await peer.expect("history");
        co_await peer.send(reply(page, failed));
      }
      co_await peer.expect_end();
    }
    Peer last = co_await scene.server.accept();
    co_await last.welcome("alice");
    co_await last.let_in("\"last\":12,\"complete\":false,\"history\":[" +
                         message_json("lobby", 12, "bob", "b") + "]");
    const Json page = co_await last.expect("history");
    const std::string missed = R"("type":"history","room":"lobby","complete":true,"messages":[)" +
                               message_json("lobby", 11, "bob", "a") + "]";
    co_await last.send(reply(page, for_ever ? failed : missed));
    co_await last.send(message_json("lobby", 13, "bob", "c"));
    co_await scene.told.until("bob: c");
    CHECK(list(scene.told.said) == (for_ever ? "b, c" : "a, b, c"));
    CHECK(std::count(scene.told.notes.begin(), scene.told.notes.end(), "left lobby") == 0);
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
