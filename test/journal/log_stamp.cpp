// A write-ahead log that does not belong to the journal beside it, and those that do.
#include "server/journal/sqlite/log_stamp.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/journal/bench.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

/// What a sudden end would leave of a journal.
struct Image {
  explicit Image(const Bench& bench) : Image(fs::path(bench.directory())) {}
  explicit Image(const fs::path& state) {
    for (const char* name : {"journal.sqlite3", "journal.sqlite3-wal"}) {
      if (fs::exists(state / name)) fs::copy_file(state / name, directory.path() / name);
    }
  }
  std::string journal() const { return sqlite::journal_file(directory.path().string()); }
  void take_journal_of(const fs::path& other) const {
    fs::copy_file(other, journal(), fs::copy_options::overwrite_existing);
  }

  test::TemporaryDirectory directory;
};

/// Why an engine does not start on it; "" when it does.
std::string refusal(const Image& image) {
  const auto journal = test::bytes_of(image.journal());
  const auto log = test::bytes_of(image.journal() + "-wal");
  auto settings = on_disk();
  settings.directory = image.directory.path().string();
  boost::asio::io_context loop;
  const auto engine =
      make_journal(settings, {.wall = protocol::Timestamp(std::chrono::hours{500'000})}, loop);
  if (engine) return "";
  CHECK(test::bytes_of(image.journal()) == journal);
  CHECK(test::bytes_of(image.journal() + "-wal") == log);
  return engine.error().text;
}

/// It is quiet for so long that the log is emptied; what is said then begins another.
void be_quiet(Bench& bench) {
  for (int second = 0; second < 3; ++second) bench.later(1s);
}

}  // namespace

TEST_CASE("a log beside a backup is refused, and both stay as they are") {
  Bench bench(on_disk());
  bench.say("lobby", "alice", "one");
  const test::TemporaryDirectory folder;
  const auto backup = (folder.path() / "backup").string();
  {
    sqlite::Database journal(sqlite::journal_file(bench.directory()), sqlite::Database::Access::read);
    sqlite::Statement(journal, "VACUUM INTO ?").run(backup);
  }
  bench.say("lobby", "alice", "two");
  const Image image(bench);
  image.take_journal_of(backup);
  const auto sentence = refusal(image);
  CHECK_THAT(sentence, ContainsSubstring("journal.sqlite3-wal does not belong to"));
  CHECK_THAT(sentence, ContainsSubstring("hubbubd restore"));
  fs::remove(image.journal() + "-wal");
  CHECK(refusal(image).empty());
}

TEST_CASE("a log without a journal is refused: SQLite would remove it") {
  Bench bench(on_disk());
  bench.say("lobby", "alice", "one");
  const Image image(bench);
  fs::remove(image.journal());
  CHECK_THAT(refusal(image), ContainsSubstring("does not belong to"));
  CHECK_FALSE(fs::exists(image.journal()));
}

TEST_CASE("a log beside a copy of the journal's file from an earlier time is refused") {
  Bench bench(on_disk());
  bench.say("lobby", "alice", "one");
  bench.reopen();  // so that all is in the file
  const Image copy(bench);
  bench.say("lobby", "alice", "two");
  SECTION("but not the first log that began with that copy: it has all that came after") {
    const Image image(bench);
    image.take_journal_of(copy.journal());
    CHECK(refusal(image).empty());
  }
  SECTION("after a quiet moment") {
    be_quiet(bench);
    bench.say("lobby", "alice", "three");
    be_quiet(bench);
    bench.say("lobby", "alice", "four");
  }
  SECTION("after so much that the log has begun anew while it was busy") {
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 3000; ++i) bench.append("lobby", "alice", std::string(2000, 'x'));
      bench.turn();
    }
    bench.say("lobby", "alice", "the last");
  }
  SECTION("after other starts") {
    bench.reopen();
    bench.reopen();
    bench.say("lobby", "alice", "three");
  }
  if (bench.delivered.size() <= 2) return;
  const Image image(bench);
  REQUIRE(sqlite::has_log(image.journal()));
  image.take_journal_of(copy.journal());
  CHECK_THAT(refusal(image), ContainsSubstring("does not belong to"));
}

TEST_CASE("the log of another journal is refused") {
  Bench bench(on_disk());
  Bench other(on_disk());
  for (auto* const one : {&bench, &other}) {
    one->say("lobby", "alice", "one");
    one->reopen();
    one->say("lobby", "alice", "two");
  }
  const Image image(bench);
  image.take_journal_of(sqlite::journal_file(other.directory()));
  CHECK_THAT(refusal(image), ContainsSubstring("does not belong to"));
}

TEST_CASE("the log of another journal is refused beside one that was only just made") {
  Bench bench(on_disk());
  Bench other(on_disk());
  other.say("lobby", "alice", "other");
  const Image image(other);
  SECTION("as it was made") {}
  SECTION("when something was said") { bench.say("lobby", "alice", "one"); }
  image.take_journal_of(sqlite::journal_file(bench.directory()));
  CHECK_THAT(refusal(image), ContainsSubstring("does not belong to"));
}

TEST_CASE("what is no log at all is refused by its name") {
  Bench bench(on_disk());
  bench.say("lobby", "alice", "one");
  const auto much = GENERATE(false, true);
  if (much) be_quiet(bench);
  const Image image(bench);
  std::ofstream(image.journal() + "-wal") << std::string(5000, 'x');
  CHECK_THAT(refusal(image), ContainsSubstring("journal.sqlite3-wal is not a write-ahead log"));
}

TEST_CASE("whatever a sudden end leaves belongs together, over many starts and logs") {
  auto settings = on_disk();
  Bench bench(settings);
  int images = 0;
  const auto look = [&] {
    CHECK(refusal(Image(bench)).empty());
    ++images;
  };
  for (int round = 0; round < 12; ++round) {
    look();
    for (int i = 0; i < 400 * (round % 4); ++i) bench.append("lobby", "alice", std::string(2000, 'x'));
    bench.turn();
    look();
    bench.set_topic("den", "alice", std::to_string(round));
    bench.turn();
    bench.journal().occupy("den");
    bench.journal().abandon("den");
    bench.settle();
    look();
    if (round % 3 == 1) be_quiet(bench);
    look();
    settings.keep_messages = 100 + static_cast<std::size_t>(round);
    if (round % 5 == 2) bench.reopen(settings);
  }
  CHECK(images == 48);
}

TEST_CASE("a start on what a sudden end has left, again and again, is no reason to refuse it") {
  Bench bench(on_disk());
  bench.say("lobby", "alice", "one");
  auto state = std::make_unique<Image>(bench);
  for (int start = 0; start < 6; ++start) {
    auto settings = on_disk();
    settings.directory = state->directory.path().string();
    Bench next(settings);
    CHECK(next.history("lobby").size() == static_cast<std::size_t>(start) + 1);
    next.now += 1h * (start + 1);
    next.say("lobby", "alice", "more");
    if (start % 2 == 1) be_quiet(next);
    state = std::make_unique<Image>(next);
  }
  CHECK(refusal(*state).empty());
}

}  // namespace hubbub::journal
