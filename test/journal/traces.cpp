// What was deleted, or edited away, is in no file of the journal on disk: after an orderly end, and soon
// while it goes on, whatever happened before.
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/journal/bench.hpp"
#include "test/journal/disk.hpp"
#include "test/journal/killed.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A word that stands nowhere else: of letters, since FTS5 shares beginnings among words that follow each
/// other.
std::string word(std::size_t number) {
  std::string text = "qz";
  for (int i = 0; i < 6; ++i, number /= 20) text += static_cast<char>('a' + (number * 7 + 3) % 20);
  return text + "zq";
}

/// Which of the words stand in a file of the directory, and where.
std::vector<std::string> traces(const fs::path& directory, const std::vector<std::string>& words) {
  std::vector<std::string> found;
  for (const auto& each : fs::recursive_directory_iterator(directory)) {
    const auto bytes = test::bytes_of(each.path());
    for (auto at = bytes.find("qz"); at != std::string::npos; at = bytes.find("qz", at + 1)) {
      const auto text = bytes.substr(at, 10);
      if (std::find(words.begin(), words.end(), text) != words.end())
        found.push_back(each.path().filename().string() + ": " + text);
    }
  }
  return found;
}

void stop(Bench& bench) {
  bool done = false;
  bench.journal().stop(bench.now, [&] { done = true; });
  bench.settle();
  REQUIRE(done);
}

/// An evening with edits and deletions in several rooms, with texts short and long.
struct Evening {
  explicit Evening(Bench& journal) : bench(journal) {}

  void say(int count) {
    for (int i = 0; i < count; ++i) {
      const auto room = "room" + std::to_string(random() % 6);
      const auto text = word(++number);
      const std::array<std::size_t, 6> lengths{0, 20, 60, 200, 900, 3500};
      bench.append(room, "alice", text + ' ' + std::string(lengths.at(random() % 6), 'x') + ' ' + text,
                   random() % 3 == 0 ? "id" + std::to_string(number) : "");
      if (random() % 10 == 0) turn();
    }
    turn();
  }
  void turn() {
    const auto from = bench.delivered.size();
    auto next = number_delivered;
    bench.turn();
    for (auto i = from; i < bench.delivered.size(); ++i) {
      const auto& committed = bench.delivered[i];
      if (committed.message) said.push_back({committed.room, committed.message->seq, word(++next)});
    }
    number_delivered = next;
  }
  /// Edits or deletes so many, of the newest or of all.
  void change(int count) {
    for (int i = 0; i < count && said.size() > 10; ++i) {
      const auto among = random() % 2 == 0 ? std::min<std::size_t>(said.size(), 40) : said.size();
      const auto at = said.size() - 1 - random() % among;
      gone.push_back(said[at].word);
      if (random() % 2 == 0) {
        bench.erase(said[at].room, {said[at].seq});
        said.erase(said.begin() + static_cast<std::ptrdiff_t>(at));
      } else {
        // Words of edits are counted from far above those that are said.
        said[at].word = word(1'000'000 + ++edits);
        bench.edit(said[at].room, said[at].seq, said[at].word + std::string(random() % 100, 'y'));
      }
    }
    bench.turn();
  }

  struct Said {
    std::string room;
    std::uint64_t seq;
    std::string word;
  };
  Bench& bench;
  std::mt19937 random{7};  // NOLINT(cert-msc51-cpp): the same every time
  std::size_t number = 0;
  std::size_t number_delivered = 0;
  std::size_t edits = 0;
  std::vector<Said> said;
  std::vector<std::string> gone;
};

}  // namespace

TEST_CASE("after an orderly end nothing of what was changed is in any file") {
  const bool is_indexed = GENERATE(true, false);
  auto settings = on_disk();
  settings.sync = Sync::off;
  Bench bench(settings);
  Evening evening(bench);
  for (int round = 0; round < 8; ++round) {
    evening.say(600);
    if (is_indexed) bench.later(2s);
    evening.change(60);
  }
  evening.change(5);
  REQUIRE(evening.gone.size() == 485);
  std::vector<std::string> kept;
  for (const auto& one : evening.said) kept.push_back(one.word);
  stop(bench);
  CHECK(traces(bench.directory(), evening.gone).empty());
  CHECK(traces(bench.directory(), kept).size() >= kept.size());  // else nothing would be proved
  bench.reopen();
  for (int round = 0; round < 3; ++round) bench.later(2s);
  const auto& one = evening.said.back();
  CHECK(bench.read({.room = one.room, .limit = 2, .search = one.word}).messages.size() == 1);
  CHECK(traces(bench.directory(), evening.gone).empty());
}

TEST_CASE("it is gone from all files soon, while the journal goes on") {
  auto settings = on_disk();
  settings.sync = Sync::off;
  Bench bench(settings);
  Evening evening(bench);
  evening.say(4000);
  for (int round = 0; round < 8; ++round) bench.later(2s);
  evening.change(40);
  evening.say(20);
  // As the loop's timer does: each look is a second of the journal's own time, in which all work is waited
  // for.
  int seconds = 0;
  const auto start = std::chrono::steady_clock::now();
  while (!traces(bench.directory(), evening.gone).empty() && seconds < 10) {
    bench.later(1s);
    ++seconds;
  }
  CHECK(seconds <= 3);
  CHECK(std::chrono::steady_clock::now() - start < 20s);
  CHECK(traces(bench.directory(), evening.gone).empty());
  for (const auto i : {std::size_t{0}, evening.said.size() / 2, evening.said.size() - 1}) {
    const auto& one = evening.said[i];
    CHECK(bench.read({.room = one.room, .limit = 2, .search = one.word, .count = true}).found == 1U);
  }
}

TEST_CASE("what a sudden end has left of it is gone soon after the next start") {
  const test::TemporaryDirectory directory;
  const test::Disk disk(directory.path());
  auto settings = on_disk();
  settings.directory = directory.path().string();
  Bench bench(settings);
  Evening evening(bench);
  evening.say(500);
  bench.later(2s);
  std::size_t changed = 0;
  std::size_t looked = 0;
  const auto first = disk.position();
  evening.change(12);
  bench.later(2s);
  const auto last = disk.position();
  std::size_t with_traces = 0;
  constexpr std::size_t cuts = 25;
  for (std::size_t i = 0; i <= cuts; ++i) {
    const auto cut = first + (last - first) * i / cuts;
    CAPTURE(cut);
    const test::TemporaryDirectory left;
    test::write_killed(disk.records(), cut, left.path());
    with_traces += traces(left.path(), evening.gone).empty() ? 0 : 1;
    settings.directory = left.path().string();
    Bench again(settings, bench.now + 1s);
    const auto tail = again.journal().tail("room0");
    const bool is_changed = i == cuts;
    for (int second = 0; second < 4; ++second) again.later(1s);
    CHECK(again.journal().tail("room0").changed == tail.changed);
    // Either nothing had been stored yet, or all of it: it was one batch.
    std::vector<std::string> found;
    std::size_t hits = 0;
    for (int room = 0; room < 6; ++room) {
      const auto key = "room" + std::to_string(room);
      for (const auto& text : again.history(key)) found.push_back(text.substr(0, 10));
      for (const auto& word : evening.gone)
        hits += again.read({.room = key, .limit = 5, .search = word}).messages.size();
    }
    const auto is_there = [&](const std::string& word) {
      return std::find(found.begin(), found.end(), word) != found.end();
    };
    const auto there = std::count_if(evening.gone.begin(), evening.gone.end(), is_there);
    CHECK(static_cast<std::size_t>(there) == hits);
    if (is_changed) CHECK(there == 0);
    if (there == 0) {
      ++changed;
      CHECK(traces(left.path(), evening.gone).empty());
      for (const auto& one : evening.said) {
        if (is_there(one.word) && one.word.size() > 5 && ++looked % 50 == 0)
          CHECK(again.read({.room = one.room, .limit = 5, .search = one.word}).messages.size() == 1);
      }
    } else {
      CHECK(static_cast<std::size_t>(there) >= evening.gone.size() / 2);  // an edited word may be gone twice
    }
  }
  CHECK(with_traces > 0);
  CHECK(changed > 0);
}

TEST_CASE("SQLite leaves copies of rows between the rows of pages, and they are overwritten") {
  const test::TemporaryDirectory directory;
  const auto path = (directory.path() / "rows.sqlite3").string();
  sqlite::Database database(path, sqlite::Database::Access::create);
  database.execute(
      "PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
      "CREATE TABLE message(room, seq, text, PRIMARY KEY(room, seq)) WITHOUT ROWID");
  sqlite::Statement insert(database, "INSERT INTO message VALUES(?, ?, ?)");
  sqlite::Statement erase(database, "UPDATE message SET text = '' WHERE room = ? AND seq = ?");
  std::mt19937 random{3};  // NOLINT(cert-msc51-cpp): the same every time
  std::vector<std::string> gone;
  std::vector<std::pair<std::uint64_t, std::size_t>> rows;
  for (std::size_t i = 0; i < 12'000; ++i) {
    const std::array<std::size_t, 5> lengths{3, 60, 200, 900, 3000};
    const auto room = random() % 8;
    insert.run(room, i, word(i) + std::string(lengths.at(random() % 5), 'x'));
    rows.emplace_back(room, i);
    if (i % 3 != 0) continue;
    const auto at =
        rows.end() - 1 - static_cast<std::ptrdiff_t>(random() % std::min<std::size_t>(rows.size(), 50));
    erase.run(at->first, at->second);
    gone.push_back(word(at->second));
    rows.erase(at);
  }
  REQUIRE(database.checkpoint(true));
  REQUIRE_FALSE(traces(directory.path(), gone).empty());
  std::uint32_t page = 1;
  int steps = 0;
  while (page != 0) {
    const sqlite::Transaction nobody_writes(database);
    page = database.zero_gaps(page, 500);
    ++steps;
  }
  CHECK(steps > 2);
  CHECK(traces(directory.path(), gone).empty());
  CHECK(database.text("PRAGMA integrity_check") == "ok");
  CHECK(database.number("SELECT count(*) FROM message") == 12'000);
}

}  // namespace hubbub::journal
