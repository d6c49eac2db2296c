// Broken links: what was missed comes, each message once and in order, however much it is.
#include <algorithm>

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

TEST_CASE("when too much was missed for one reply, it is paged for and handed over in order, once") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer second = co_await scene.come_back(10);
    scene.say("mine");
    // What is known of the gap is its end; 11 to 14 have to be asked for.
    co_await second.let_in("\"last\":16,\"complete\":false,\"history\":[" +
                           message_json("lobby", 15, "bob", "e") + "," +
                           message_json("lobby", 16, "bob", "f") + "]");
    const Json page = co_await second.expect("history");
    CHECK(page.at("after") == 10);
    co_await second.send(message_json("lobby", 17, "bob", "g"));  // said meanwhile
    co_await second.send(reply(page, history_page(message_json("lobby", 11, "bob", "a") + "," +
                                                      message_json("lobby", 12, "bob", "b"),
                                                  false)));
    const Json next = co_await second.expect("history");
    CHECK(next.at("after") == 12);
    co_await second.send(reply(next, history_page(message_json("lobby", 13, "bob", "c") + "," +
                                                      message_json("lobby", 14, "bob", "d") + "," +
                                                      message_json("lobby", 15, "bob", "e"),
                                                  false)));
    co_await second.take_say(18);
    co_await scene.told.until("alice: mine");
    CHECK(list(scene.told.said) == "a, b, c, d, e, f, g, mine");
    CHECK(std::count(scene.told.notes.begin(), scene.told.notes.end(), "missed bob: g") == 1);
  });
}

TEST_CASE("on the way back it asks again for what it may not have at once") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer second = co_await scene.come_back(10);
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
    co_await second.send(reply(page, history_page(message_json("lobby", 11, "bob", "a") + "," +
                                                      message_json("lobby", 12, "bob", "b"),
                                                  true)));
    co_await scene.told.until("missed bob: b");
    CHECK(list(scene.told.said) == "a, b");
  });
}

TEST_CASE("a server that counts from elsewhere than before is listened to all the same") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer second = co_await scene.come_back(10);
    co_await second.let_in("\"last\":3,\"complete\":false,\"history\":[" +
                           message_json("lobby", 3, "bob", "a") + "]");
    co_await second.send(message_json("lobby", 4, "bob", "b"));
    co_await scene.told.until("bob: b");
    CHECK(list(scene.told.said) == "a, b");
  });
}

TEST_CASE(
    "another journal is begun anew with, whatever its numbers are, and the next return goes on from there") {
  Scene scene;
  scene.server.run([&]() -> Script {
    scene.open();
    Peer first = co_await scene.server.accept();
    co_await first.welcome("alice");
    const Json entry = co_await first.let_in(R"("last":10,"epoch":"one","history":[],"complete":true)");
    CHECK_FALSE(entry.contains("epoch"));
    co_await scene.told.until("ready");
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    const Json back = co_await second.let_in(R"("last":20,"epoch":"two","complete":false,"history":[)" +
                                             message_json("lobby", 8, "bob", "a") + "," +
                                             message_json("lobby", 20, "bob", "b") + "]");
    CHECK(back.at("since") == 10);
    CHECK(back.at("epoch") == "one");
    co_await second.send(message_json("lobby", 21, "bob", "c"));
    co_await scene.told.until("bob: c");
    second.close();
    Peer third = co_await scene.server.accept();
    co_await third.welcome("alice");
    const Json again = co_await third.let_in(R"("last":21,"epoch":"two","history":[],"complete":true)");
    CHECK(again.at("since") == 21);
    CHECK(again.at("epoch") == "two");
    CHECK(list(scene.told.said) == "a, b, c");
  });
}

TEST_CASE("what happens in a room while a gap is closed is told after the entry that the gap holds back") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer second = co_await scene.come_back(10);
    co_await second.let_in("\"last\":12,\"complete\":false,\"history\":[" +
                           message_json("lobby", 12, "bob", "b") + "]");
    const Json page = co_await second.expect("history");
    co_await second.send(R"({"type":"presence","room":"lobby","count":3,"joined":["carol"]})");
    co_await second.send(reply(page, history_page(message_json("lobby", 11, "bob", "a"), true)));
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
    Peer second = co_await scene.come_back(10);
    co_await second.let_in("\"last\":13,\"complete\":false,\"history\":[" +
                           message_json("lobby", 13, "bob", "c") + "]");
    const Json page = co_await second.expect("history");
    co_await second.send(reply(page, history_page(message_json("lobby", 11, "bob", "a"), false)));
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
    const std::string missed = history_page(message_json("lobby", 11, "bob", "a"), true);
    co_await last.send(reply(page, for_ever ? failed : missed));
    co_await last.send(message_json("lobby", 13, "bob", "c"));
    co_await scene.told.until("bob: c");
    CHECK(list(scene.told.said) == (for_ever ? "b, c" : "a, b, c"));
    CHECK(std::count(scene.told.notes.begin(), scene.told.notes.end(), "left lobby") == 0);
  });
}
