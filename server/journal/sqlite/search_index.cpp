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
constexpr std::int64_t index_version = 2;

constexpr const char* tables = R"sql(
CREATE VIRTUAL TABLE word USING fts5(text, content='', columnsize=0, tokenize='ascii');
CREATE TABLE room(id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ordinal INTEGER NOT NULL, first INTEGER NOT NULL,
  changed INTEGER NOT NULL);
)sql";
constexpr const char* found =
    "SELECT rowid FROM word WHERE word MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid ";

constexpr std::size_t index_checkpoint_pages = 1000;
// A step of forgetting, some ten milliseconds: pages that FTS5 writes, and pages of the file to overwrite.
constexpr int merged_at_once = 250;
constexpr std::uint32_t overwritten_at_once = 4096;
// The time from one forgetting to the next, in multiples of what the last has taken: so that a large index is
// not merged all the time.
constexpr int rest = 3;
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
  database_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON");
  if (is_new) {
    Transaction transaction(database_);
    database_.execute(tables);
    database_.execute("PRAGMA application_id = " + std::to_string(application_id_of_index));
    database_.execute("PRAGMA user_version = " + std::to_string(index_version));
    transaction.commit();
  }
  insert_ = Statement(database_, "INSERT INTO word(rowid, text) VALUES (?, ?)");
  delete_ = Statement(database_, "INSERT INTO word(word, rowid, text) VALUES ('delete', ?, ?)");
  set_mark_ =
      Statement(database_, "REPLACE INTO room(id, seq, ordinal, first, changed) VALUES (?, ?, ?, ?, ?)");
  ascending_ = Statement(database_, std::string(found));
  descending_ = Statement(database_, std::string(found).append("DESC"));
  Statement marks(database_, "SELECT id, seq, ordinal, first, changed FROM room");
  auto rows = marks.query();
  while (rows.next()) {
    marks_[rows.number(0)] = {
        .seq = rows.count(1), .ordinal = rows.count(2), .first = rows.count(3), .changed = rows.count(4)};
  }
}

void SearchIndex::close() {
  for (auto* statement : {&insert_, &delete_, &set_mark_, &ascending_, &descending_})
    *statement = Statement();
  database_ = Database();
  marks_.clear();
  behind_.clear();
  to_forget_.clear();  // a survey finds it again
  forgetting_.reset();
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
  const auto changed = source_.rooms_with_former();
  for (const auto& room : rooms) {
    if (room.id >= most_rooms) continue;
    if (const auto mark = marks_.find(room.id); mark != marks_.end() && !fits(room, mark->second)) {
      marks_.erase(mark);
      if (std::binary_search(changed.begin(), changed.end(), room.id)) {
        // What it has of the room can be told no more, and some of it must go.
        throw_away();
        if (open()) survey();
        return;
      }
    }
    if (room.last > std::max(room.dropped, mark_of(room).seq)) behind_.insert(room.id);
  }
  for (const auto room : changed) {
    const auto mark = marks_.find(room);
    // Told, but perhaps not merged when the last process ended.
    if (mark != marks_.end() && mark->second.changed > 0 && !forgetting_)
      to_forget_.emplace(room, mark->second.changed);
    behind_.insert(room);
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
  if (mark.changed > room.changed) return false;
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
    const auto seen = mark == marks_.end() ? Mark{} : mark->second;
    Portion portion{.room = room, .former = source_.former(room, seen.changed, most), .texts = {}};
    // All changes first: what is taken in then is as they have left it.
    if (portion.former.empty() && room < most_rooms) {
      portion.texts = source_.texts({.room = room, .after = seen.seq, .before = no_end}, most);
      portion.is_rest = portion.texts.size() < most;
    } else if (portion.former.empty()) {
      portion.is_rest = true;
    }
    most -= std::min(most, portion.former.size() + portion.texts.size());
    portions.push_back(std::move(portion));
  }
  return portions;
}

void SearchIndex::write(const std::vector<Portion>& portions) {
  // FTS5 writes entries in the order of rowids in one go; this is that order.
  std::vector<std::pair<std::int64_t, Mark>> marks;
  Transaction transaction(database_);
  for (const auto& portion : portions) {
    const auto& texts = portion.texts;
    if (texts.empty() && portion.former.empty()) continue;
    const auto before = marks_.find(portion.room);
    auto mark = before == marks_.end() ? Mark{} : before->second;
    write_former(portion, mark);
    for (const auto& former : portion.former) mark.changed = std::max(mark.changed, former.number);
    for (const auto& [place, text] : texts) insert_.run(rowid(portion.room, place.ordinal), index_form(text));
    if (!texts.empty()) {
      if (mark.seq == 0) mark.first = texts.front().place.ordinal;
      mark.seq = texts.back().place.seq;
      mark.ordinal = texts.back().place.ordinal;
    }
    set_mark_.run(portion.room, mark.seq, mark.ordinal, mark.first, mark.changed);
    marks.emplace_back(portion.room, mark);
    since_survey_ += texts.size();
  }
  transaction.commit();
  for (const auto& [room, mark] : marks) marks_[room] = mark;
  for (const auto& portion : portions) {
    if (!portion.former.empty()) to_forget_[portion.room] = marks_[portion.room].changed;
  }
  for (const auto& portion : portions) {
    if (portion.is_rest) behind_.erase(portion.room);
  }
}

/// Changes of what is in the index; the rest is taken in as it is.
void SearchIndex::write_former(const Portion& portion, const Mark& mark) {
  if (mark.seq == 0 || portion.room >= most_rooms) return;
  for (const auto& former : portion.former) {
    if (former.place.ordinal < mark.first || former.place.ordinal > mark.ordinal) continue;
    const auto place = rowid(portion.room, former.place.ordinal);
    delete_.run(place, index_form(former.text));
    insert_.run(place, index_form(former.now));
  }
}

// --- forgetting

void SearchIndex::begin_forgetting() {
  forgetting_ = Forgetting{.rooms = std::exchange(to_forget_, {}), .begun = Database::Clock::now()};
  // FTS5: all segments are to become one.
  Transaction transaction(database_);
  Statement(database_, "INSERT INTO word(word, rank) VALUES ('merge', ?)").run(-merged_at_once);
  transaction.commit();
}

/// A step. Returns whether to go on at once.
bool SearchIndex::forget_some() {
  auto& [rooms, begun, is_merged, page] = *forgetting_;
  if (!is_merged) {
    const auto before = database_.changes();
    Transaction transaction(database_);
    Statement(database_, "INSERT INTO word(word, rank) VALUES ('merge', ?)").run(merged_at_once);
    transaction.commit();
    // A merge that had nothing to do has changed less than two rows, see "The 'merge' Command".
    is_merged = database_.changes() - before < 2;
    if (database_.wal_pages() >= index_checkpoint_pages) database_.checkpoint(false);
    return true;
  }
  if (!database_.checkpoint(true)) return false;
  {
    const Transaction nobody_writes(database_);
    page = database_.zero_gaps(page, overwritten_at_once);
  }
  if (page != 0) return true;
  for (const auto& [room, number] : rooms) forgotten_.push_back({.room = room, .number = number});
  rest_until_ = Database::Clock::now() + rest * (Database::Clock::now() - begun);
  forgetting_.reset();
  return !behind_.empty();
}

void SearchIndex::finish() {
  if (!source_.rooms_with_former().empty()) throw_away();
}

bool SearchIndex::index_some(std::size_t most) {
  if (!open()) return false;
  const Watched watched(*this, Database::Clock::time_point::max());
  try {
    if (forgetting_) return forget_some();
  } catch (const DatabaseError& error) {
    return give_up(error);
  }
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
  const bool has_former = std::any_of(portions.begin(), portions.end(),
                                      [](const Portion& portion) { return !portion.former.empty(); });
  try {
    if (!portions.empty()) write(portions);
    if (database_.wal_pages() >= index_checkpoint_pages) database_.checkpoint(false);
    // What was changed in other rooms meanwhile is forgotten with it.
    if (!has_former && !to_forget_.empty() && Database::Clock::now() >= rest_until_) begin_forgetting();
  } catch (const DatabaseError& error) {
    return give_up(error);
  }
  complained_ = false;
  if (behind_.empty()) was_damaged_ = false;
  return !behind_.empty() || has_former || forgetting_.has_value();
}

}  // namespace hubbub::journal::sqlite
