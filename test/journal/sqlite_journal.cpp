// What the engine on disk does beyond the contract: what it remembers over a restart, and what it refuses.
#include "server/journal/sqlite/sqlite_journal.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "protocol/limits.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/journal/bench.hpp"
#include "test/journal/late.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

using Texts = std::vector<std::string>;
using sqlite::Database;

/// Why the engine does not open what is in the directory; "" when it does.
std::string refusal(const std::string& directory) {
  auto settings = on_disk();
  settings.directory = directory;
  boost::asio::io_context loop;
  const auto journal =
      make_journal(settings, {.wall = protocol::Timestamp(std::chrono::hours{400'000})}, loop);
  return journal ? "" : journal.error().text;
}

/// A directory with a journal of so many messages.
struct Written {
  explicit Written(int count) {
    auto settings = on_disk();
    settings.directory = directory.path().string();
    Bench bench(settings);
    for (int i = 0; i < count; ++i) bench.append("lobby", "alice", std::string(200, 'x'));
    bench.turn();
  }
  std::string journal() const { return sqlite::journal_file(directory.path().string()); }

  test::TemporaryDirectory directory;
};

}  // namespace

TEST_CASE("what was said is there after a restart, with its numbers, ids and topics") {
  Bench bench(on_disk());
  const auto first = bench.say("lobby", "alice", "hello", "x").message;
  bench.say("lobby", "bob", "hi");
  bench.set_topic("lobby", "alice", "tea");
  bench.set_topic("den", "alice", "coffee");
  bench.turn();
  bench.reopen();

  CHECK(Bench::texts(bench.read({.room = "lobby", .limit = 10})) == Texts{"hello", "hi"});
  CHECK_FALSE(bench.read({.room = "lobby", .after = first->seq, .limit = 10}).dropped);
  CHECK(bench.journal().tail("lobby").topic() == "tea");
  CHECK(bench.journal().tail("lobby").kept);
  CHECK(bench.journal().tail("den").topic() == "coffee");
  CHECK(bench.journal().room_count() == 2);

  const auto again = bench.say("lobby", "alice", "hello", "x");
  CHECK(again.outcome == Outcome::repeated);
  CHECK(again.message->seq == first->seq);
  CHECK(again.message->time == first->time);
  CHECK(bench.say("lobby", "alice", "new", "y").message->seq > bench.delivered[1].message->seq);
}

TEST_CASE("the attributes of rooms are there after a restart, with their numbers, and so is the epoch") {
  Bench bench(on_disk());
  bench.say("lobby", "alice", "hello");
  bench.set("lobby", "alice", "topic", "tea");
  bench.set("lobby", "bob", "limit", "40");
  bench.set("den", "alice", "key", "secret");
  bench.turn();
  const auto given = bench.delivered;
  const std::string epoch(bench.journal().epoch());
  bench.reopen();
  CHECK(bench.journal().epoch() == epoch);
  const auto* const state = bench.journal().tail("lobby").state;
  REQUIRE(state != nullptr);
  REQUIRE(state->records().size() == 2);
  const auto& topic = state->records()[1];
  CHECK(topic.room == "lobby");
  CHECK(topic.value == "tea");
  CHECK(topic.by == "alice");
  CHECK(topic.at == bench.now);
  CHECK(topic.seq == given[1].state->seq);
  CHECK(state->value("limit") == "40");
  CHECK(bench.journal().tail("den").state->value("key") == "secret");
  bench.set("lobby", "bob", "topic", "");  // in a room that the writer has to read first
  bench.turn();
  CHECK(bench.delivered.back().state->seq > given.back().state->seq);
  CHECK(bench.journal().tail("lobby").state->records().size() == 1);
  bench.reopen();
  CHECK(bench.topic("lobby").empty());
  CHECK(bench.journal().tail("lobby").state->value("limit") == "40");
}

TEST_CASE("what is known of the changes of messages goes with the messages") {
  auto settings = on_disk();
  settings.keep_messages = 1;
  Bench bench(settings);
  const auto changed =
      std::make_shared<const protocol::Change>(protocol::Change{.time = bench.now, .by = "alice"});
  for (int i = 0; i < 3; ++i) {
    bench.journal().append(
        {.room = "lobby",
         .sender = "alice",
         .message = {.room = "lobby", .time = bench.now, .from = "alice", .text = "x", .change = changed},
         .ticket = 1});
  }
  bench.turn();
  Database journal(sqlite::journal_file(bench.directory()), Database::Access::read);
  CHECK(journal.number("SELECT count(*) FROM message") == 1);
  CHECK(journal.number("SELECT count(*) FROM change") == 1);
  CHECK(journal.number("SELECT seq FROM change") == journal.number("SELECT seq FROM message"));
}

TEST_CASE("the topic of an empty room survives restarts, and goes an hour after the last has gone") {
  Bench bench(on_disk());
  bench.journal().occupy("den");
  bench.set_topic("den", "alice", "coffee");
  bench.turn();

  SECTION("the last went before the restart") {
    bench.journal().abandon("den");
    bench.turn();
    bench.now += std::chrono::minutes{40};
    bench.reopen();
    CHECK(bench.topic("den") == "coffee");
    CHECK(bench.journal().tail("den").name == "den");
    bench.later(std::chrono::minutes{19});
    CHECK(bench.topic("den") == "coffee");
    bench.later(std::chrono::minutes{2});
  }
  SECTION("somebody was there at the end") {
    bench.now += std::chrono::hours{10};
    bench.reopen();
    bench.later(std::chrono::minutes{59});
    CHECK(bench.topic("den") == "coffee");
    bench.reopen();
    bench.later(std::chrono::minutes{2});
  }
  SECTION("somebody comes after the restart") {
    bench.reopen();
    bench.journal().occupy("den");
    bench.later(std::chrono::hours{2});
    CHECK(bench.topic("den") == "coffee");
    bench.reopen();
    bench.later(std::chrono::minutes{59});
    CHECK(bench.topic("den") == "coffee");
    bench.later(std::chrono::minutes{2});
  }
  CHECK(bench.topic("den").empty());
  bench.reopen();
  CHECK(bench.topic("den").empty());
  CHECK(bench.journal().room_count() == 0);
}

TEST_CASE("a topic that was dropped, or taken away, is not back after a restart") {
  Bench bench(on_disk());
  for (const auto* room : {"den", "lobby"}) {
    bench.journal().occupy(room);
    bench.set_topic(room, "alice", "coffee");
    bench.say(room, "alice", "x");
    bench.set_topic(room, "alice", "");
    bench.turn();
  }
  bench.set_topic("attic", "bob", "dust");
  bench.set_topic("attic", "bob", "");
  bench.turn();
  CHECK(bench.journal().room_count() == 2);
  bench.reopen();
  CHECK(bench.topic("den").empty());
  CHECK(bench.journal().room_count() == 2);
  Database journal(sqlite::journal_file(bench.directory()), Database::Access::read);
  bench.later(std::chrono::seconds{2});
  CHECK(journal.number("SELECT count(*) FROM room") == 2);
}

TEST_CASE("a journal of version 1 is brought up to date, and what is in it stays") {
  const Written written(30);
  const auto path = written.journal();
  {
    Database journal(path, Database::Access::write);
    journal.execute(R"sql(
      DROP INDEX room_oldest; DROP INDEX room_abandoned;
      DROP INDEX room_due; DROP INDEX room_own_oldest; DROP INDEX room_keep_messages;
      ALTER TABLE room DROP COLUMN changed; ALTER TABLE room DROP COLUMN keep_messages;
      ALTER TABLE room DROP COLUMN keep_age; DROP TABLE former_text; DROP TABLE audit;
      ALTER TABLE room DROP COLUMN newest; ALTER TABLE room DROP COLUMN oldest;
      ALTER TABLE room DROP COLUMN oldest_seq; ALTER TABLE room DROP COLUMN abandoned;
      ALTER TABLE room DROP COLUMN known_from; ALTER TABLE room DROP COLUMN ruled;
      ALTER TABLE room DROP COLUMN ruled_by; ALTER TABLE room DROP COLUMN ruled_before;
      DROP TABLE node; DROP TABLE log_time; DROP TABLE person; DROP TABLE here;
      DROP TABLE state; DROP TABLE change;
      DROP TABLE account; DROP TABLE device; DROP TABLE invitation; DROP TABLE reserved_name; DROP TABLE place;
      ALTER TABLE message RENAME COLUMN kind TO action;
      ALTER TABLE message DROP COLUMN account; ALTER TABLE message DROP COLUMN reply_to;
      ALTER TABLE message DROP COLUMN recipient;
      ALTER TABLE room ADD COLUMN topic TEXT NOT NULL DEFAULT '';
      UPDATE room SET last = 0;
      INSERT INTO room(key, name, topic) VALUES('den', 'Den', 'coffee'), ('attic', 'attic', '');
      PRAGMA user_version = 1;)sql");
  }
  auto settings = on_disk();
  settings.directory = written.directory.path().string();
  settings.keep_age = std::chrono::hours{1};
  Bench bench(settings);
  CHECK(bench.history("lobby").size() == 30);
  CHECK(bench.journal().tail("lobby").last > 0);
  CHECK(bench.topic("den") == "coffee");
  CHECK(bench.journal().room_count() == 2);
  bench.later(std::chrono::minutes{62});
  bench.later(std::chrono::minutes{62});
  CHECK(bench.journal().room_count() == 0);
}

TEST_CASE("what clocks that were ahead have left is dropped in time, restarts included") {
  auto settings = on_disk();
  settings.keep_age = std::chrono::hours{24};
  Bench bench(settings);
  bench.now += std::chrono::hours{24 * 365};
  for (int i = 0; i < 1200; ++i) bench.append("lobby", "alice", std::to_string(i));
  bench.turn();
  bench.now -= std::chrono::hours{24 * 365};
  for (int restart = 0; restart < 8; ++restart) {
    bench.later(std::chrono::hours{3} + std::chrono::minutes{restart > 0 ? 1 : 0});
    bench.reopen();
    if (restart < 7) CHECK(bench.history("lobby").size() == 1200);
  }
  bench.later(std::chrono::hours{3});
  CHECK(bench.history("lobby").empty());
  CHECK_FALSE(bench.journal().tail("lobby").kept);
}

TEST_CASE("a clock that is far behind for a while takes nothing") {
  auto settings = on_disk();
  settings.keep_age = std::chrono::hours{24};
  Bench bench(settings);
  for (int i = 0; i < 10; ++i) bench.append("lobby", "alice", std::to_string(i));
  bench.turn();
  bench.now -= std::chrono::hours{24 * 365 * 40};
  bench.reopen();
  bench.later(std::chrono::seconds{5});
  bench.say("lobby", "alice", "long ago");
  bench.now += std::chrono::hours{24 * 365 * 40};
  bench.later(std::chrono::seconds{5});
  CHECK(bench.history("lobby").size() == 11);
}

TEST_CASE("no number is given out again when the clock has been set back") {
  Bench bench(on_disk());
  const auto seq = bench.say("lobby", "alice", "x").message->seq;
  bench.now -= std::chrono::hours{24 * 365};
  bench.reopen();
  CHECK(bench.say("lobby", "alice", "y").message->seq > seq);
}

TEST_CASE("one who comes with a number from another journal is told that something is missing") {
  Bench bench(on_disk());
  const auto seq = bench.say("lobby", "alice", "x").message->seq;
  CHECK(bench.read({.room = "lobby", .after = seq - 1'000'000, .limit = 10}).dropped);
  CHECK(bench.read({.room = "lobby", .after = seq + 1'000'000'000, .limit = 10}).dropped);
  CHECK_FALSE(bench.read({.room = "lobby", .limit = 10}).dropped);
}

TEST_CASE("ids of dropped messages are known over a restart, for as long as they must be") {
  auto settings = on_disk();
  settings.keep_messages = 5;
  Bench bench(settings);
  const auto first = bench.say("lobby", "alice", "hello", "x").message;
  for (int i = 0; i < 50; ++i) bench.append("lobby", "bob", std::to_string(i));
  bench.turn();
  bench.reopen();
  CHECK(bench.read({.room = "lobby", .limit = 100}).messages.size() == 5);
  auto again = bench.say("lobby", "alice", "hello", "x");
  CHECK(again.outcome == Outcome::repeated);
  CHECK(again.message->seq == first->seq);

  for (std::size_t i = 0; i < protocol::dedupe_messages; ++i) bench.append("lobby", "bob", "more");
  bench.turn();
  bench.now += protocol::dedupe_age + std::chrono::minutes{2};
  bench.turn();
  bench.reopen();
  CHECK(bench.say("lobby", "alice", "hello", "x").outcome == Outcome::stored);
  Database journal(sqlite::journal_file(bench.directory()), Database::Access::read);
  CHECK(journal.number("SELECT count(*) FROM forgotten_id") <= 6);
}

TEST_CASE("ids of a former life of a room are forgotten over a restart, too") {
  auto settings = on_disk();
  settings.keep_messages = 2;
  Bench bench(settings);
  bench.say("lobby", "alice", "hello", "x");
  for (int i = 0; i < 5; ++i) bench.say("lobby", "alice", "more", "y" + std::to_string(i));
  bench.set("lobby", "alice", "closed", "1");
  bench.set("lobby", "alice", "closed", "");
  bench.say("lobby", "alice", "new", "z");
  bench.reopen();
  CHECK(bench.say("lobby", "alice", "new", "z").outcome == Outcome::repeated);
  CHECK(bench.say("lobby", "alice", "hello", "x").outcome == Outcome::stored);  // dropped by then
  CHECK(bench.say("lobby", "alice", "more", "y4").outcome == Outcome::stored);  // kept by then
  bench.set("lobby", "alice", "closed", "1");
  bench.turn();
  bench.reopen();
  CHECK(bench.say("lobby", "alice", "new", "z").outcome == Outcome::stored);
}

TEST_CASE("a stricter retention is carried out bit by bit, and batches go on meanwhile") {
  Bench bench(on_disk());
  for (int i = 0; i < 3000; ++i) bench.append("lobby", "alice", std::to_string(i));
  bench.turn();
  auto settings = on_disk();
  settings.keep_messages = 100;
  settings.grace = std::chrono::seconds{0};
  bench.journal().configure(settings);
  bench.say("lobby", "alice", "the newest");
  bench.now += std::chrono::seconds{2};
  bench.turn();
  const auto page = bench.read({.room = "lobby", .limit = 5000});
  CHECK(page.messages.size() == 100);
  CHECK(page.messages.back()->text == "the newest");
  CHECK(page.dropped);
}

TEST_CASE("a room on disk of which nothing is left is forgotten, but not that it has lost something") {
  auto settings = on_disk();
  settings.keep_age = std::chrono::hours{1};
  Bench bench(settings);
  const auto last = bench.say("lobby", "alice", "x", "an id").message->seq;
  bench.now += std::chrono::hours{2};
  bench.turn();
  bench.now += std::chrono::seconds{2};
  bench.turn();
  CHECK(bench.journal().tail("lobby").last == 0);
  CHECK(bench.journal().room_count() == 0);
  bench.reopen();
  CHECK(bench.read({.room = "lobby", .limit = 10}).dropped);
  CHECK(bench.say("lobby", "alice", "y").message->seq > last);
  CHECK_FALSE(bench.read({.room = "lobby", .after = last, .limit = 10}).dropped);
}

TEST_CASE("while a batch is under way the next one gathers, up to a bound") {
  Bench bench(on_disk());
  bench.append("lobby", "alice", "first");
  bench.journal().commit(bench.moment());
  for (int i = 0; !bench.journal().full(); ++i) {
    REQUIRE(i < 1'000'000);
    bench.append("lobby", "alice", "x");
  }
  bench.turn();
  CHECK_FALSE(bench.journal().full());
  REQUIRE(bench.delivered.size() == bench.tickets);
  CHECK(bench.tickets > 1000);
  CHECK(bench.batches.size() <= 2);
  CHECK(bench.batches.back().size() > 1000);
  for (std::size_t i = 0; i < bench.delivered.size(); ++i) REQUIRE(bench.delivered[i].ticket == i + 1);
}

namespace {

/// A loop that is late for "first", while "second" has gathered; again and again, until the two have come as
/// one: now and then they do not, because the thread that writes was kept from saying that it has written.
void late_until_gathered(const std::function<void(Bench&, int)>& after_turn,
                         const std::function<void(Bench&)>& look) {
  for (int tries = 0; tries < 50; ++tries) {
    Bench bench(on_disk());
    bench.say("lobby", "alice", "before");
    bench.batches.clear();
    bench.append("lobby", "alice", "first");
    bench.journal().commit(bench.moment());
    be_late_for(bench.directory(), "first");
    bench.append("lobby", "bob", "second");
    int turns = 0;
    bench.on_turn = [&] { after_turn(bench, ++turns); };
    bench.settle();
    bench.on_turn = nullptr;
    REQUIRE_FALSE(bench.batches.empty());
    if (bench.batches[0].size() < 2) continue;
    look(bench);
    return;
  }
  FAIL("they never came as one");
}

}  // namespace

TEST_CASE("a loop that is late gets two batches as one, and never three") {
  late_until_gathered(
      [](Bench& bench, int turn) {
        if (turn != 1) return;
        be_late_for(bench.directory(), "second");
        bench.append("lobby", "carol", "third");
      },
      [](const Bench& bench) {
        REQUIRE(bench.batches.size() == 2);
        REQUIRE(bench.batches[0].size() == 2);
        CHECK(bench.batches[0][1].message->text == "second");
        CHECK(bench.batches[1][0].message->text == "third");
      });
}

TEST_CASE("a loop that is on time gets each batch by itself") {
  bool apart = false;
  for (int tries = 0; !apart && tries < 50; ++tries) {
    Bench bench(on_disk());
    bench.append("lobby", "alice", "first");
    bench.journal().commit(bench.moment());
    bench.append("lobby", "bob", "second");
    bench.settle();
    REQUIRE(bench.delivered.size() == 2);
    apart = bench.batches.size() == 2;
  }
  CHECK(apart);
}

TEST_CASE("stopping while one batch waits for another delivers both, in order") {
  bool done = false;
  late_until_gathered(
      [&](Bench& bench, int turn) {
        if (turn == 1) bench.journal().stop(bench.now, [&] { done = true; });
      },
      [&](const Bench& bench) {
        REQUIRE(bench.delivered.size() == 3);
        CHECK(bench.delivered[1].message->text == "first");
        CHECK(bench.delivered[2].message->text == "second");
        CHECK(done);
      });
}

TEST_CASE("what retention drops while a batch waits is learned after it") {
  late_until_gathered(
      [&](Bench& bench, int turn) {
        if (turn == 1) bench.now += std::chrono::seconds{2};
      },
      [&](Bench& bench) {
        CHECK(bench.journal().tail("lobby").last == bench.delivered.back().message->seq);
        CHECK(bench.journal().tail("lobby").kept);
      });
}

TEST_CASE("the log is moved into the database as it grows, and emptied when it is quiet") {
  Bench bench(on_disk());
  const auto log = sqlite::journal_file(bench.directory()) + "-wal";
  std::uintmax_t largest = 0;
  for (int batch = 0; batch < 100; ++batch) {
    for (int i = 0; i < 200; ++i) bench.append("lobby", "alice", std::string(1000, 'x'));
    bench.turn();
    largest = std::max(largest, std::filesystem::file_size(log));
  }
  CHECK(largest > std::uintmax_t{1} << 20U);
  CHECK(largest < std::uintmax_t{8} << 20U);    // 20 MB were written
  for (int second = 0; second < 2; ++second) {  // of which the second is a quiet one
    bench.now += std::chrono::seconds{1};
    bench.turn();
  }
  CHECK(std::filesystem::file_size(log) == 0);
}

TEST_CASE("a second daemon on the same state directory is turned away") {
  Bench bench(on_disk());
  bench.say("lobby", "alice", "x");
  const auto why = refusal(bench.directory());
  CHECK(why.find("in use by another hubbubd") != std::string::npos);
  CHECK(why.find(bench.directory()) != std::string::npos);
  CHECK(bench.say("lobby", "alice", "y").outcome == Outcome::stored);
}

TEST_CASE("a state directory is made with all that leads to it, for this user alone") {
  const test::TemporaryDirectory directory;
  auto settings = on_disk();
  settings.directory = (directory.path() / "a" / "b").string();
  Bench bench(settings);
  bench.say("lobby", "alice", "x");
  const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  for (const auto* name : {"", "journal.sqlite3", "journal.sqlite3-wal", "hubbubd.lock"}) {
    CAPTURE(name);
    const auto mode = std::filesystem::status(std::filesystem::path(settings.directory) / name).permissions();
    CHECK((mode & others) == std::filesystem::perms::none);
  }
}

TEST_CASE("a state directory that is a file is told to be one") {
  const Written written(1);
  CHECK(refusal(written.journal()) ==
        "the state directory " + written.journal() + " is no directory; name another with --state-dir");
}

TEST_CASE("a damaged journal is refused with what to do, and left as it is") {
  const Written written(200);
  std::string bytes = test::bytes_of(written.journal());
  SECTION("a header that is none") { bytes.replace(0, 16, "nothing of ours!"); }
  SECTION("half of it") { bytes.resize(bytes.size() / 2); }
  SECTION("zeros in the midst") { bytes.replace(bytes.size() / 3, 8192, std::string(8192, '\0')); }
  std::ofstream(written.journal(), std::ios::binary | std::ios::trunc) << bytes;
  const auto why = refusal(written.directory.path().string());
  CHECK(why.find(written.journal()) != std::string::npos);
  CHECK(why.find("damaged") != std::string::npos);
  CHECK(why.find("backup") != std::string::npos);
  CHECK(why.find('\n') == std::string::npos);
  CHECK(test::bytes_of(written.journal()) == bytes);
}

TEST_CASE("what is no journal, or one from the future, is refused and left as it is") {
  const Written written(5);
  std::string wanted;
  SECTION("somebody else's database") {
    Database(written.journal(), Database::Access::write).execute("PRAGMA application_id = 7");
    wanted = "is not a journal of hubbubd";
  }
  SECTION("from a later program") {
    Database(written.journal(), Database::Access::write).execute("PRAGMA user_version = 1000");
    wanted = "was written by a later hubbubd";
  }
  CHECK(refusal(written.directory.path().string()).find(wanted) != std::string::npos);
}

}  // namespace hubbub::journal
