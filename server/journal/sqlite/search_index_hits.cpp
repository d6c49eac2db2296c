// Searching: in the index, and in the journal where the index is behind.
#include <algorithm>
#include <chrono>
#include <utility>

#include "protocol/limits.hpp"
#include "server/journal/sqlite/search_index.hpp"
#include "server/journal/words.hpp"

namespace hubbub::journal::sqlite {
namespace {

// Time for one search, while others wait for theirs.
constexpr std::chrono::milliseconds patience{800};

Page nothing_found(const Query& query) {
  Page page;
  if (query.count) page.found = 0;
  return page;
}

}  // namespace

/// A search, and what has been found so far.
struct SearchIndex::Search {
  SearchSource::Room room;
  std::string expression;  ///< empty: any words
  Wanted wanted;
  std::uint64_t after = 0;
  std::uint64_t before = 0;
  bool newest = true;
  std::size_t most = 0;          ///< messages that are kept
  std::size_t most_counted = 0;  ///< hits after which counting ends; no less than `most`
  std::vector<protocol::MessagePtr> hits{};
  std::size_t count = 0;

  /// False: that is enough.
  bool take(protocol::MessagePtr hit) {
    if (count++ < most) hits.push_back(std::move(hit));
    return count < most_counted;
  }
  bool is_done() const { return count >= most_counted; }
  void start_again() {
    hits.clear();
    count = 0;
  }
};

/// An error of the index, and not of the journal.
class SearchIndex::IndexError : public DatabaseError {
 public:
  explicit IndexError(const DatabaseError& error) : DatabaseError(error) {}
};

protocol::Result<Page> SearchIndex::search(const Query& query, const Ageing& ageing) {
  std::string expression;
  if (!query.search.empty()) {
    auto words = match_expression(query.search);
    if (!words) return nothing_to_search_for();
    expression = *std::move(words);
  }
  const Snapshot snapshot(source_.database());
  if (open() && !surveyed_) survey();
  const Watched watched(*this, Database::Clock::now() + patience);
  auto room = source_.find_room(query.room);
  if (!room) return nothing_found(query);
  const auto oldest = ageing.oldest(room->keep_age);
  const std::size_t most = query.limit + 1;
  Search search{.room = *std::move(room),
                .expression = std::move(expression),
                .wanted = Wanted(query, oldest),
                .after = std::min(query.after, no_end),
                .before = std::min(query.before, no_end),
                .newest = query.newest,
                .most = most,
                .most_counted = query.count ? std::max(most, protocol::most_counted) : most};
  bool counted = query.count;
  try {
    find(search);
  } catch (const DatabaseError& error) {
    if (!error.is_interrupted() || search.count < most) throw;
    counted = false;
  }
  return page_of(std::move(search), query.limit, counted);
}

Page SearchIndex::page_of(Search search, std::size_t limit, bool counted) {
  Page page{.messages = std::move(search.hits), .more = false, .dropped = search.room.dropped > search.after};
  if (counted) page.found = std::min(search.count, protocol::most_counted);
  if (page.messages.size() > limit) {
    page.messages.pop_back();
    page.more = true;
  }
  if (search.newest) std::reverse(page.messages.begin(), page.messages.end());
  return page;
}

/// From the newest on or from the oldest.
void SearchIndex::find(Search& search) {
  try {
    if (search.newest) add_not_indexed(search);
    add_indexed(search);
  } catch (const IndexError& error) {
    if (error.is_interrupted()) throw;
    give_up(error);
    close();  // then everything is searched for in the journal
    search.start_again();
    if (search.newest) add_not_indexed(search);
  }
  if (!search.newest) add_not_indexed(search);
}

/// Adds the hits that are not in the index: those in newer messages, and all of a search without words.
void SearchIndex::add_not_indexed(Search& search) {
  if (search.is_done()) return;
  const std::uint64_t indexed = search.expression.empty() ? 0 : mark_of(search.room).seq;
  const SearchSource::Bounds bounds{
      .room = search.room.id, .after = std::max(search.after, indexed), .before = search.before};
  source_.find_all(search.room, bounds, search.newest, search.wanted,
                   [&search](protocol::MessagePtr hit) { return search.take(std::move(hit)); });
}

void SearchIndex::add_indexed(Search& search) {
  if (search.expression.empty()) return;
  const SearchSource::Bounds bounds{.room = search.room.id,
                                    .after = search.after,
                                    .before = std::min(search.before, mark_of(search.room).seq + 1)};
  auto low = source_.first(bounds);
  auto high = source_.last(bounds);
  if (!low || !high) return;
  // Changes that the index has not followed yet: these messages come from the journal, in their places.
  auto changed = source_.changed_since(bounds, mark_of(search.room).changed);
  if (search.newest) std::reverse(changed.begin(), changed.end());
  auto next_changed = changed.begin();
  const auto take_changed = [&] {
    const auto seq = *next_changed++;
    source_.find_all(search.room, {.room = bounds.room, .after = seq - 1, .before = seq + 1}, true,
                     search.wanted,
                     [&search](protocol::MessagePtr hit) { return search.take(std::move(hit)); });
  };
  auto rows =
      (search.newest ? descending_ : ascending_)
          .query(search.expression, rowid(bounds.room, low->ordinal), rowid(bounds.room, high->ordinal));
  const auto next = [&rows] {
    try {
      return rows.next();
    } catch (const DatabaseError& error) {
      throw IndexError(error);
    }
  };
  while (!search.is_done() && next()) {
    const auto ordinal = ordinal_in(rows.number(0));
    auto hit = source_.find(search.room, *low, *high, ordinal);
    if (!hit) continue;
    (search.newest ? high : low) = SearchSource::Place{.seq = hit->seq, .ordinal = ordinal};
    while (next_changed != changed.end() && !search.is_done() &&
           (search.newest ? *next_changed > hit->seq : *next_changed < hit->seq)) {
      take_changed();
    }
    if (search.is_done()) return;
    const bool is_stale = next_changed != changed.end() && *next_changed == hit->seq;
    if (!is_stale && search.wanted.is(*hit)) search.take(std::move(hit));
  }
  while (next_changed != changed.end() && !search.is_done()) take_changed();
}

}  // namespace hubbub::journal::sqlite
