#include "server/journal/sqlite/search_index.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "server/journal/sqlite/state_directory.hpp"
#include "server/journal/words.hpp"
#include "server/ops/log.hpp"

namespace hubbub::journal::sqlite {

namespace log = ops::log;

namespace {

constexpr std::int64_t application_id_of_index = 0x48756249;  // "HubI"
// Version of the tables, and of what index_form() makes of a text.
constexpr std::int64_t index_version = 1;

constexpr const char* tables = R"sql(
CREATE VIRTUAL TABLE word USING fts5(text, content='', columnsize=0, tokenize='ascii');
CREATE TABLE room(id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ordinal INTEGER NOT NULL, first INTEGER NOT NULL);
)sql";
constexpr const char* found =
    "SELECT rowid FROM word WHERE word MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid ";

constexpr std::size_t index_checkpoint_pages = 1000;
// Messages indexed until the next look at how much of the index retention has made useless.
constexpr std::size_t survey_interval = 65'536;
// An index of fewer messages is not worth making anew.
constexpr std::uint64_t small_index = 10'000;

/// Made, if it is not there, for this user alone: messages are private.
Database open_private(const std::string& path) {
  make_private_file(path);
  return {path, Database::Access::create};
}

}  // namespace

SearchIndex::Watched::Watched(SearchIndex& index, Database::Clock::time_point until)
    : index_(index),
      source_(index.source_.database(), *index.stop_, until),
      database_(index.database_, *index.stop_, until) {
  index_.watched_ = this;
}

SearchIndex::SearchIndex(const std::string& journal, std::string index)
    : source_(journal), path_(std::move(index)) {}

const std::atomic<bool> SearchIndex::never{false};

// --- the file

/// False: the index cannot be opened now.
bool SearchIndex::open() {
  for (bool again = false; !database_; again = true) {
    try {
      prepare();
    } catch (const DatabaseError& error) {
      close();
      if (again || !error.is_damaged()) {
        complain(error);
        return false;
      }
      log::warning("journal", "the search index is damaged and is made anew", {{"reason", error.what()}});
      throw_away();
    }
  }
  return true;
}

void SearchIndex::prepare() {
  database_ = open_private(path_);
  if (watched_ != nullptr) watched_->renew();
  bool is_new = database_.number("SELECT count(*) FROM sqlite_schema") == 0;
  const bool is_ours = database_.number("PRAGMA application_id") == application_id_of_index &&
                       database_.number("PRAGMA user_version") == index_version;
  if (!is_new && !is_ours) {
    throw_away();
    database_ = open_private(path_);
    if (watched_ != nullptr) watched_->renew();
    is_new = true;
  }
  // What a power cut takes of the index is indexed again.
  database_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  if (is_new) {
    Transaction transaction(database_);
    database_.execute(tables);
    database_.execute("PRAGMA application_id = " + std::to_string(application_id_of_index));
    database_.execute("PRAGMA user_version = " + std::to_string(index_version));
    transaction.commit();
  }
  insert_ = Statement(database_, "INSERT INTO word(rowid, text) VALUES (?, ?)");
  set_mark_ = Statement(database_, "REPLACE INTO room(id, seq, ordinal, first) VALUES (?, ?, ?, ?)");
  ascending_ = Statement(database_, std::string(found));
  descending_ = Statement(database_, std::string(found).append("DESC"));
  Statement marks(database_, "SELECT id, seq, ordinal, first FROM room");
  auto rows = marks.query();
  while (rows.next()) {
    marks_[rows.number(0)] = {.seq = rows.count(1), .ordinal = rows.count(2), .first = rows.count(3)};
  }
}

void SearchIndex::close() {
  for (auto* statement : {&insert_, &set_mark_, &ascending_, &descending_}) *statement = Statement();
  database_ = Database();
  marks_.clear();
  behind_.clear();
  surveyed_ = false;
}

void SearchIndex::throw_away() {
  close();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code ignored;  // opening the file reports it
    std::filesystem::remove(path_ + suffix, ignored);
  }
}

/// Logs the error once, until something has succeeded.
void SearchIndex::complain(const DatabaseError& error) {
  if (std::exchange(complained_, true)) return;
  log::warning("journal", "the search index cannot be kept; searching goes on without",
               {{"reason", error.what()}});
}

/// After an error of the index. Returns whether to go on at once.
bool SearchIndex::give_up(const DatabaseError& error) {
  surveyed_ = false;
  if (error.is_interrupted()) return false;
  if (!error.is_damaged()) {
    complain(error);
    return false;
  }
  log::warning("journal", "the search index is damaged and is made anew", {{"reason", error.what()}});
  throw_away();
  return !std::exchange(was_damaged_, true);
}

// --- what is to be taken in

void SearchIndex::note(const std::string& room) { noted_.insert(room); }

/// Compares the index with the journal, room by room.
void SearchIndex::survey() {
  const auto rooms = source_.rooms();
  if (is_mostly_gone(rooms)) {
    throw_away();
    if (!open()) return;
  }
  for (const auto& room : rooms) {
    if (room.id >= most_rooms) continue;
    if (const auto mark = marks_.find(room.id); mark != marks_.end() && !fits(room, mark->second))
      marks_.erase(mark);
    if (room.last > std::max(room.dropped, mark_of(room).seq)) behind_.insert(room.id);
  }
  surveyed_ = true;
  since_survey_ = 0;
}

/// Whether retention has dropped more than half of what is in the index.
bool SearchIndex::is_mostly_gone(const std::vector<SearchSource::Room>& rooms) const {
  std::uint64_t all = 0;
  for (const auto& [room, mark] : marks_) all += mark.ordinal + 1 - std::min(mark.first, mark.ordinal);
  std::uint64_t kept = 0;
  for (const auto& room : rooms) {
    const auto mark = mark_of(room);
    const auto gone = std::max(room.dropped_ordinal + 1, mark.first);
    if (mark.ordinal >= gone) kept += mark.ordinal + 1 - gone;
  }
  return all >= small_index && kept < all / 2;
}

SearchIndex::Mark SearchIndex::mark_of(const SearchSource::Room& room) const {
  const auto mark = marks_.find(room.id);
  return mark == marks_.end() ? Mark{} : mark->second;
}

/// Whether the index belongs to this journal: not when a power cut has taken the journal's newest messages
/// but not the index's, nor when a backup has come in the journal's place. Then the room is indexed anew. Its
/// old entries do no harm, because every hit is compared with the message.
bool SearchIndex::fits(const SearchSource::Room& room, const Mark& mark) {
  if (mark.seq <= room.dropped) return true;
  const auto there = source_.first({.room = room.id, .after = mark.seq - 1, .before = mark.seq + 1});
  return there && there->ordinal == mark.ordinal;
}

std::vector<SearchIndex::Portion> SearchIndex::next_portions(std::size_t most) {
  const Snapshot snapshot(source_.database());
  if (!surveyed_ || since_survey_ >= survey_interval) survey();
  for (const auto& key : noted_) {
    const auto room = source_.find_room(key);
    if (room && room->id < most_rooms) behind_.insert(room->id);
  }
  noted_.clear();
  std::vector<Portion> portions;
  for (const auto room : behind_) {
    if (most == 0) break;
    const auto mark = marks_.find(room);
    const auto seen = mark == marks_.end() ? 0 : mark->second.seq;
    Portion portion{.room = room,
                    .texts = source_.texts({.room = room, .after = seen, .before = no_end}, most)};
    portion.is_rest = portion.texts.size() < most;
    most -= portion.texts.size();
    portions.push_back(std::move(portion));
  }
  return portions;
}

void SearchIndex::write(const std::vector<Portion>& portions) {
  // FTS5 writes entries in the order of rowids in one go; this is that order.
  std::vector<std::pair<std::int64_t, Mark>> marks;
  Transaction transaction(database_);
  for (const auto& [room, texts, is_rest] : portions) {
    if (texts.empty()) continue;
    for (const auto& [place, text] : texts) insert_.run(rowid(room, place.ordinal), index_form(text));
    const auto before = marks_.find(room);
    const auto first = before == marks_.end() ? texts.front().place.ordinal : before->second.first;
    const auto& last = texts.back().place;
    set_mark_.run(room, last.seq, last.ordinal, first);
    marks.emplace_back(room, Mark{.seq = last.seq, .ordinal = last.ordinal, .first = first});
    since_survey_ += texts.size();
  }
  transaction.commit();
  for (const auto& [room, mark] : marks) marks_[room] = mark;
  for (const auto& portion : portions) {
    if (portion.is_rest) behind_.erase(portion.room);
  }
}

bool SearchIndex::index_some(std::size_t most) {
  if (!open()) return false;
  const Watched watched(*this, Database::Clock::time_point::max());
  std::vector<Portion> portions;
  try {
    portions = next_portions(most);
  } catch (const DatabaseError& error) {
    surveyed_ = false;
    if (!error.is_interrupted())
      log::warning("journal", "the journal cannot be read for the search index", {{"reason", error.what()}});
    return false;
  }
  if (!database_) return false;  // thrown away, and could not be made anew
  try {
    if (!portions.empty()) write(portions);
    if (database_.wal_pages() >= index_checkpoint_pages) database_.checkpoint(false);
  } catch (const DatabaseError& error) {
    return give_up(error);
  }
  complained_ = false;
  if (behind_.empty()) was_damaged_ = false;
  return !behind_.empty();
}

}  // namespace hubbub::journal::sqlite
