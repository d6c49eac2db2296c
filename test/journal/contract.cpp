// What every engine promises (server/journal/journal.hpp), checked on each of them.
#include <set>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "test/journal/bench.hpp"
#include "test/journal/retention_bench.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("drafts come back once each, in the order in which they were appended") {
  Bench bench(each_engine());
  for (int i = 0; i < 100; ++i) bench.append(i % 3 == 0 ? "dev" : "lobby", "alice", std::to_string(i));
  CHECK(bench.delivered.empty());
  bench.turn();
  REQUIRE(bench.delivered.size() == 100);
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(bench.delivered[i].ticket == i + 1);
    CHECK(bench.delivered[i].outcome == Outcome::stored);
    CHECK(bench.delivered[i].room == (i % 3 == 0 ? "dev" : "lobby"));
    CHECK(bench.delivered[i].message->text == std::to_string(i));
  }
}

TEST_CASE("records of accounts come back with numbers of their own, in the order of all records") {
  Bench bench(each_engine());
  const account::OwnedName nina{.shown = "Nina", .key = "nina", .look = "nina"};
  bench.append("lobby", "alice", "before");
  bench.append_account(account::Begun{.name = nina, .device = {}});
  bench.append_account(account::Begun{.name = nina, .device = {}});  // does nothing
  bench.set_topic("lobby", "alice", "tea");
  bench.append("lobby", "alice", "after");
  bench.turn();
  REQUIRE(bench.delivered.size() == 5);
  std::vector<std::uint64_t> numbers;
  for (std::size_t i = 0; i < 5; ++i) {
    const auto& committed = bench.delivered[i];
    CHECK(committed.ticket == i + 1);
    CHECK(committed.outcome == Outcome::stored);
    CHECK((committed.account != nullptr) == (i == 1 || i == 2));
    CHECK((committed.message != nullptr) == (i == 0 || i == 4));
    CHECK((committed.state != nullptr) == (i == 3));
    numbers.push_back(committed.account ? committed.account->seq
                                        : (committed.state ? committed.state->seq : committed.message->seq));
  }
  CHECK(std::is_sorted(numbers.begin(), numbers.end()));
  CHECK(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
  CHECK(bench.delivered[1].account->at == bench.now);
  CHECK(std::get<account::Begun>(bench.delivered[1].account->body).name.shown == "Nina");
  CHECK(bench.journal().room_count() == 1);
  CHECK(bench.history("lobby") == Texts{"before", "after"});
  // What is appended when it has been stopped fails.
  bool done = false;
  bench.journal().stop(bench.now, [&] { done = true; });
  bench.append_account(account::Resumed{.account = numbers[1]});
  bench.turn();
  CHECK(done);
  CHECK(bench.delivered.back().outcome == Outcome::failed);
  CHECK(bench.delivered.back().account == nullptr);
}

TEST_CASE("a turn without a draft hands nothing back") {
  Bench bench(each_engine());
  bench.turn();
  CHECK(bench.batches.empty());
}

TEST_CASE("what is appended while a batch is handed back is for the next one") {
  Bench bench(each_engine());
  bench.on_batch = [&] {
    if (bench.batches.size() == 1) bench.append("lobby", "bob", "echo");
  };
  bench.say("lobby", "alice", "hello");
  bench.turn();
  REQUIRE(bench.batches.size() == 2);
  CHECK(bench.batches[0].size() == 1);
  CHECK(bench.batches[1].front().message->text == "echo");
}

TEST_CASE("seq rises within a room, and no number is given out twice") {
  Bench bench(each_engine());
  std::set<std::uint64_t> seen;
  std::uint64_t last = 0;
  for (int i = 0; i < 50; ++i) {
    const auto committed = bench.say("lobby", "alice", "x");
    CHECK(committed.message->seq > last);
    last = committed.message->seq;
    CHECK(seen.insert(last).second);
    CHECK(last < protocol::max_integer);
  }
  CHECK(bench.journal().tail("lobby").last == last);
  CHECK(bench.journal().tail("lobby").kept);
  CHECK(bench.journal().tail("nowhere").last == 0);
  CHECK_FALSE(bench.journal().tail("nowhere").kept);
}

TEST_CASE("a message is kept as it was said") {
  Bench bench(each_engine());
  bench.journal().append({.room = "лобби",
                          .sender = "алиса",
                          .message = {.room = "Лобби",
                                      .to = {},
                                      .seq = 0,
                                      .time = bench.now,
                                      .from = "Алиса",
                                      .text = "你好\n\t\"x\"",
                                      .id = "i-1",
                                      .kind = protocol::MessageKind::action},
                          .ticket = 7});
  bench.turn();
  const auto page = bench.read({.room = "лобби", .limit = 10});
  REQUIRE(page.messages.size() == 1);
  const auto& message = *page.messages[0];
  CHECK(message.room == "Лобби");
  CHECK(message.from == "Алиса");
  CHECK(message.text == "你好\n\t\"x\"");
  CHECK(message.id == "i-1");
  CHECK(message.is_action());
  CHECK(message.time == bench.now);
  CHECK(message.seq == bench.delivered[0].message->seq);
}

TEST_CASE("what a message is besides its text is kept, and comes back with whatever finds it") {
  using protocol::Change;
  using protocol::MessageKind;
  Bench bench(each_engine());
  const auto edited = std::make_shared<const Change>(
      Change{.what = Change::What::edited, .time = bench.now + std::chrono::minutes{1}, .by = "Bob"});
  const auto deleted = std::make_shared<const Change>(
      Change{.what = Change::What::deleted, .time = bench.now + std::chrono::minutes{2}, .by = "root"});
  const auto say = [&](const std::string& id, MessageKind kind, const std::string& account,
                       std::uint64_t reply_to, std::shared_ptr<const Change> change) {
    bench.journal().append({.room = "lobby",
                            .sender = "bob",
                            .message = {.room = "lobby",
                                        .time = bench.now,
                                        .from = "Bob",
                                        .text = "hello",
                                        .id = id,
                                        .kind = kind,
                                        .account = account,
                                        .reply_to = reply_to,
                                        .change = std::move(change)},
                            .ticket = ++bench.tickets});
  };
  say("1", MessageKind::said, "", 0, nullptr);
  say("2", MessageKind::notice, "robert", 0, nullptr);
  say("3", MessageKind::action, "", 1'795'228'910'925'002, edited);
  say("4", MessageKind::said, "", 0, deleted);
  bench.turn();
  for (const auto* id : {"1", "2", "3", "4"}) say(id, MessageKind::said, "", 0, nullptr);
  bench.turn();

  const auto check_shown = [&](const std::vector<protocol::MessagePtr>& messages) {
    REQUIRE(messages.size() >= 3);
    CHECK(messages[0]->kind == MessageKind::said);
    CHECK(messages[0]->account.empty());
    CHECK(messages[0]->reply_to == 0);
    CHECK(messages[0]->change == nullptr);
    CHECK(messages[1]->kind == MessageKind::notice);
    CHECK(messages[1]->account == "robert");
    CHECK(messages[2]->kind == MessageKind::action);
    CHECK(messages[2]->reply_to == 1'795'228'910'925'002);
    REQUIRE(messages[2]->change != nullptr);
    CHECK(messages[2]->change->what == Change::What::edited);
    CHECK(messages[2]->change->time == edited->time);
    CHECK(messages[2]->change->by == "Bob");
  };
  const auto check = [&](const std::vector<protocol::MessagePtr>& messages) {
    check_shown(messages);
    REQUIRE(messages.size() == 4);
    CHECK(messages[3]->is_deleted());
    CHECK(messages[3]->change->by == "root");
  };
  check(bench.read({.room = "lobby", .limit = 10}).messages);
  for (const auto& query : {Query{.search = "hello"}, Query{.from = "bob"}}) {
    for (const bool newest : {true, false}) {
      const auto page = bench.read({.room = "lobby",
                                    .limit = 10,
                                    .newest = newest,
                                    .search = query.search,
                                    .from = query.from,
                                    .count = true});
      check_shown(page.messages);  // and nothing that is deleted
      CHECK(page.messages.size() == 3);
      CHECK(page.found == 3);
    }
  }
  std::vector<protocol::MessagePtr> repeated;
  for (std::size_t i = 4; i < 8; ++i) {
    REQUIRE(bench.delivered[i].outcome == Outcome::repeated);
    repeated.push_back(bench.delivered[i].message);
  }
  check(repeated);
}

TEST_CASE("reads are bounded by seq on both sides and cut at the far end") {
  Bench bench(each_engine());
  fill(bench, "lobby", 10);
  fill(bench, "dev", 5);
  const auto seq = [&](std::size_t i) { return bench.delivered[i].message->seq; };

  SECTION("the newest") {
    const auto page = bench.read({.room = "lobby", .limit = 3});
    CHECK(Bench::texts(page) == Texts{"7", "8", "9"});
    CHECK(page.more);
  }
  SECTION("the oldest") {
    const auto page = bench.read({.room = "lobby", .limit = 3, .newest = false});
    CHECK(Bench::texts(page) == Texts{"0", "1", "2"});
    CHECK(page.more);
  }
  SECTION("before and after are themselves left out") {
    const auto page = bench.read({.room = "lobby", .after = seq(3), .before = seq(6), .limit = 10});
    CHECK(Bench::texts(page) == Texts{"4", "5"});
    CHECK_FALSE(page.more);
    CHECK_FALSE(page.dropped);
  }
  SECTION("all of it, and no more") {
    const auto page = bench.read({.room = "lobby", .limit = 10});
    CHECK(page.messages.size() == 10);
    CHECK_FALSE(page.more);
    CHECK_FALSE(page.dropped);
  }
  SECTION("none of it, though there is something") {
    const auto page = bench.read({.room = "lobby", .limit = 0});
    CHECK(page.messages.empty());
    CHECK(page.more);
  }
  SECTION("nothing after the last") {
    const auto page = bench.read({.room = "lobby", .after = seq(9), .limit = 10});
    CHECK(page.messages.empty());
    CHECK_FALSE(page.more);
    CHECK_FALSE(page.dropped);
  }
  SECTION("a room that nobody has spoken in") {
    const auto page = bench.read({.room = "nowhere", .limit = 10});
    CHECK(page.messages.empty());
    CHECK_FALSE(page.more);
    CHECK_FALSE(page.dropped);
  }
}

TEST_CASE(
    "one who comes with a number from before is told that something is missing, from the first moment") {
  Bench bench(each_engine());
  CHECK(bench.read({.room = "lobby", .after = 1'700'000'000'000'000, .limit = 10}).dropped);
  CHECK_FALSE(bench.read({.room = "lobby", .limit = 10}).dropped);
  fill(bench, "lobby", 3);
  CHECK(bench.read({.room = "lobby", .after = 1'700'000'000'000'000, .limit = 10}).dropped);
  CHECK_FALSE(bench.read({.room = "lobby", .limit = 10}).dropped);
}

TEST_CASE("paging either way meets every message once") {
  Bench bench(each_engine());
  fill(bench, "lobby", 23);
  std::vector<std::uint64_t> all;
  for (const auto& committed : bench.delivered) all.push_back(committed.message->seq);

  std::vector<std::uint64_t> forward;
  for (Query query{.room = "lobby", .limit = 5, .newest = false};;) {
    const auto page = bench.read(query);
    for (const auto& message : page.messages) forward.push_back(message->seq);
    if (!page.more) break;
    query.after = forward.back();
  }
  CHECK(forward == all);

  std::vector<std::uint64_t> backward;
  for (Query query{.room = "lobby", .limit = 5};;) {
    const auto page = bench.read(query);
    for (auto message = page.messages.rbegin(); message != page.messages.rend(); ++message) {
      backward.push_back((*message)->seq);
    }
    if (!page.more) break;
    query.before = backward.back();
  }
  CHECK(backward == std::vector<std::uint64_t>(all.rbegin(), all.rend()));
}

TEST_CASE("a repeated id is answered with the original, and stored once") {
  Bench bench(each_engine());
  const auto first = bench.say("lobby", "alice", "hello", "x");
  bench.now += std::chrono::seconds{5};
  const auto again = bench.say("lobby", "alice", "hello", "x");
  CHECK(again.outcome == Outcome::repeated);
  CHECK(again.message->seq == first.message->seq);
  CHECK(again.message->time == first.message->time);
  CHECK(again.message->text == "hello");
  CHECK(bench.read({.room = "lobby", .limit = 10}).messages.size() == 1);
}

TEST_CASE("an id is repeated within one batch too") {
  Bench bench(each_engine());
  bench.append("lobby", "alice", "hello", "x");
  bench.append("lobby", "alice", "hello", "x");
  bench.append("lobby", "alice", "next", "y");
  bench.turn();
  REQUIRE(bench.delivered.size() == 3);
  CHECK(bench.delivered[0].outcome == Outcome::stored);
  CHECK(bench.delivered[1].outcome == Outcome::repeated);
  CHECK(bench.delivered[1].message->seq == bench.delivered[0].message->seq);
  CHECK(bench.delivered[2].outcome == Outcome::stored);
}

TEST_CASE("an id is its sender's and its room's alone") {
  Bench bench(each_engine());
  bench.say("lobby", "alice", "a", "x");
  CHECK(bench.say("lobby", "bob", "b", "x").outcome == Outcome::stored);
  CHECK(bench.say("dev", "alice", "c", "x").outcome == Outcome::stored);
  CHECK(bench.say("lobby", "alice", "d").outcome == Outcome::stored);
  CHECK(bench.say("lobby", "alice", "e").outcome == Outcome::stored);
}

TEST_CASE("an id is known for ten minutes, and for a thousand messages of the room") {
  Bench bench(each_engine());
  const auto first = bench.say("lobby", "alice", "hello", "x");

  SECTION("after many messages, within ten minutes") {
    fill(bench, "lobby", 3000);
    bench.now += std::chrono::minutes{9};
    CHECK(bench.say("lobby", "alice", "hello", "x").message->seq == first.message->seq);
  }
  SECTION("after a day, within a thousand messages") {
    fill(bench, "lobby", 900);
    bench.now += std::chrono::hours{24};
    CHECK(bench.say("lobby", "alice", "hello", "x").message->seq == first.message->seq);
  }
}

TEST_CASE("retention drops the oldest, says so, and still knows their ids") {
  auto settings = each_engine();
  settings.keep_messages = 5;
  Bench bench(settings);
  const auto first = bench.say("lobby", "alice", "hello", "x");
  fill(bench, "lobby", 20);

  const auto page = bench.read({.room = "lobby", .limit = 100});
  CHECK(Bench::texts(page) == Texts{"15", "16", "17", "18", "19"});
  CHECK(page.dropped);
  CHECK_FALSE(page.more);

  const auto seen = bench.delivered[bench.delivered.size() - 3].message->seq;
  CHECK_FALSE(bench.read({.room = "lobby", .after = seen, .limit = 100}).dropped);

  const auto again = bench.say("lobby", "alice", "hello", "x");
  CHECK(again.outcome == Outcome::repeated);
  CHECK(again.message->seq == first.message->seq);
  CHECK(again.message->text == "hello");
}

TEST_CASE("an id of a former life of the room is a new one") {
  Bench bench(each_engine());
  const auto first = bench.say("lobby", "alice", "hello", "x");
  // That it is begun ends none.
  bench.set("lobby", "alice", "created", "1");
  CHECK(bench.say("lobby", "alice", "hello", "x").outcome == Outcome::repeated);
  const std::string what = "closed";
  bench.set("lobby", "alice", what, "1");
  bench.say("other", "alice", "there", "x");
  const auto again = bench.say("lobby", "alice", "hello again", "x");
  CHECK(again.outcome == Outcome::stored);
  CHECK(again.message->seq > first.message->seq);
  CHECK(bench.say("lobby", "alice", "hello again", "x").outcome == Outcome::repeated);
  // Taking it away is none.
  bench.set("lobby", "alice", what, "");
  CHECK(bench.say("lobby", "alice", "hello again", "x").outcome == Outcome::repeated);
  CHECK(bench.say("other", "alice", "there", "x").outcome == Outcome::repeated);
}

TEST_CASE("what was said in a former life of a room is erased, whatever the clock says, and nothing else") {
  const auto settings = each_engine();
  Bench bench(settings);
  // More than is dropped at once.
  for (int i = 0; i < 1200; ++i) bench.append("lobby", "alice", "old");
  bench.say("other", "alice", "there");
  bench.set("lobby", "alice", "closed", "1");
  bench.turn();
  const auto closed = bench.journal().tail("lobby").state->find("closed")->seq;
  const bool is_anew = GENERATE(false, true);
  if (is_anew) {
    bench.set("lobby", "bob", "former", std::to_string(closed));
    bench.set("lobby", "bob", "closed", "");
    bench.say("lobby", "bob", "new");
  }
  bench.set_clock(bench.now - std::chrono::hours{48});
  const bool keeps = settings.engine != "memory";
  if (keeps && GENERATE(false, true)) bench.reopen();
  for (int i = 0; i < 5; ++i) bench.later(std::chrono::seconds{1});
  CHECK(bench.history("lobby") == (is_anew ? Texts{"new"} : Texts{}));
  CHECK(bench.journal().tail("lobby").kept == is_anew);
  CHECK(bench.history("other") == Texts{"there"});
  // Nor does it count for the next one, or a second time.
  bench.say("lobby", "bob", "more");
  if (keeps) bench.reopen();
  for (int i = 0; i < 3; ++i) bench.later(std::chrono::seconds{1});
  CHECK(bench.history("lobby").size() == (is_anew ? 2 : 1));
}

TEST_CASE("retention drops what is too old") {
  auto settings = each_engine();
  settings.keep_age = std::chrono::hours{1};
  Bench bench(settings);
  bench.say("lobby", "alice", "old");
  bench.now += std::chrono::minutes{50};
  bench.say("lobby", "alice", "young");
  bench.now += std::chrono::minutes{20};
  bench.turn();
  CHECK(Bench::texts(bench.read({.room = "lobby", .limit = 10})) == Texts{"young"});
  bench.now += std::chrono::hours{2};
  bench.turn();
  CHECK_FALSE(bench.journal().tail("lobby").kept);
}

TEST_CASE("a topic comes back in its place, and is no part of the history") {
  Bench bench(each_engine());
  bench.append("lobby", "alice", "one");
  bench.set_topic("lobby", "alice", "tea");
  bench.append("lobby", "alice", "two");
  bench.turn();
  REQUIRE(bench.delivered.size() == 3);
  const auto& topic = bench.delivered[1];
  CHECK(topic.outcome == Outcome::stored);
  CHECK(topic.message == nullptr);
  REQUIRE(topic.state != nullptr);
  CHECK(topic.state->attribute == topic_attribute);
  CHECK(topic.state->value == "tea");
  CHECK(topic.state->by == "alice");
  CHECK(topic.state->at == bench.now);
  CHECK(topic.state->seq > bench.delivered[0].message->seq);
  CHECK(topic.state->seq < bench.delivered[2].message->seq);
  CHECK(bench.journal().tail("lobby").topic() == "tea");
  CHECK(Bench::texts(bench.read({.room = "lobby", .limit = 10})) == Texts{"one", "two"});
}

TEST_CASE("a room has the attributes that it was given last, each by itself") {
  Bench bench(each_engine());
  bench.set("lobby", "alice", "topic", "tea");
  bench.set("lobby", "bob", "limit", "40");
  bench.set("lobby", "bob", "topic", "coffee");
  bench.set("den", "alice", "key", "secret");
  bench.set("attic", "alice", "key", "secret");
  bench.set("attic", "alice", "key", "");
  bench.turn();
  REQUIRE(bench.delivered.size() == 6);
  for (std::size_t i = 1; i < 6; ++i)
    CHECK(bench.delivered[i].state->seq > bench.delivered[i - 1].state->seq);

  const auto lobby = bench.journal().tail("lobby");
  CHECK(lobby.topic() == "coffee");
  CHECK_FALSE(lobby.kept);
  CHECK(lobby.last == 0);  // of a message
  REQUIRE(lobby.state != nullptr);
  REQUIRE(lobby.state->records().size() == 2);
  CHECK(lobby.state->records()[0].attribute == "limit");
  CHECK(lobby.state->records()[1].seq == bench.delivered[2].state->seq);
  CHECK(lobby.state->records()[1].by == "bob");
  CHECK(bench.journal().tail("den").name == "den");
  CHECK(bench.journal().tail("den").topic().empty());
  CHECK(bench.journal().tail("attic").state == nullptr);
  CHECK(bench.journal().tail("attic").name.empty());
  CHECK(bench.journal().room_count() == 2);
  CHECK(bench.read({.room = "lobby", .limit = 10}).messages.empty());
}

TEST_CASE("each journal has an epoch of its own") {
  const auto settings = each_engine();
  Bench one(settings);
  Bench other(settings);
  CHECK(one.journal().epoch().size() == 16);
  CHECK(one.journal().epoch().find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(one.journal().epoch() != other.journal().epoch());
}

TEST_CASE("the topic of a room without history goes when nobody has been there for an hour") {
  Bench bench(each_engine());
  for (const auto* room : {"den", "lobby"}) bench.journal().occupy(room);
  bench.set_topic("den", "alice", "coffee");
  bench.set_topic("lobby", "alice", "tea");
  bench.say("lobby", "alice", "hello");
  bench.later(std::chrono::hours{3});  // somebody is there
  CHECK(bench.topic("den") == "coffee");
  for (const auto* room : {"den", "lobby", "nowhere"}) bench.journal().abandon(room);
  bench.later(std::chrono::minutes{59});
  CHECK(bench.topic("den") == "coffee");

  SECTION("nobody comes") {
    bench.later(std::chrono::minutes{2});
    CHECK(bench.topic("den").empty());
    CHECK(bench.journal().tail("den").name.empty());
    CHECK(bench.journal().room_count() == 1);
  }
  SECTION("somebody comes, and goes again") {
    bench.journal().occupy("den");
    bench.later(std::chrono::hours{5});
    CHECK(bench.topic("den") == "coffee");
    bench.journal().abandon("den");
    bench.later(std::chrono::minutes{59});
    CHECK(bench.topic("den") == "coffee");
    bench.later(std::chrono::minutes{2});
    CHECK(bench.topic("den").empty());
  }
  SECTION("something is said there") {
    bench.say("den", "alice", "it is kept with its topic");
    bench.later(std::chrono::hours{3});
    CHECK(bench.topic("den") == "coffee");
  }
  SECTION("the clock is set back") {
    bench.now -= std::chrono::hours{24 * 365};
    bench.later(std::chrono::seconds{2});
    CHECK(bench.topic("den") == "coffee");
    bench.later(std::chrono::minutes{62});
    CHECK(bench.topic("den").empty());
  }
  CHECK(bench.topic("lobby") == "tea");
}

TEST_CASE("the topic of a room that retention has emptied goes when nobody has been there for an hour") {
  auto settings = each_engine();
  settings.keep_age = std::chrono::hours{3};
  Bench bench(settings);
  for (const auto* room : {"den", "lobby"}) {
    bench.journal().occupy(room);
    bench.set_topic(room, "alice", "tea");
    bench.say(room, "alice", "hello");
  }
  bench.journal().abandon("den");
  bench.later(std::chrono::minutes{179});
  CHECK(bench.topic("den") == "tea");
  bench.later(std::chrono::minutes{2});
  bench.later(std::chrono::minutes{2});
  CHECK(bench.topic("den").empty());
  CHECK(bench.topic("lobby") == "tea");
  bench.journal().abandon("lobby");
  bench.later(std::chrono::minutes{62});
  CHECK(bench.topic("lobby").empty());
  CHECK(bench.journal().room_count() == 0);
}

TEST_CASE("the rooms with history or a topic are told in the order of their keys, page by page") {
  Bench bench(each_engine());
  for (const auto* room : {"mole", "ant", "zebra"}) bench.append(room, "alice", "x");
  bench.journal().append({.room = "лобби",
                          .sender = "алиса",
                          .message = {.room = "Лобби", .time = bench.now, .from = "Алиса", .text = "x"},
                          .ticket = 1});
  bench.set_topic("den", "bob", "coffee");
  bench.set_topic("mole", "bob", "earth");
  bench.set_topic("nothing", "bob", "");
  bench.turn();

  CHECK(bench.journal().room_count() == 5);
  const auto all = bench.journal().rooms({}, 100);
  REQUIRE(all.size() == 5);
  CHECK(all[0].key == "ant");
  CHECK(all[1].key == "den");
  CHECK(all[1].name == "den");
  CHECK(all[1].topic == "coffee");
  CHECK(all[2].topic == "earth");
  CHECK(all[4].key == "лобби");
  CHECK(all[4].name == "Лобби");
  const auto page = bench.journal().rooms("den", 2);
  REQUIRE(page.size() == 2);
  CHECK(page[0].key == "mole");
  CHECK(page[1].key == "zebra");
  CHECK(bench.journal().rooms("лобби", 5).empty());
  CHECK(bench.journal().tail("лобби").name == "Лобби");
  CHECK(bench.journal().tail("den").name == "den");
  CHECK_FALSE(bench.journal().tail("den").kept);
  CHECK(bench.journal().tail("nothing").name.empty());
}

TEST_CASE("a message from the future keeps neither those behind it nor itself") {
  auto settings = each_engine();
  settings.keep_age = std::chrono::hours{1};
  Bench bench(settings);
  const auto from_the_future = [&] {
    bench.now += std::chrono::hours{24 * 3650};
    bench.say("lobby", "alice", "from the future");
    bench.now -= std::chrono::hours{24 * 3650};
    bench.turn();
  };
  bench.journal().occupy("lobby");
  SECTION("behind others, and before others") {
    bench.say("lobby", "alice", "before");
    bench.later(std::chrono::minutes{10});
    from_the_future();
    bench.say("lobby", "alice", "after");
    bench.later(std::chrono::minutes{52});
    CHECK(bench.history("lobby") == Texts{"from the future", "after"});
    bench.later(std::chrono::minutes{10});
    CHECK(bench.history("lobby").empty());
  }
  SECTION("alone") {
    from_the_future();
    bench.later(std::chrono::minutes{30});
    CHECK(bench.history("lobby") == Texts{"from the future"});
    bench.later(std::chrono::minutes{32});
    CHECK(bench.history("lobby").empty());
  }
  SECTION("what was said since it was noticed stays for its own time") {
    from_the_future();
    bench.later(std::chrono::minutes{40});
    bench.say("lobby", "alice", "young");
    bench.later(std::chrono::minutes{30});
    CHECK(bench.history("lobby") == Texts{"young"});
  }
  bench.later(std::chrono::hours{2});
  CHECK(bench.history("lobby").empty());
  CHECK_FALSE(bench.journal().tail("lobby").kept);
}

TEST_CASE("words are found in any case, with or without diacritics, and inside Chinese sentences") {
  Bench bench(each_engine());
  for (const auto* text :
       {"Привет, Алёна", "我们今天去北京看看", "Un café, s'il vous plaît", "привет всем", "tea"}) {
    bench.append("lobby", "alice", text);
  }
  bench.append("dev", "alice", "привет из другой комнаты");
  bench.turn();
  const auto found = [&](const std::string& words) {
    return Bench::texts(bench.read({.room = "lobby", .limit = 10, .search = words}));
  };
  CHECK(found("ПРИВЕТ") == Texts{"Привет, Алёна", "привет всем"});
  CHECK(found("алена") == Texts{"Привет, Алёна"});
  CHECK(found("北京") == Texts{"我们今天去北京看看"});
  CHECK(found("京北").empty());
  CHECK(found("CAFE") == Texts{"Un café, s'il vous plaît"});
  CHECK(found("привет tea").empty());

  SECTION("page by page") {
    auto page = bench.read({.room = "lobby", .limit = 1, .search = "привет"});
    CHECK(Bench::texts(page) == Texts{"привет всем"});
    CHECK(page.more);
    page = bench.read({.room = "lobby", .before = page.messages[0]->seq, .limit = 1, .search = "привет"});
    CHECK(Bench::texts(page) == Texts{"Привет, Алёна"});
    CHECK_FALSE(page.more);
  }
  SECTION("nothing to look for") {
    std::optional<protocol::Code> code;
    bench.journal().read({.room = "lobby", .limit = 1, .search = " …!"},
                         [&](const protocol::Result<Page>& page) { code = page.error().code; });
    bench.settle();
    CHECK(code == protocol::Code::bad_request);
  }
}

TEST_CASE("a search is for what somebody said, by any spelling of the name, and counts all there is") {
  Bench bench(each_engine());
  const auto say = [&](const char* who, const char* text) { bench.append("lobby", who, text); };
  say("Алиса", "tea");
  say("bob", "tea");
  say("Алиса", "more tea");
  say("Алиса", "cake");
  bench.turn();
  const auto key = protocol::parse_name("АЛИСА")->key;
  const auto find = [&](const std::string& words, const std::string& from, std::size_t limit) {
    return bench.read({.room = "lobby", .limit = limit, .search = words, .from = from, .count = true});
  };
  CHECK(Bench::texts(find("tea", key, 10)) == Texts{"tea", "more tea"});
  CHECK(find("tea", key, 10).found == 2U);
  CHECK(Bench::texts(find("", key, 10)) == Texts{"tea", "more tea", "cake"});
  CHECK(find("tea", "", 1).found == 3U);
  CHECK(find("tea", "", 1).more);
  CHECK(Bench::texts(find("tea", "", 1)) == Texts{"more tea"});
  CHECK(find("tea", "nobody", 10).found == 0U);
  CHECK_FALSE(bench.read({.room = "lobby", .limit = 1, .search = "tea"}).found);
  CHECK(bench.read({.room = "nowhere", .limit = 1, .search = "tea", .count = true}).found == 0U);
  const auto first = find("", key, 1).messages.at(0)->seq;
  CHECK(bench.read({.room = "lobby", .before = first, .limit = 1, .from = key, .count = true}).found == 2U);
}

TEST_CASE("no more hits are counted than are worth the time") {
  Bench bench(each_engine());
  for (std::size_t said = 0; said < protocol::most_counted + 5; ++said) bench.append("lobby", "alice", "tea");
  bench.turn();
  const auto page = bench.read({.room = "lobby", .limit = 2, .search = "tea", .count = true});
  CHECK(page.found == protocol::most_counted);
  CHECK(page.messages.size() == 2);
}

TEST_CASE("a conversation is kept as a room is, and stands in no list of rooms") {
  const auto settings = each_engine();
  Bench bench(settings);
  // As the chat appends them.
  const auto tell = [&](std::uint64_t author, const std::string& to, const std::string& text) {
    bench.journal().append({.room = conversation_key(parties_of(17, 3)),
                            .sender = author_key(author),
                            .message = {.room = {},
                                        .to = to,
                                        .time = bench.now,
                                        .from = to == "bob" ? "anna" : "bob",
                                        .text = text,
                                        .id = "id " + text,
                                        .account = to == "bob" ? "anna" : "bob",
                                        .author = author},
                            .ticket = ++bench.tickets});
    bench.turn();
    return bench.delivered.back();
  };
  bench.append("lobby", "anna", "in a room");
  bench.append("\u00e4", "anna", "behind it");
  bench.turn();
  std::vector<std::uint64_t> seqs;
  for (int i = 0; i < 5; ++i)
    seqs.push_back(tell(i % 2 == 0 ? 3 : 17, i % 2 == 0 ? "bob" : "anna", std::to_string(i)).message->seq);
  CHECK(tell(3, "bob", "2").outcome == Outcome::repeated);
  CHECK(tell(3, "bob", "2").message->seq == seqs[2]);
  CHECK(tell(17, "anna", "2").outcome == Outcome::stored);  // another sender's
  const auto check = [&] {
    const auto page = bench.read({.room = "@3-17", .limit = 10});
    CHECK(Bench::texts(page) == Texts{"0", "1", "2", "3", "4", "2"});
    CHECK(page.messages[1]->room.empty());
    CHECK(page.messages[1]->to == "anna");
    CHECK(page.messages[1]->from == "bob");
    CHECK(page.messages[1]->account == "bob");
    CHECK(page.messages[1]->author == 17);
    CHECK_FALSE(page.found.has_value());
    // Those of the other one that are unread.
    CHECK(bench.read({.room = "@3-17", .after = seqs[0], .count = true, .but_author = 3}).found == 3);
    CHECK(bench.read({.room = "@3-17", .after = seqs[0], .before = seqs[3], .count = true, .but_author = 3})
              .found == 1);
    CHECK(bench.read({.room = "@3-17", .count = true}).found == 6);
    CHECK(Bench::texts(bench.read({.room = "@3-17", .limit = 10, .search = "3"})) == Texts{"3"});
    Texts rooms;
    for (const auto& room : bench.journal().rooms("", 10)) rooms.emplace_back(room.key);
    CHECK(rooms == Texts{"lobby", "\u00e4"});
    CHECK(bench.journal().rooms("lobby", 10).size() == 1);
    CHECK(bench.journal().room_count() == 2);
    Texts conversations;
    bench.journal().each_conversation([&](std::string_view key) { conversations.emplace_back(key); });
    CHECK(conversations == Texts{"@3-17"});
    CHECK(bench.journal().tail("@3-17").last > seqs[4]);
  };
  check();
  if (settings.engine == "memory") return;
  bench.reopen();
  check();
}

TEST_CASE("the key of a conversation names two accounts, and is that of no room") {
  CHECK(conversation_key(parties_of(9, 2)) == "@2-9");
  CHECK(parties_in("@2-9") == Parties{2, 9});
  CHECK(parties_in("@7-7") == Parties{7, 7});
  CHECK(Parties{2, 9}.other(2) == 9);
  CHECK(Parties{2, 9}.other(9) == 2);
  for (const auto* const other :
       {"lobby", "@", "@9-2", "@0-3", "@1", "@1-", "@-1", "@1-2-3", "@a-b", "@ 1-2", "@1-+2"})
    CHECK_FALSE(parties_in(other).has_value());
  CHECK_FALSE(protocol::parse_room("@2-9").has_value());
}

TEST_CASE("stop commits what was appended, and then says that it is done") {
  Bench bench(each_engine());
  bench.append("lobby", "alice", "last words");
  bool done = false;
  bench.journal().stop(bench.now, [&] {
    CHECK(bench.delivered.size() == 1);
    done = true;
  });
  bench.settle();
  CHECK(done);
  bench.append("lobby", "alice", "too late");
  bench.turn();
  CHECK(bench.delivered.back().outcome == Outcome::failed);
}

}  // namespace hubbub::journal
