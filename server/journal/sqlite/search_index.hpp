#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/error.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/sqlite/ageing.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/ledger.hpp"
#include "server/journal/sqlite/search_source.hpp"

namespace hubbub::journal::sqlite {

// A text's rowid is its room's number and its ordinal, so that what is in one room stands together in every
// list that FTS5 keeps of a word: a search in a small room does not read what is in the large ones, and the
// lists are half as long as with message numbers for rowids and the room for a word of its own.
// 36 bits of ordinals are 68 thousand million messages; rooms beyond the rest are not indexed.
inline constexpr unsigned ordinal_bits = 36;
inline constexpr std::int64_t most_rooms = std::int64_t{1} << (63U - ordinal_bits);

/// Greater than every number of a message.
inline constexpr std::uint64_t no_end = std::numeric_limits<std::int64_t>::max();

inline std::int64_t rowid(std::int64_t room, std::uint64_t ordinal) {
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(room) << ordinal_bits) | ordinal);
}

inline std::uint64_t ordinal_in(std::int64_t rowid) {
  return static_cast<std::uint64_t>(rowid) & ((std::uint64_t{1} << ordinal_bits) - 1);
}

/// The full-text index of a journal, in a file of its own that can be made from the journal at any time: any
/// fault of the file is mended by throwing it away, and stops nothing else. Messages that are not in it yet
/// are searched for in the journal itself, so that a search sees everything that has been committed.
///
/// What a change has taken out of a message has to go from the file. FTS5 forgets an entry only if it is told
/// the text (https://sqlite.org/fts5.html, 4.4.1), so the journal keeps that (`former_text`) until the index
/// says in forgotten() that it is done; and FTS5 only notes that an entry is gone until its segments are
/// merged: so after that all segments are merged into one, in steps, and the file is overwritten where
/// nothing is left. Until the index has followed a change, the message is searched for in the journal.
///
/// For one thread, which need not be the one that writes the journal: it waits for no commit, and no
/// commit waits for it.
class SearchIndex {
 public:
  /// The journal must be there. Throws DatabaseError when it cannot be read.
  SearchIndex(const std::string& journal, std::string index);

  /// An operation under way ends soon after any thread has set `stop`, which must outlive the index.
  void stop_on(const std::atomic<bool>& stop) { stop_ = &stop; }
  /// Messages of the room with this key have been committed.
  void note(const std::string& room);

  /// Indexes the next messages, at most so many, in one transaction; also those that were committed without a
  /// note(); or does a step of forgetting, about as long. Returns whether there is more to do at once. There
  /// is no hurry, and large portions cost less: a thousand, say. When the index cannot be written it returns
  /// false; try again at the next note().
  bool index_some(std::size_t most);
  /// There is something for index_some().
  bool is_behind() const { return !surveyed_ || !noted_.empty() || !behind_.empty() || is_forgetting(); }
  /// There is something to be forgotten, and that should not wait.
  bool is_forgetting() const { return forgetting_.has_value() || !to_forget_.empty(); }
  /// What is in the file no more, since the last call.
  std::vector<Ledger::Forgotten> forgotten() { return std::exchange(forgotten_, {}); }
  /// The orderly end: if not all is forgotten that should be, the file is thrown away, to be made anew.
  /// Nothing of what changes have taken out is in it from then on. Throws DatabaseError when the journal
  /// cannot be read.
  void finish();

  /// The messages that match `query.search` (words.hpp) and are from `query.from`, not before `oldest`.
  /// Errors: bad_request when `query.search` has no word in it. Throws DatabaseError when the journal cannot
  /// be read, and when the search takes more than 0.8 seconds (is_interrupted), because others wait; if only
  /// counting takes longer, there is no number (Page::found).
  protocol::Result<Page> search(const Query& query, const Ageing& ageing = {});

 private:
  /// How much of a room is in the index: the messages up to `seq`, whose ordinals go from `first` to
  /// `ordinal`.
  struct Mark {
    std::uint64_t seq = 0;
    std::uint64_t ordinal = 0;
    std::uint64_t first = 0;
    std::uint64_t changed = 0;  ///< the entries are as the changes up to this number have left the messages
  };
  /// The next messages of one room to index.
  struct Portion {
    std::int64_t room = 0;
    std::vector<SearchSource::Former> former;
    std::vector<SearchSource::Text> texts;
    bool is_rest = false;  ///< the room has no further ones
  };
  struct Search;
  class IndexError;
  /// Ends the statements of both connections when it is time, until it is destroyed; renew() is for an index
  /// that was opened anew meanwhile.
  class Watched {
   public:
    Watched(SearchIndex& index, Database::Clock::time_point until);
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    ~Watched() { index_.watched_ = nullptr; }
    void renew() { database_.renew(); }

   private:
    SearchIndex& index_;
    Database::Watch source_;
    Database::Watch database_;
  };

  // The file.
  bool open();
  void prepare();
  void close();
  void throw_away();
  void complain(const DatabaseError& error);
  bool give_up(const DatabaseError& error);

  // Indexing.
  void survey();
  bool is_mostly_gone(const std::vector<SearchSource::Room>& rooms) const;
  bool fits(const SearchSource::Room& room, const Mark& mark);
  std::vector<Portion> next_portions(std::size_t most);
  void write(const std::vector<Portion>& portions);
  void write_former(const Portion& portion, const Mark& mark);

  /// All segments are being merged, and then the file is overwritten where nothing is left.
  struct Forgetting {
    std::map<std::int64_t, std::uint64_t> rooms;  ///< by room: up to which change
    Database::Clock::time_point begun;
    bool is_merged = false;
    std::uint32_t page = 1;  ///< with which to go on
  };
  void begin_forgetting();
  bool forget_some();

  // Searching.
  Mark mark_of(const SearchSource::Room& room) const;
  void find(Search& search);
  static Page page_of(Search search, std::size_t limit, bool counted);
  void add_indexed(Search& search);
  void add_not_indexed(Search& search);

  static const std::atomic<bool> never;
  const std::atomic<bool>* stop_ = &never;
  SearchSource source_;
  std::string path_;
  Database database_;  ///< closed while it cannot be opened
  Statement insert_;
  Statement delete_;
  Statement set_mark_;
  Statement ascending_;
  Statement descending_;

  std::map<std::int64_t, std::uint64_t> to_forget_;  ///< as in Forgetting: entries are gone, but not merged
  std::optional<Forgetting> forgetting_;
  Database::Clock::time_point rest_until_;  ///< forgetting does not begin before
  std::vector<Ledger::Forgotten> forgotten_;

  std::unordered_map<std::int64_t, Mark> marks_;  ///< by the room's number in the journal
  std::set<std::string> noted_;                   ///< keys of rooms
  std::set<std::int64_t> behind_;                 ///< rooms with messages to index
  bool surveyed_ = false;                         ///< behind_ has all rooms that were not noted
  std::size_t since_survey_ = 0;                  ///< messages indexed since the last survey()
  bool was_damaged_ = false;                      ///< the index was damaged, and has not been complete since
  Watched* watched_ = nullptr;                    ///< the watch of the operation under way
  bool complained_ = false;                       ///< a complaint was logged, and nothing has succeeded since
};

}  // namespace hubbub::journal::sqlite
