#include "server/journal/sqlite/pages.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "protocol/limits.hpp"
#include "server/journal/changed.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;

constexpr std::uint64_t greatest =
    std::numeric_limits<std::int64_t>::max();  // an INTEGER of SQLite's is signed

// Messages that are counted or passed over for one answer: about a millisecond.
constexpr std::uint64_t most_looked_at = 5000;

AuditPtr audited(const Statement::Rows& row) {
  const auto text = [&row](int column) { return std::string(row.text(column)); };
  return std::make_shared<const AuditEntry>(AuditEntry{.seq = row.count(0),
                                                       .at = row.time(1),
                                                       .room = text(2),
                                                       .room_name = text(3),
                                                       .by = text(4),
                                                       .account = row.count(5),
                                                       .front = text(6),
                                                       .action = text(7),
                                                       .whom = text(8),
                                                       .before = text(9),
                                                       .after = text(10)});
}

}  // namespace

Pages::Pages(const std::string& path) : database_(path, Database::Access::read) {}

Pages::Bounds Pages::bounds_of(const Query& query, const Ageing& ageing, Timestamp now) {
  auto oldest = ageing.too_old;
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
    bounds.last = room.count(5);
    oldest = ageing.oldest(std::chrono::milliseconds(room.number(6)));
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
  if (aged_.size() > most_rooms) aged_.clear();
  auto& [seq, before] = aged_[bounds.room];
  if (oldest < std::exchange(before, oldest)) seq = 0;
  auto rows = next_aged_.query(bounds.room, seq);
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

/// Adds Page::changed to a page that has its messages, and ends the page where it has to. A change beyond the
/// last of these is for the next page.
void Pages::add_changed(const Query& query, const Bounds& bounds, Page& page) {
  auto before = std::min(query.before, greatest);
  if (!query.newest && page.more) before = page.messages.empty() ? 0 : page.messages.back()->seq + 1;
  Changed changed;
  const auto after = std::min(query.after, greatest);
  auto rows = changed_.query(bounds.room, after, before, std::min(bounds.dropped, greatest), after);
  while (rows.next()) {
    auto message = std::make_shared<const protocol::Message>(message_of(rows, bounds.name));
    const auto number = message->change->number;
    if (!changed.take(query, number, std::move(message))) break;
  }
  changed.finish(query, bounds.last, page);
}

AuditPage Pages::read_audit(const AuditQuery& query) {
  AuditPage page;
  const auto after = std::min(query.after, greatest);
  const auto before = std::min(query.before, greatest);
  const auto limit = std::uint64_t{query.limit} + 1;
  auto rows = query.room ? audit_of_room_.query(*query.room, after, before, limit)
                         : audit_.query(after, before, limit);
  while (rows.next()) {
    page.more = page.entries.size() == query.limit;
    if (page.more) break;
    page.entries.push_back(audited(rows));
  }
  return page;
}

Page Pages::read(const Query& query, const Ageing& ageing, Timestamp now) {
  const Snapshot snapshot(database_);
  const auto bounds = bounds_of(query, ageing, now);
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
  if (query.changes) add_changed(query, bounds, page);
  if (query.count) page.found = count(query, bounds, after);
  return page;
}

}  // namespace hubbub::journal::sqlite
