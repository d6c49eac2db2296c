// What the ledger would drop with another retention, and what it notes of the one that is in force.
#include <algorithm>
#include <chrono>

#include "server/journal/sqlite/ledger.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;

// How far what the file has may be behind AgeClock: what a sudden end costs.
constexpr std::chrono::hours age_is_noted_every{1};

void set_meta(Database& database, const char* key, std::int64_t value) {
  Statement(database, "INSERT OR REPLACE INTO meta VALUES(?, ?)").run(key, value);
}

}  // namespace

void Ledger::keep(const Standing& standing) {
  if (standing == standing_) return;
  write([&] {
    set_meta(database_, "keep_messages", static_cast<std::int64_t>(standing.in_force.messages));
    set_meta(database_, "keep_age", standing.in_force.age.count());
    set_meta(database_, "let_through", static_cast<std::int64_t>(standing.let_through));
    set_meta(database_, "let_through_at", standing.let_through_at.time_since_epoch().count());
  });
  if (standing.in_force != standing_.in_force) unchecked_ = 0;
  standing_ = standing;
}

std::optional<Timestamp> Ledger::known_age() {
  Statement statement(database_, R"sql(
    SELECT coalesce((SELECT value FROM meta WHERE key = 'aged'), (SELECT max(newest) FROM room WHERE newest > 0))
    )sql");
  auto rows = statement.query();
  rows.next();
  if (rows.is_null(0)) return std::nullopt;
  return Timestamp(std::chrono::milliseconds(rows.number(0)));
}

void Ledger::note_age(Timestamp age) {
  if (noted_age_ == age) return;
  write([&] { write_age(age); });
  noted_age_ = age;
}

void Ledger::write_age(Timestamp age) { set_meta(database_, "aged", age.time_since_epoch().count()); }

bool Ledger::is_far_from_noted(Timestamp age) const {
  return !noted_age_ || age < *noted_age_ || age - *noted_age_ >= age_is_noted_every;
}

Forecast Ledger::forecast(const Retention& retention, Timestamp now) {
  Forecast forecast;
  Statement statement(database_, R"sql(
    SELECT id, dropped, last, ordinal, oldest,
      (SELECT m.ordinal FROM message m WHERE m.room = room.id ORDER BY m.seq DESC LIMIT 1)
    FROM room WHERE last > dropped)sql");
  auto rows = statement.query();
  while (rows.next()) {
    const auto first = rows.number(3);
    const auto kept = static_cast<std::uint64_t>(rows.number(5) - first);
    std::uint64_t dropped =
        retention.messages > 0 && kept > retention.messages ? kept - retention.messages : 0;
    const auto too_old = now - retention.age;
    const bool has_old = retention.age.count() > 0 && !rows.is_null(4) &&
                         Timestamp(std::chrono::milliseconds(rows.number(4))) < too_old;
    if (has_old) {
      const auto upto = newest_old(rows.number(0), rows.number(1), rows.number(2), too_old).value_or(first);
      dropped = std::max(dropped, static_cast<std::uint64_t>(upto - first));
    }
    forecast.kept += kept;
    forecast.dropped += dropped;
  }
  return forecast;
}

/// The ordinal of the newest message of a room that is too old, of those from after `dropped` up to `last`:
/// by bisection, since the ways to a message are its number and its place.
std::optional<std::int64_t> Ledger::newest_old(std::int64_t room, std::int64_t dropped, std::int64_t last,
                                               Timestamp too_old) {
  Statement next(database_,
                 "SELECT seq, ordinal, time FROM message WHERE room = ? AND seq > ? AND seq <= ? "
                 "ORDER BY seq LIMIT 1");
  std::optional<std::int64_t> ordinal;
  while (dropped < last) {
    const auto middle = dropped + (last - dropped) / 2;
    auto row = next.query(room, middle, last);
    if (!row.next() || Timestamp(std::chrono::milliseconds(row.number(2))) >= too_old) {
      last = middle;
    } else {
      dropped = row.number(0);
      ordinal = row.number(1);
    }
  }
  return ordinal;
}

}  // namespace hubbub::journal::sqlite
