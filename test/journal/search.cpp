#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/journal/sqlite/search_index.hpp"
#include "server/journal/words.hpp"
#include "test/journal/disk.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::journal::sqlite {
namespace {

using Texts = std::vector<std::string>;
namespace fs = std::filesystem;

constexpr std::size_t plenty = 1000;

/// A journal whose every row is in the test's hands, and an index of it.
class Library {
 public:
  explicit Library(const fs::path& directory)
      : journal_path_((directory / "journal.sqlite3").string()),
        index_path_((directory / "search.sqlite3").string()),
        journal_(journal_path_, Database::Access::create) {
    prepare_to_write(journal_, Sync::off);
    open();
  }

  void open() {
    index_.reset();
    index_ = std::make_unique<SearchIndex>(journal_path_, index_path_);
  }
  void close() { index_.reset(); }

  SearchIndex& index() { return *index_; }
  Database& journal() { return journal_; }
  const std::string& path() const { return index_path_; }

  /// What is said in a room that is named for its number. Returns its seq.
  std::uint64_t say(std::int64_t room, const std::string& text, bool noted = true,
                    const std::string& name = "ann") {
    const auto key = "r" + std::to_string(room);
    Statement(journal_, "INSERT OR IGNORE INTO room(id, key, name) VALUES (?, ?, ?)")
        .run(room, key, "R" + key);
    const auto which = std::to_string(room);
    const auto ordinal =
        1 + number("SELECT max(ordinal, ifnull((SELECT m.ordinal FROM message m WHERE m.room = " + which +
                   " ORDER BY m.seq DESC LIMIT 1), 0)) FROM room WHERE id = " + which);
    seq_ += 1 + random_() % 1'000'000;
    Statement(journal_,
              "INSERT INTO message(room, seq, ordinal, time, name, text, kind) VALUES (?, ?, ?, ?, ?, ?, 0)")
        .run(room, seq_, ordinal, std::int64_t{1'700'000'000'000} + ordinal, name, text);
    Statement(journal_, "UPDATE room SET last = ? WHERE id = ?").run(seq_, room);
    if (noted) index_->note(key);
    return seq_;
  }

  /// Retention: the oldest of a room go.
  void drop(std::int64_t room, std::int64_t count) {
    const auto which = std::to_string(room);
    const auto oldest = " FROM (SELECT seq, ordinal FROM message WHERE room = " + which +
                        " ORDER BY seq LIMIT " + std::to_string(count) + ")";
    const auto seq = number("SELECT ifnull(max(seq), 0)" + oldest);
    const auto ordinal = number("SELECT ifnull(max(ordinal), 0)" + oldest);
    journal_.execute("DELETE FROM message WHERE room = " + which + " AND seq <= " + std::to_string(seq));
    journal_.execute("UPDATE room SET dropped = max(dropped, " + std::to_string(seq) +
                     "), ordinal = max(ordinal, " + std::to_string(ordinal) + ") WHERE id = " + which);
  }

  void change(std::int64_t room, std::uint64_t seq, protocol::Change::What what) {
    Statement(journal_, "INSERT INTO change(room, seq, number, what, time, who) VALUES(?, ?, ?, ?, 0, 'ann')")
        .run(room, seq, ++seq_, static_cast<int>(what));
  }
  void delete_message(std::int64_t room, std::uint64_t seq) {
    change(room, seq, protocol::Change::What::deleted);
  }

  void index_all() {
    while (index_->index_some(plenty)) {
    }
  }

  Page search(const Query& query) {
    auto page = index_->search(query);
    REQUIRE(page.has_value());
    return std::move(page.value());
  }
  Texts found(std::int64_t room, const std::string& words, std::size_t limit = 100) {
    return texts(search({.room = "r" + std::to_string(room), .limit = limit, .search = words}));
  }
  static Texts texts(const Page& page) {
    Texts texts;
    for (const auto& message : page.messages) texts.push_back(message->text);
    return texts;
  }

  /// What a search should find, by reading everything.
  Page expected(const Query& query) {
    Page page;
    const auto room = query.room.substr(1);
    Statement all(journal_, "SELECT seq, text, lower(name) FROM message WHERE room = ? ORDER BY seq");
    const Matcher matcher(query.search);
    auto rows = all.query(std::int64_t{std::stoi(room)});
    while (rows.next()) {
      protocol::Message message;
      message.seq = static_cast<std::uint64_t>(rows.number(0));
      message.text = rows.text(1);
      const bool within = message.seq > query.after && message.seq < query.before;
      const bool theirs = query.from.empty() || query.from == rows.text(2);
      if (within && theirs && (query.search.empty() || matcher.matches(message.text)))
        page.messages.push_back(std::make_shared<const protocol::Message>(message));
    }
    page.more = page.messages.size() > query.limit;
    if (query.count) page.found = page.messages.size();
    if (!page.more) return page;
    const auto surplus = static_cast<std::ptrdiff_t>(page.messages.size() - query.limit);
    auto& messages = page.messages;
    query.newest ? messages.erase(messages.begin(), messages.begin() + surplus)
                 : messages.erase(messages.end() - surplus, messages.end());
    return page;
  }

  /// How many texts with that word are in the index.
  std::int64_t indexed(const std::string& word) const {
    return Database(index_path_, Database::Access::read)
        .number("SELECT count(*) FROM word WHERE word MATCH '" + word + "'");
  }

  std::int64_t number(const std::string& sql) { return journal_.number(sql); }

 private:
  std::string journal_path_;
  std::string index_path_;
  Database journal_;
  std::unique_ptr<SearchIndex> index_;
  std::uint64_t seq_ = 1'795'228'910'925'002;
  std::mt19937_64 random_{7};
};

/// Brings everything into the one file, which nobody has open.
std::uintmax_t settled_size(const std::string& path) {
  Database database(path, Database::Access::write);
  database.number("SELECT count(*) FROM sqlite_schema");  // SQLite looks into a file when it has to
  REQUIRE(database.checkpoint(true));
  return fs::file_size(path);
}

struct Stage {
  test::TemporaryDirectory directory;
  Library library{directory.path()};
};

}  // namespace

TEST_CASE("what is looked for is found, whole messages in order") {
  Stage stage;
  auto& library = stage.library;
  library.say(1, "Зелёный чай");
  library.say(1, "black coffee");
  library.say(2, "зеленый чай elsewhere");
  library.say(1, "чай, и ещё чайник");
  if (GENERATE(false, true)) library.index_all();
  const auto page = library.search({.room = "r1", .limit = 10, .search = "чай"});
  REQUIRE(Library::texts(page) == Texts{"Зелёный чай", "чай, и ещё чайник"});
  CHECK_FALSE(page.more);
  CHECK_FALSE(page.dropped);
  CHECK(page.messages[0]->room == "Rr1");
  CHECK(page.messages[0]->from == "ann");
  CHECK(page.messages[0]->seq < page.messages[1]->seq);
  CHECK(page.messages[0]->time.time_since_epoch().count() == 1'700'000'000'001);
  CHECK(library.found(1, "зеленый ЧАЙ") == Texts{"Зелёный чай"});
  CHECK(library.found(1, "tea").empty());
  CHECK(library.found(3, "чай").empty());
  const auto nothing = library.index().search({.room = "r1", .limit = 10, .search = " - "});
  REQUIRE(nothing.has_error());
  CHECK(nothing.error().code == protocol::Code::bad_request);
}

TEST_CASE("what is deleted is not found, counted or indexed, whether it was indexed before") {
  Stage stage;
  auto& library = stage.library;
  const auto gone_before = library.say(1, "tea gone");
  library.say(1, "tea stays");
  const auto gone_after = library.say(1, "tea leaves");
  library.say(1, "tea stays, too");
  const auto not_indexed = [&] { return library.say(1, "tea unread", false); };
  library.delete_message(1, gone_before);
  library.index_all();
  CHECK(library.indexed("gone") == 0);
  CHECK(library.indexed("leaves") == 1);
  library.delete_message(1, gone_after);
  library.delete_message(1, not_indexed());
  for (const bool newest : {true, false}) {
    for (const auto& query : {Query{.search = "tea"}, Query{.from = "ann"}}) {
      const auto page = library.search({.room = "r1",
                                        .limit = 2,
                                        .newest = newest,
                                        .search = query.search,
                                        .from = query.from,
                                        .count = true});
      CHECK(Library::texts(page) == Texts{"tea stays", "tea stays, too"});
      CHECK(page.found == 2);
      CHECK_FALSE(page.more);
    }
  }
  CHECK(library.found(1, "gone").empty());
  // An edit leaves a message to be found.
  library.change(1, library.say(1, "tea again"), protocol::Change::What::edited);
  CHECK(library.found(1, "again") == Texts{"tea again"});
  library.index_all();
  CHECK(library.found(1, "again") == Texts{"tea again"});
}

TEST_CASE("a search sees everything, however little of it is indexed") {
  Stage stage;
  auto& library = stage.library;
  Texts all;
  for (int i = 0; i < 30; ++i) {
    all.push_back("tea " + std::to_string(i));
    library.say(1, all.back());
    library.say(2, "tea of others");
    CHECK(library.found(1, "tea") == all);
    if (i % 4 == 0) library.index().index_some(3);
  }
  library.index_all();
  CHECK_FALSE(library.index().is_behind());
  CHECK(library.found(1, "tea") == all);
}

TEST_CASE("whatever is said, dropped, indexed and opened again, a search finds what is there") {
  Stage stage;
  auto& library = stage.library;
  test::Dice dice(20261121);
  const Texts words = {"tea", "teapot", "green", "Ёлка", "елки", "你好", "世界", "好世", "👍", "x"};
  std::vector<std::uint64_t> seqs{0};
  for (int step = 0; step < 3000; ++step) {
    const auto room = static_cast<std::int64_t>(1 + dice.below(4));
    const auto what = dice.below(100);
    if (what < 60) {
      std::string text;
      for (auto count = dice.below(5); count-- > 0;)
        text += words[dice.below(words.size())] + (dice.below(3) == 0 ? "" : " ");
      seqs.push_back(library.say(room, text, dice.below(10) > 0, dice.below(3) == 0 ? "Bob" : "ann"));
    } else if (what < 70) {
      library.index().index_some(1 + dice.below(60));
    } else if (what < 72) {
      library.drop(room, static_cast<std::int64_t>(dice.below(40)));
    } else if (what < 73) {
      library.open();
    } else if (what < 74 && dice.below(4) == 0) {
      library.close();
      fs::remove(library.path());
      library.open();
    } else {
      Query query{
          .room = "r" + std::to_string(room), .limit = 1 + dice.below(20), .newest = dice.below(2) == 0};
      query.search = words[dice.below(words.size())];
      if (dice.below(3) == 0) query.search += " " + words[dice.below(words.size())];
      if (dice.below(3) == 0) query.from = "bob";
      if (!query.from.empty() && dice.below(3) == 0) query.search.clear();
      query.count = dice.below(2) == 0;
      if (dice.below(2) == 0) query.after = seqs[dice.below(seqs.size())];
      if (dice.below(2) == 0) query.before = seqs[dice.below(seqs.size())] + dice.below(2);
      const auto page = library.search(query);
      const auto expected = library.expected(query);
      CAPTURE(step, query.search, query.from, query.limit, query.newest);
      REQUIRE(Library::texts(page) == Library::texts(expected));
      REQUIRE(page.more == expected.more);
      REQUIRE(page.found == expected.found);
      for (std::size_t i = 0; i < page.messages.size(); ++i)
        REQUIRE(page.messages[i]->seq == expected.messages[i]->seq);
    }
  }
}

TEST_CASE("a hit is found however its numbers are spread") {
  Stage stage;
  auto& library = stage.library;
  Database& journal = library.journal();
  journal.execute("INSERT INTO room(id, key, name) VALUES (1, 'r1', 'r1')");
  Statement insert(journal,
                   "INSERT INTO message VALUES (1, ?, ?, 0, NULL, 'ann', ?, NULL, 0, NULL, NULL, NULL)");
  std::mt19937_64 random(1);
  std::uint64_t seq = 1;
  journal.execute("BEGIN");
  for (std::uint64_t ordinal = 1; ordinal <= 3000; ++ordinal) {
    // A burst, years of silence, and all between.
    seq += 1 + (random() >> (14 + random() % 50));
    insert.run(seq % (std::uint64_t{1} << 53U), ordinal, ordinal % 100 == 0 ? "needle" : "hay");
    if (seq > std::uint64_t{1} << 52U) break;
  }
  journal.execute("COMMIT");
  library.index_all();
  const Query query{.room = "r1", .limit = 100, .newest = GENERATE(false, true), .search = "needle"};
  CHECK(library.search(query).messages.size() == library.expected(query).messages.size());
  CHECK_FALSE(library.search(query).messages.empty());
}

TEST_CASE("the index is nobody else's to read") {
  Stage stage;
  auto& library = stage.library;
  library.say(1, "tea");
  library.index_all();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const auto mode = fs::status(library.path() + suffix).permissions();
    CHECK((mode & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
  }
}

TEST_CASE("an index that is damaged, of another kind or from another time is made anew") {
  Stage stage;
  auto& library = stage.library;
  for (int i = 0; i < 2000; ++i) library.say(1, "tea " + std::to_string(i));
  library.index_all();
  library.close();
  const auto size = settled_size(library.path());
  const std::string how = GENERATE("garbage", "holes", "a hole", "another", "version", "empty");
  CAPTURE(how);
  if (how == "garbage") {
    std::ofstream(library.path()) << std::string(100'000, 'x');
  } else if (how == "holes" || how == "a hole") {
    std::fstream file(library.path(), std::ios::in | std::ios::out | std::ios::binary);
    for (std::uint64_t at = how == "holes" ? 4096 : size - 8192; at < size; at += 4096) {
      file.seekp(static_cast<std::streamoff>(at));
      file << std::string(2048, '\x5A');
    }
  } else if (how == "another") {
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(library.path() + suffix);
    Database(library.path(), Database::Access::create).execute("CREATE TABLE notes(text)");
  } else if (how == "version") {
    Database(library.path(), Database::Access::write).execute("PRAGMA user_version = 999");
  } else {
    std::ofstream(library.path()) << "";
  }
  library.open();
  CHECK(library.found(1, "tea 1999") == Texts{"tea 1999"});
  library.say(1, "new tea");
  CHECK(library.found(1, "new") == Texts{"new tea"});
  for (int times = 0; times < 20 && library.index().is_behind(); ++times) library.index().index_some(plenty);
  CHECK_FALSE(library.index().is_behind());
  CHECK(library.found(1, "tea", 3000).size() == 2001);
  library.close();
  CHECK(Database(library.path(), Database::Access::read).text("PRAGMA integrity_check") == "ok");
}

TEST_CASE("where there can be no index, a search reads the journal") {
  Stage stage;
  auto& library = stage.library;
  library.close();
  fs::create_directory(library.path());
  fs::create_directory(library.path() + "/in the way");
  library.open();
  library.say(1, "tea");
  CHECK_FALSE(library.index().index_some(plenty));
  CHECK(library.found(1, "tea") == Texts{"tea"});
  fs::remove_all(library.path());
  CHECK_FALSE(library.index().index_some(plenty));
  CHECK_FALSE(library.index().is_behind());
  CHECK(library.found(1, "tea") == Texts{"tea"});
}

TEST_CASE("a full disk stops the indexing, and nothing else") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  Library library(directory.path());
  for (int i = 0; i < 3000; ++i) library.say(1, "tea " + std::to_string(i));
  library.index().index_some(500);
  disk.limit(disk.used());
  CHECK_FALSE(library.index().index_some(plenty));
  CHECK(library.index().is_behind());
  CHECK(library.found(1, "tea", 5000).size() == 3000);
  CHECK(library.found(1, "2999") == Texts{"tea 2999"});
  disk.unlimit();
  library.index_all();
  CHECK_FALSE(library.index().is_behind());
  CHECK(library.found(1, "tea", 5000).size() == 3000);
}

TEST_CASE("a journal that lost its newest messages, or came out of a backup, is searched as it is") {
  Stage stage;
  auto& library = stage.library;
  for (int i = 0; i < 100; ++i) library.say(1, "tea " + std::to_string(i));
  library.index_all();
  library.close();
  const bool at_once = GENERATE(false, true);
  library.journal().execute("DELETE FROM message WHERE ordinal > 60");
  if (at_once) library.open();
  if (!at_once) {
    library.open();
    library.index_all();
  }
  for (int i = 60; i < 90; ++i) library.say(1, "coffee " + std::to_string(i));
  CHECK(library.found(1, "tea").size() == 60);
  CHECK(library.found(1, "coffee").size() == 30);
  library.index_all();
  CHECK(library.found(1, "tea").size() == 60);
  CHECK(library.found(1, "coffee").size() == 30);
  CHECK(library.found(1, "coffee 75") == Texts{"coffee 75"});
}

TEST_CASE("a room that is forgotten leaves nothing to be found in the next of its number") {
  Stage stage;
  auto& library = stage.library;
  for (int i = 0; i < 20; ++i) library.say(1, "tea " + std::to_string(i));
  library.index_all();
  library.journal().execute("DELETE FROM message");
  library.journal().execute("DELETE FROM room");
  CHECK(library.found(1, "tea").empty());
  library.say(1, "coffee");
  CHECK(library.found(1, "tea").empty());
  CHECK(library.found(1, "coffee") == Texts{"coffee"});
  library.index_all();
  CHECK(library.found(1, "tea").empty());
  CHECK(library.found(1, "coffee") == Texts{"coffee"});
}

TEST_CASE("an index of which most is gone is made anew") {
  Stage stage;
  auto& library = stage.library;
  library.journal().execute("BEGIN");
  for (int i = 0; i < 12'000; ++i) library.say(1, "some words of green tea " + std::to_string(i));
  library.journal().execute("COMMIT");
  library.index_all();
  library.drop(1, 11'000);
  library.close();
  const auto before = settled_size(library.path());
  library.open();
  library.index_all();
  CHECK(library.found(1, "green", 5000).size() == 1000);
  library.close();
  CHECK(settled_size(library.path()) < before / 2);
}

}  // namespace hubbub::journal::sqlite
