#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "server/journal/account_rules.hpp"
#include "server/journal/sqlite/database.hpp"

namespace hubbub::journal::sqlite {

/// The tables of accounts (schema.cpp), within the transaction of whoever calls. Errors are DatabaseErrors.
class AccountTables final : public AccountStore {
 public:
  /// The database outlives it, and has the tables.
  explicit AccountTables(Database& database) : database_(database) {}

  bool has_account(std::uint64_t account) override;
  std::uint64_t owner(const std::string& key_or_look) override;
  void begin_account(std::uint64_t number, protocol::Timestamp at, const account::Begun& begun) override;
  void set_name(std::uint64_t account, const account::OwnedName& name) override;
  void reserve_name_of(std::uint64_t account, protocol::Timestamp until) override;
  bool has_salt(std::uint64_t account, const Salt& salt) override;
  void set_password(std::uint64_t account, const PasswordHash& password) override;
  void set_role(std::uint64_t account, ServerRole role) override;
  void suspend(std::uint64_t account, const account::Suspended& suspended) override;
  bool resume(std::uint64_t account) override;
  void erase_account(std::uint64_t account) override;
  std::optional<Reservation> reservation(const std::string& key_or_look) override;
  void reserve(const std::string& key_or_look, const Reservation& reservation) override;
  void forget_reserved(protocol::Timestamp at) override;

  bool knows_device_token(const TokenHash& token) override;
  std::size_t device_count(std::uint64_t account) override;
  std::uint64_t longest_unused(std::uint64_t account) override;
  void add_device(std::uint64_t account, std::uint64_t number, protocol::Timestamp at,
                  const account::Token& token) override;
  bool use_device(std::uint64_t account, std::uint64_t device, protocol::Timestamp at) override;
  bool remove_device(std::uint64_t account, std::uint64_t device) override;
  void remove_devices_but(std::uint64_t account, std::uint64_t device) override;

  std::optional<Place> place(std::uint64_t account, const std::string& key) override;
  std::size_t place_count(std::uint64_t account) override;
  std::optional<std::string> least_read(std::uint64_t account) override;
  std::size_t rooms_in(std::uint64_t account) override;
  void set_place(std::uint64_t account, const std::string& key, const Place& place) override;
  void remove_place(std::uint64_t account, const std::string& key) override;

  std::optional<Left> invitation(std::uint64_t number) override;
  bool knows_invitation_token(const TokenHash& token) override;
  void add_invitation(std::uint64_t number, const account::InvitationMade& made) override;
  void set_uses(std::uint64_t invitation, std::uint32_t uses) override;
  bool remove_invitation(std::uint64_t invitation) override;
  void forget_invitations(protocol::Timestamp at) override;

 private:
  template <class... Values>
  bool finds(const char* sql, const Values&... values) {
    Statement statement(database_, sql);
    return statement.query(values...).next();
  }
  /// Whether it has changed a row.
  template <class... Values>
  bool changes(const char* sql, const Values&... values) {
    const auto before = database_.changes();
    Statement(database_, sql).run(values...);
    return database_.changes() != before;
  }

  Database& database_;
  Statement has_account_{database_, "SELECT 1 FROM account WHERE number = ?"};
  Statement place_{database_, "SELECT name, here, read FROM place WHERE account = ? AND room = ?"};
  Statement set_place_{database_, "INSERT OR REPLACE INTO place VALUES(?, ?, ?, ?, ?)"};
  Statement place_count_{database_, "SELECT count(*) FROM place WHERE account = ?"};
};

/// Records that make the accounts of these tables, each after those which it is about.
void read_accounts(Database& database, const std::function<void(const AccountRecord&)>& take);

}  // namespace hubbub::journal::sqlite
