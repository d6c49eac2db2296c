#include "server/journal/sqlite/search_source.hpp"

#include <algorithm>
#include <memory>

namespace hubbub::journal::sqlite {
namespace {

// So few messages are stepped over, instead of guessed among.
constexpr std::uint64_t short_way = 64;

protocol::MessagePtr message(const Statement::Rows& row, const std::string& room) {
  return std::make_shared<const protocol::Message>(message_of(row, room));
}

/// A seq strictly between the two, where the message with this ordinal would be if all were spread evenly.
std::uint64_t guess(const SearchSource::Place& low, const SearchSource::Place& high, std::uint64_t ordinal) {
  const auto share =
      static_cast<double>(ordinal - low.ordinal) / static_cast<double>(high.ordinal - low.ordinal);
  const auto ahead = static_cast<std::uint64_t>(share * static_cast<double>(high.seq - low.seq));
  return std::clamp(low.seq + ahead, low.seq + 1, high.seq - 1);
}

}  // namespace

SearchSource::SearchSource(const std::string& path) : database_(path, Database::Access::read) {}

std::optional<SearchSource::Room> SearchSource::find_room(const std::string& key) {
  auto rows = room_.query(key);
  if (!rows.next()) return std::nullopt;
  return Room{rows.number(0),
              std::string(rows.text(1)),
              rows.count(2),
              rows.count(3),
              rows.count(4),
              rows.count(5),
              std::chrono::milliseconds(rows.number(6))};
}

std::vector<SearchSource::Room> SearchSource::rooms() {
  std::vector<Room> rooms;
  auto rows = rooms_.query();
  while (rows.next()) {
    rooms.push_back({rows.number(0), {}, rows.count(1), rows.count(2), rows.count(3), rows.count(4), {}});
  }
  return rooms;
}

std::optional<SearchSource::Place> SearchSource::place(Statement& statement, const Bounds& bounds) {
  auto rows = statement.query(bounds.room, bounds.after, bounds.before);
  if (!rows.next()) return std::nullopt;
  return Place{rows.count(0), rows.count(1)};
}

std::optional<SearchSource::Place> SearchSource::first(const Bounds& bounds) { return place(first_, bounds); }
std::optional<SearchSource::Place> SearchSource::last(const Bounds& bounds) { return place(last_, bounds); }

std::vector<SearchSource::Text> SearchSource::texts(const Bounds& bounds, std::size_t most) {
  std::vector<Text> texts;
  auto rows = texts_.query(bounds.room, bounds.after, bounds.before, std::uint64_t{most});
  while (rows.next()) {
    texts.push_back({{rows.count(0), rows.count(1)}, std::string(rows.text(2))});
  }
  return texts;
}

std::vector<SearchSource::Former> SearchSource::former(std::int64_t room, std::uint64_t number,
                                                       std::size_t most) {
  most = std::max(most, most_deleted + 1);
  std::vector<Former> changes;
  auto rows = former_.query(room, number, std::uint64_t{most});
  while (rows.next()) {
    changes.push_back({.number = rows.count(0),
                       .place = {.seq = rows.count(1), .ordinal = rows.count(2)},
                       .text = std::string(rows.text(3)),
                       .now = std::string(rows.text(4))});
  }
  if (changes.size() == most)
    std::erase_if(changes, [last = changes.back().number](const Former& one) { return one.number == last; });
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Former& a, const Former& b) { return a.place.ordinal < b.place.ordinal; });
  std::vector<Former> texts;
  for (auto& change : changes) {
    if (texts.empty() || texts.back().place.ordinal != change.place.ordinal) {
      texts.push_back(std::move(change));
    } else {
      texts.back().number = change.number;
      texts.back().now = std::move(change.now);
    }
  }
  return texts;
}

std::vector<std::int64_t> SearchSource::rooms_with_former() {
  std::vector<std::int64_t> rooms;
  auto rows = rooms_with_former_.query();
  while (rows.next()) rooms.push_back(rows.number(0));
  return rooms;
}

std::vector<std::uint64_t> SearchSource::changed_since(const Bounds& bounds, std::uint64_t number) {
  std::vector<std::uint64_t> seqs;
  auto rows = changed_since_.query(bounds.room, bounds.after, bounds.before, number);
  while (rows.next()) seqs.push_back(rows.count(0));
  return seqs;
}

void SearchSource::find_all(const Room& room, const Bounds& bounds, bool newest, Wanted& wanted,
                            const Take& take) {
  auto rows = (newest ? descending_ : ascending_).query(bounds.room, bounds.after, bounds.before);
  while (rows.next()) {
    if (wanted.is(rows.text(MessageColumn::name), rows.text(MessageColumn::text),
                  rows.time(MessageColumn::time)) &&
        !take(message(rows, room.name)))
      return;
  }
}

protocol::MessagePtr SearchSource::find(const Room& room, Place low, Place high, std::uint64_t ordinal) {
  // `high` is any seq from which on no ordinal is below its own; every second guess is the middle, so that
  // seqs that are spread badly do not make the search long.
  for (bool middle = false; ordinal - low.ordinal > short_way && high.seq - low.seq > 1; middle = !middle) {
    const auto at = middle ? low.seq + (high.seq - low.seq) / 2 : guess(low, high, ordinal);
    const auto there = first({.room = room.id, .after = at - 1, .before = high.seq + 1});
    if (there && there->ordinal <= ordinal) {
      low = *there;
    } else {
      high = {at, there ? there->ordinal : high.ordinal};
    }
  }
  auto rows = step_.query(room.id, low.seq, ordinal - low.ordinal);
  const bool found = rows.next() && rows.count(MessageColumn::count) == ordinal;
  return found ? message(rows, room.name) : nullptr;
}

}  // namespace hubbub::journal::sqlite
