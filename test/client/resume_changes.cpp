// What becomes of messages, and of one's place in a room, across links.
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

namespace {

std::string edited(int seq, int change, const std::string& text) {
  return R"({"type":"edited","room":"lobby","seq":)" + std::to_string(seq) + R"(,"change":)" +
         std::to_string(change) + R"(,"text":")" + text +
         R"(","time":"2026-11-21T12:00:00.000Z","by":"bob"})";
}

std::string deleted(int seq, int change) {
  return R"({"type":"deleted","room":"lobby","seqs":[)" + std::to_string(seq) + R"(],"change":)" +
         std::to_string(change) + R"(,"by":"bob"})";
}

/// Of what was told, that is about changes, joining and messages.
std::string told(const Scene& scene, std::size_t from = 0) {
  std::vector<std::string> notes(scene.told.notes.begin() + static_cast<std::ptrdiff_t>(from),
                                 scene.told.notes.end());
  std::erase_if(notes, [](const std::string& note) {
    return note.find(':') == std::string::npos && note.find("deleted") == std::string::npos &&
           note.find("joined") == std::string::npos;
  });
  std::erase_if(notes, [](const std::string& note) { return note.starts_with("lost"); });
  return list(notes);
}

}  // namespace

TEST_CASE("a change counts as seen, and what was changed meanwhile is handed out as events, in order") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter(10);
    co_await first.send(message_json("lobby", 11, "bob", "a"));
    co_await first.send(edited(11, 12, "A"));
    co_await scene.told.until("edited 11: A");
    first.close();

    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    const std::size_t before = scene.told.notes.size();
    const Json join = co_await second.let_in(R"("last":14,"complete":true,"history":[)" +
                                             message_json("lobby", 14, "bob", "b") + R"(],"changes":[)" +
                                             deleted(10, 13) + "," + edited(11, 15, "AA") + "]");
    CHECK(join.at("since") == 12);
    co_await scene.told.until("missed edited 11: AA");
    CHECK(told(scene, before) == "joined lobby, missed bob: b, missed deleted 10, missed edited 11: AA");
    const auto is_joined = [](const std::string& line) { return line.starts_with(R"({"type":"joined")"); };
    const auto last = std::find_if(scene.told.lines.rbegin(), scene.told.lines.rend(), is_joined);
    CHECK(last->find("changes") == std::string::npos);  // each is told once
    second.close();

    Peer third = co_await scene.server.accept();
    co_await third.welcome("alice");
    const std::string same = R"("last":14,"complete":true,"history":[])";
    const Json again = co_await third.let_in(same);
    CHECK(again.at("since") == 15);
  });
}

TEST_CASE("a gap with changes is paged for to its end, where each page says, and live changes follow") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer second = co_await scene.come_back(10);
    const std::size_t before = scene.told.notes.size();
    co_await second.let_in(R"("last":16,"complete":false,"history":[)" +
                           message_json("lobby", 16, "bob", "d") + R"(],"changes":[)" +
                           edited(9, 12, "nine") + "]");
    const Json page = co_await second.expect("history");
    CHECK(page.at("after") == 10);
    co_await second.send(edited(11, 18, "A"));  // meanwhile
    co_await second.send(reply(page, history_page(message_json("lobby", 11, "bob", "a"), false) +
                                         R"(,"next":13,"changes":[)" + edited(9, 12, "nine") + "]"));
    const Json next = co_await second.expect("history");
    CHECK(next.at("after") == 13);
    co_await second.send(
        reply(next, history_page(message_json("lobby", 16, "bob", "d"), false) + R"(,"next":16)"));
    const Json last = co_await second.expect("history");
    CHECK(last.at("after") == 16);
    co_await second.send(reply(last, history_page("", true) + R"(,"changes":[)" + deleted(8, 17) + "]"));
    co_await scene.told.until("missed edited 11: A");
    CHECK(told(scene, before) ==
          "missed bob: a, missed edited 9: nine, missed deleted 8, joined lobby, missed bob: d, missed "
          "edited 11: A");
  });
}

TEST_CASE("who was put out of a room does not enter it again by himself") {
  Scene scene;
  scene.settings.profile.rooms = {"lobby", "dev"};
  const bool is_closed = GENERATE(false, true);
  scene.server.run([&]() -> Script {
    scene.open();
    Peer first = co_await scene.server.accept();
    co_await first.welcome("alice");
    co_await first.let_in();
    const Json dev = co_await first.expect("join");
    co_await first.send(
        reply(dev, R"("type":"joined","room":"dev","topic":"","count":1,"members":["alice"],"last":0,)"
                   R"("history":[],"complete":true)"));
    co_await scene.told.until("ready");
    // Of somebody else, it means nothing.
    co_await first.send(R"({"type":"kicked","room":"lobby","name":"bob","by":"ann","reason":""})");
    co_await scene.told.until("kicked bob from lobby");
    co_await first.send(is_closed
                            ? R"({"type":"closed","room":"dev","by":"ann"})"
                            : R"({"type":"kicked","room":"dev","name":"Alice","by":"ann","reason":""})");
    co_await first.send(message_json("lobby", 5, "bob", "then"));
    co_await scene.told.until("bob: then");
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    const Json join = co_await second.let_in();
    CHECK(join.at("room") == "lobby");
    scene.say("hi");
    co_await second.take_say(6);  // and no other join before it
  });
}

TEST_CASE("who is put out while catching up there goes on without the rest") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer second = co_await scene.come_back(10);
    co_await second.let_in(R"("last":12,"complete":false,"history":[)" +
                           message_json("lobby", 12, "bob", "b") + "]");
    const Json page = co_await second.expect("history");
    co_await second.send(R"({"type":"kicked","room":"lobby","name":"alice","by":"ann","reason":""})");
    co_await second.send(reply(page, R"("type":"error","code":"not_joined","text":"you are not in lobby")"));
    co_await scene.told.until_true(
        [&] { return std::count(scene.told.notes.begin(), scene.told.notes.end(), "ready") == 2; });
    CHECK(std::count(scene.told.notes.begin(), scene.told.notes.end(), "kicked alice from lobby") == 1);
  });
}

TEST_CASE(
    "a room that asked for a key is told it again after a broken link, and no longer when one has left") {
  Scene scene;
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter();
    protocol::request::Join join{.room = "Den", .since = {}, .replay = {}, .key = "sesame"};
    scene.connection->send(join);
    const Json asked = co_await first.expect("join");
    CHECK(asked.at("key") == "sesame");
    const std::string entered =
        R"("type":"joined","room":"den","topic":"","count":1,"members":["alice"],"last":0,)"
        R"("history":[],"complete":true)";
    co_await first.send(reply(asked, entered));
    co_await scene.told.until("joined den");
    first.close();
    Peer second = co_await scene.server.accept();
    co_await second.welcome("alice");
    co_await second.let_in();
    const Json again = co_await second.expect("join");
    CHECK(again.at("room") == "den");
    CHECK(again.at("key") == "sesame");
    co_await second.send(reply(again, entered));
    co_await second.send(R"({"type":"left","room":"den"})");
    co_await scene.told.until("left den");
    scene.connection->send(protocol::request::Join{.room = "den", .since = {}, .replay = {}, .key = {}});
    const Json anew = co_await second.expect("join");
    CHECK_FALSE(anew.contains("key"));
  });
}
