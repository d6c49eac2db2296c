#include "server/journal/sqlite/pages.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "protocol/limits.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;

constexpr std::uint64_t greatest =
    std::numeric_limits<std::int64_t>::max();  // an INTEGER of SQLite's is signed

// Messages that are counted or passed over for one answer: about a millisecond.
constexpr std::uint64_t most_looked_at = 5000;

}  // namespace

Pages::Pages(const std::string& path) : database_(path, Database::Access::read) {}

Pages::Bounds Pages::bounds_of(const Query& query, Timestamp oldest, Timestamp now) {
  Bounds bounds;
  std::uint64_t first = 0;
  std::uint64_t reserved = 0;
  auto meta = meta_.query();
  while (meta.next()) {
    const auto value = meta.count(1);
    if (meta.text(0) == "first") first = value;
    if (meta.text(0) == "forgotten") bounds.dropped = value;
    if (meta.text(0) == "reserved") reserved = value;
  }
  // A number never given out here: from a journal that was there before this one, or with another clock.
  if (query.after > reserved) bounds.dropped = greatest;
  auto room = room_.query(query.room);
  if (room.next()) {
    bounds.room = room.number(0);
    bounds.name = room.text(1);
    if (!room.is_null(3)) bounds.noted_at = room.time(3);
    bounds.noted = room.count(4);
    if (bounds.dropped != greatest) bounds.dropped = room.count(2);
  }
  if (query.after > 0) bounds.dropped = std::max(bounds.dropped, first);
  if (oldest > Timestamp::min()) bounds.dropped = std::max(bounds.dropped, newest_aged(bounds, oldest, now));
  return bounds;
}

/// The newest message that is too old, but has not been dropped yet. Each message is looked at once only.
std::uint64_t Pages::newest_aged(const Bounds& bounds, Timestamp oldest, Timestamp now) {
  constexpr std::size_t most_rooms = 1000;
  constexpr int most_ahead = 500;  // messages from the future that are passed over
  if (aged_seqs_.size() > most_rooms || oldest < std::exchange(aged_before_, oldest)) aged_seqs_.clear();
  auto& seq = aged_seqs_[bounds.room];
  auto rows = aged_.query(bounds.room, seq);
  for (int ahead = 0; ahead < most_ahead && rows.next();) {
    const auto next = rows.count(0);
    const auto time = rows.time(1);
    const bool is_ahead = time > now;
    if (!is_ahead && time >= oldest) break;
    if (!is_ahead || (bounds.noted_at < oldest && next <= bounds.noted)) {
      seq = next;
    } else {
      ++ahead;
    }
  }
  return seq;
}

std::size_t Pages::count(const Query& query, const Bounds& bounds, std::uint64_t after) {
  const auto but = query.but_author == 0 ? std::string() : author_key(query.but_author);
  auto row = count_.query(bounds.room, std::min(after, greatest), std::min(query.before, greatest),
                          most_looked_at, but);
  row.next();
  return std::min<std::size_t>(row.count(0), protocol::most_counted);
}

Page Pages::read(const Query& query, Timestamp oldest, Timestamp now) {
  const Snapshot snapshot(database_);
  const auto bounds = bounds_of(query, oldest, now);
  Page page;
  page.dropped = bounds.dropped > query.after;
  const auto after = bounds.dropped == greatest ? query.after : std::max(query.after, bounds.dropped);
  auto rows = (query.newest ? newest_ : oldest_)
                  .query(bounds.room, std::min(after, greatest), std::min(query.before, greatest),
                         std::uint64_t{query.limit} + 1);
  while (rows.next()) {
    if (page.messages.size() == query.limit) {
      page.more = true;
      break;
    }
    page.messages.push_back(std::make_shared<const protocol::Message>(message_of(rows, bounds.name)));
  }
  if (query.newest) std::reverse(page.messages.begin(), page.messages.end());
  if (query.count) page.found = count(query, bounds, after);
  return page;
}

}  // namespace hubbub::journal::sqlite
