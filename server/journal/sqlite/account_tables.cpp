// Statements are prepared anew for each record: that takes microseconds, and records of accounts are few; but
// for what is read, of which clients tell often.
#include "server/journal/sqlite/account_tables.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;

/// What is too short in the file ends with zeros: `hubbubd verify` tells of it.
template <class Bytes>
Bytes bytes_of(const Statement::Rows& row, int column) {
  Bytes bytes{};
  const auto kept = row.bytes(column);
  std::copy_n(kept.begin(), std::min(kept.size(), bytes.size()), bytes.begin());
  return bytes;
}

}  // namespace

bool AccountTables::has_account(std::uint64_t account) { return has_account_.query(account).next(); }

std::uint64_t AccountTables::owner(const std::string& key_or_look) {
  Statement statement(database_, "SELECT number FROM account WHERE key = ?1 OR look = ?1");
  auto row = statement.query(key_or_look);
  return row.next() ? row.count(0) : 0;
}

void AccountTables::begin_account(std::uint64_t number, Timestamp at, const account::Begun& begun) {
  Statement(database_,
            "INSERT INTO account(number, name, key, look, begun, role, passes, memory, salt, hash) "
            "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(number, begun.name.shown, begun.name.key, begun.name.look, at, static_cast<int>(begun.role),
           begun.password.passes, begun.password.memory_kib, begun.password.salt, begun.password.hash);
}

void AccountTables::set_name(std::uint64_t account, const account::OwnedName& name) {
  Statement(database_, "UPDATE account SET name = ?, key = ?, look = ? WHERE number = ?")
      .run(name.shown, name.key, name.look, account);
}

void AccountTables::reserve_name_of(std::uint64_t account, Timestamp until) {
  Statement(database_,
            "INSERT OR REPLACE INTO reserved_name(text, until, account) "
            "SELECT key, ?1, number FROM account WHERE number = ?2 UNION "
            "SELECT look, ?1, number FROM account WHERE number = ?2")
      .run(until, account);
}

bool AccountTables::has_salt(std::uint64_t account, const Salt& salt) {
  return finds("SELECT 1 FROM account WHERE number = ? AND salt = ?", account, salt);
}

void AccountTables::set_password(std::uint64_t account, const PasswordHash& password) {
  Statement(database_, "UPDATE account SET passes = ?, memory = ?, salt = ?, hash = ? WHERE number = ?")
      .run(password.passes, password.memory_kib, password.salt, password.hash, account);
}

void AccountTables::set_role(std::uint64_t account, ServerRole role) {
  Statement(database_, "UPDATE account SET role = ? WHERE number = ?").run(static_cast<int>(role), account);
}

void AccountTables::suspend(std::uint64_t account, const account::Suspended& suspended) {
  Statement(database_, "UPDATE account SET suspended = 1, until = ?, reason = ? WHERE number = ?")
      .run(suspended.until, suspended.reason, account);
}

bool AccountTables::resume(std::uint64_t account) {
  return changes(
      "UPDATE account SET suspended = NULL, until = NULL, reason = NULL WHERE number = ? AND suspended = 1",
      account);
}

void AccountTables::erase_account(std::uint64_t account) {
  Statement(database_, "DELETE FROM device WHERE account = ?").run(account);
  Statement(database_, "DELETE FROM place WHERE account = ?").run(account);
  Statement(database_, "DELETE FROM account WHERE number = ?").run(account);
}

std::optional<AccountStore::Reservation> AccountTables::reservation(const std::string& key_or_look) {
  Statement statement(database_, "SELECT account, until FROM reserved_name WHERE text = ?");
  auto row = statement.query(key_or_look);
  if (!row.next()) return std::nullopt;
  return Reservation{.account = row.count(0), .until = row.time(1)};
}

void AccountTables::reserve(const std::string& key_or_look, const Reservation& reservation) {
  Statement(database_, "INSERT OR REPLACE INTO reserved_name(text, until, account) VALUES(?, ?, ?)")
      .run(key_or_look, reservation.until, reservation.account);
}

void AccountTables::forget_reserved(Timestamp at) {
  Statement(database_, "DELETE FROM reserved_name WHERE until <= ?").run(at);
}

bool AccountTables::knows_device_token(const TokenHash& token) {
  return finds("SELECT 1 FROM device WHERE token = ?", token);
}

std::size_t AccountTables::device_count(std::uint64_t account) {
  Statement statement(database_, "SELECT count(*) FROM device WHERE account = ?");
  auto row = statement.query(account);
  row.next();
  return row.count(0);
}

std::uint64_t AccountTables::longest_unused(std::uint64_t account) {
  Statement statement(database_, "SELECT number FROM device WHERE account = ? ORDER BY used, number LIMIT 1");
  auto row = statement.query(account);
  row.next();
  return row.count(0);
}

void AccountTables::add_device(std::uint64_t account, std::uint64_t number, Timestamp at,
                               const account::Token& token) {
  Statement(database_, "INSERT INTO device VALUES(?, ?, ?, ?, ?, ?, ?)")
      .run(number, account, token.hash, token.label, at, at, token.scopes);
}

bool AccountTables::use_device(std::uint64_t account, std::uint64_t device, Timestamp at) {
  return changes("UPDATE device SET used = max(used, ?) WHERE number = ? AND account = ?", at, device,
                 account);
}

bool AccountTables::remove_device(std::uint64_t account, std::uint64_t device) {
  return changes("DELETE FROM device WHERE number = ? AND account = ?", device, account);
}

void AccountTables::remove_devices_but(std::uint64_t account, std::uint64_t device) {
  Statement(database_, "DELETE FROM device WHERE account = ? AND number <> ?").run(account, device);
}

std::optional<AccountStore::Place> AccountTables::place(std::uint64_t account, const std::string& key) {
  auto row = place_.query(account, key);
  if (!row.next()) return std::nullopt;
  return Place{.name = std::string(row.text(0)), .is_in = row.number(1) != 0, .read = row.count(2)};
}

std::size_t AccountTables::place_count(std::uint64_t account) {
  auto row = place_count_.query(account);
  row.next();
  return row.count(0);
}

std::optional<std::string> AccountTables::least_read(std::uint64_t account) {
  Statement statement(database_,
                      "SELECT room FROM place WHERE account = ? AND here = 0 ORDER BY read, room LIMIT 1");
  auto row = statement.query(account);
  return row.next() ? std::optional(std::string(row.text(0))) : std::nullopt;
}

std::size_t AccountTables::rooms_in(std::uint64_t account) {
  Statement statement(database_, "SELECT count(*) FROM place WHERE account = ? AND here = 1");
  auto row = statement.query(account);
  row.next();
  return row.count(0);
}

void AccountTables::set_place(std::uint64_t account, const std::string& key, const Place& place) {
  set_place_.run(account, key, place.name, place.is_in ? 1 : 0, place.read);
}

void AccountTables::remove_place(std::uint64_t account, const std::string& key) {
  Statement(database_, "DELETE FROM place WHERE account = ? AND room = ?").run(account, key);
}

std::optional<AccountStore::Left> AccountTables::invitation(std::uint64_t number) {
  Statement statement(database_, "SELECT uses, until FROM invitation WHERE number = ?");
  auto row = statement.query(number);
  if (!row.next()) return std::nullopt;
  return Left{.uses = static_cast<std::uint32_t>(row.number(0)), .until = row.optional_time(1)};
}

bool AccountTables::knows_invitation_token(const TokenHash& token) {
  return finds("SELECT 1 FROM invitation WHERE token = ?", token);
}

void AccountTables::add_invitation(std::uint64_t number, const account::InvitationMade& made) {
  Statement(database_, "INSERT INTO invitation VALUES(?, ?, ?, ?, ?)")
      .run(number, made.token, made.uses, made.until, made.by);
}

void AccountTables::set_uses(std::uint64_t invitation, std::uint32_t uses) {
  Statement(database_, "UPDATE invitation SET uses = ? WHERE number = ?").run(uses, invitation);
}

bool AccountTables::remove_invitation(std::uint64_t invitation) {
  return changes("DELETE FROM invitation WHERE number = ?", invitation);
}

void AccountTables::forget_invitations(Timestamp at) {
  Statement(database_, "DELETE FROM invitation WHERE until <= ?").run(at);
}

namespace {

void read_people(Database& database, const std::function<void(const AccountRecord&)>& take) {
  Statement statement(database,
                      "SELECT number, name, key, look, begun, role, passes, memory, salt, hash, suspended, "
                      "until, reason FROM account ORDER BY number");
  for (auto row = statement.query(); row.next();) {
    const auto number = row.count(0);
    take({.seq = number,
          .at = row.time(4),
          .body = account::Begun{.name = {.shown = std::string(row.text(1)),
                                          .key = std::string(row.text(2)),
                                          .look = std::string(row.text(3))},
                                 .password = {.passes = static_cast<std::uint32_t>(row.number(6)),
                                              .memory_kib = static_cast<std::uint32_t>(row.number(7)),
                                              .salt = bytes_of<Salt>(row, 8),
                                              .hash = bytes_of<decltype(PasswordHash::hash)>(row, 9)},
                                 .role = static_cast<ServerRole>(row.number(5)),
                                 .device = {}}});
    if (row.is_null(10)) continue;
    take({.seq = number,
          .at = row.time(4),
          .body = account::Suspended{
              .account = number, .until = row.optional_time(11), .reason = std::string(row.text(12))}});
  }
}

void read_devices(Database& database, const std::function<void(const AccountRecord&)>& take) {
  Statement statement(
      database, "SELECT number, account, token, label, added, used, scopes FROM device ORDER BY number");
  for (auto row = statement.query(); row.next();) {
    const auto number = row.count(0);
    const auto account = row.count(1);
    take({.seq = number,
          .at = row.time(4),
          .body = account::DeviceAdded{.account = account,
                                       .token = {.hash = bytes_of<TokenHash>(row, 2),
                                                 .label = std::string(row.text(3)),
                                                 .scopes = std::string(row.text(6))}}});
    if (row.time(5) == row.time(4)) continue;
    take({.seq = number,
          .at = row.time(5),
          .body = account::DeviceUsed{.account = account, .device = number}});
  }
}

void read_places(Database& database, const std::function<void(const AccountRecord&)>& take) {
  Statement statement(database, "SELECT account, room, name, here, read FROM place");
  for (auto row = statement.query(); row.next();) {
    const auto account = row.count(0);
    const std::string room(row.text(1));
    const std::string name(row.text(2));
    if (row.number(3) != 0)
      take({.body = account::RoomEntered{.account = account, .room = room, .name = name}});
    if (row.count(4) != 0)
      take({.body = account::ReadUpTo{.account = account, .place = room, .name = name, .seq = row.count(4)}});
  }
}

/// Their records are of the beginning of time: so that none of them ends what is over by now.
void read_invitations(Database& database, const std::function<void(const AccountRecord&)>& take) {
  Statement statement(database, "SELECT number, token, uses, until, maker FROM invitation ORDER BY number");
  for (auto row = statement.query(); row.next();) {
    take({.seq = row.count(0),
          .at = Timestamp::min(),
          .body = account::InvitationMade{.token = bytes_of<TokenHash>(row, 1),
                                          .uses = static_cast<std::uint32_t>(row.number(2)),
                                          .until = row.optional_time(3),
                                          .by = row.count(4)}});
  }
}

void read_reserved(Database& database, const std::function<void(const AccountRecord&)>& take) {
  Statement statement(database, "SELECT account, text, until FROM reserved_name");
  for (auto row = statement.query(); row.next();) {
    take({.seq = 0,
          .at = Timestamp::min(),
          .body = account::NameReserved{
              .account = row.count(0), .key_or_look = std::string(row.text(1)), .until = row.time(2)}});
  }
}

}  // namespace

void read_accounts(Database& database, const std::function<void(const AccountRecord&)>& take) {
  read_people(database, take);
  read_devices(database, take);
  read_places(database, take);
  read_invitations(database, take);
  read_reserved(database, take);
}

}  // namespace hubbub::journal::sqlite
