#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/timestamp.hpp"
#include "server/journal/account_record.hpp"

namespace hubbub::journal {

/// Devices of one account; beyond that the one that was not used for the longest time is revoked.
inline constexpr std::size_t most_devices = 64;

/// Rooms in which an account is remembered to be, at most: so many go into a line of the protocol.
inline constexpr std::size_t most_remembered = 200;

/// Rooms and conversations of which it is known how far an account has read, at most; beyond that the one is
/// forgotten that was read the longest ago.
inline constexpr std::size_t most_places = 2000;

/// What has become of a record.
enum class Applied : std::uint8_t {
  done,
  no_account,
  name_taken,     ///< an account has that name, or one that looks the same
  name_reserved,  ///< one that has been erased had
  no_invitation,  ///< it is not there, used up, or over
  token_known,
  nothing_there,  ///< no such device, no suspension, no use, another password by now, has been read already
  not_numbered,   ///< its number is 0, or that of another
};

/// A place where accounts are kept: in memory (accounts::Book), or in tables (sqlite::AccountTables). It does
/// what it is told; what a record does, and whether, is for apply() alone to know.
class AccountStore {
 public:
  AccountStore() = default;
  AccountStore(const AccountStore&) = delete;
  AccountStore& operator=(const AccountStore&) = delete;
  virtual ~AccountStore() = default;

  // Accounts and their names. What is about one account is only asked for when there is one of that number.
  virtual bool has_account(std::uint64_t account) = 0;
  /// The account that has this as the key or the look of its name; 0: none.
  virtual std::uint64_t owner(const std::string& key_or_look) = 0;
  virtual void begin_account(std::uint64_t number, protocol::Timestamp at, const account::Begun& begun) = 0;
  virtual void set_name(std::uint64_t account, const account::OwnedName& name) = 0;
  /// As reserve() does for the key and the look of the name that the account has.
  virtual void reserve_name_of(std::uint64_t account, protocol::Timestamp until) = 0;
  virtual bool has_salt(std::uint64_t account, const Salt& salt) = 0;
  virtual void set_password(std::uint64_t account, const PasswordHash& password) = 0;
  virtual void set_role(std::uint64_t account, ServerRole role) = 0;
  virtual void suspend(std::uint64_t account, const account::Suspended& suspended) = 0;
  /// False: it was not suspended.
  virtual bool resume(std::uint64_t account) = 0;
  /// With its devices, its places and its name.
  virtual void erase_account(std::uint64_t account) = 0;
  /// A name that an account had: until then it is for that account alone; 0: for nobody.
  struct Reservation {
    std::uint64_t account = 0;
    protocol::Timestamp until;
  };
  virtual std::optional<Reservation> reservation(const std::string& key_or_look) = 0;
  /// In the place of one that there is.
  virtual void reserve(const std::string& key_or_look, const Reservation& reservation) = 0;
  /// Forgets those names that are reserved until `at` at the latest.
  virtual void forget_reserved(protocol::Timestamp at) = 0;

  // Devices.
  virtual bool knows_device_token(const TokenHash& token) = 0;
  virtual std::size_t device_count(std::uint64_t account) = 0;
  /// The one that was used longest ago; of those the first. There is one.
  virtual std::uint64_t longest_unused(std::uint64_t account) = 0;
  virtual void add_device(std::uint64_t account, std::uint64_t number, protocol::Timestamp at,
                          const account::Token& token) = 0;
  /// The time of use rises only. False: the account has no such device.
  virtual bool use_device(std::uint64_t account, std::uint64_t device, protocol::Timestamp at) = 0;
  virtual bool remove_device(std::uint64_t account, std::uint64_t device) = 0;
  virtual void remove_devices_but(std::uint64_t account, std::uint64_t device) = 0;

  // Rooms and conversations, by their keys.
  struct Place {
    std::string name{};      ///< of a room: as shown
    bool is_in = false;      ///< the account is in that room
    std::uint64_t read = 0;  ///< the number up to which it has read; 0: not known
  };
  virtual std::optional<Place> place(std::uint64_t account, const std::string& key) = 0;
  /// How many of them are known.
  virtual std::size_t place_count(std::uint64_t account) = 0;
  /// Of those in which it is not: the one with the lowest `read`, and of these the first by its key; nothing:
  /// it is in all of them.
  virtual std::optional<std::string> least_read(std::uint64_t account) = 0;
  /// How many rooms it is in.
  virtual std::size_t rooms_in(std::uint64_t account) = 0;
  virtual void set_place(std::uint64_t account, const std::string& key, const Place& place) = 0;
  virtual void remove_place(std::uint64_t account, const std::string& key) = 0;

  // Invitations.
  struct Left {
    std::uint32_t uses = 0;
    std::optional<protocol::Timestamp> until;
  };
  virtual std::optional<Left> invitation(std::uint64_t number) = 0;
  virtual bool knows_invitation_token(const TokenHash& token) = 0;
  virtual void add_invitation(std::uint64_t number, const account::InvitationMade& made) = 0;
  virtual void set_uses(std::uint64_t invitation, std::uint32_t uses) = 0;
  /// False: there was none.
  virtual bool remove_invitation(std::uint64_t invitation) = 0;
  /// Forgets those that are over at `at`.
  virtual void forget_invitations(protocol::Timestamp at) = 0;
};

/// Carries the record out. What is not done has changed nothing: what it is about is not there, or somebody
/// was before it. That depends on nothing but the records: the same ones in the same order leave the same
/// accounts, wherever they are kept.
Applied apply(AccountStore& store, const AccountRecord& record);

}  // namespace hubbub::journal
