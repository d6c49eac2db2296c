#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/name.hpp"
#include "protocol/timestamp.hpp"
#include "server/accounts/scopes.hpp"
#include "server/journal/account_record.hpp"
#include "server/journal/account_rules.hpp"
#include "server/journal/keyed_hash.hpp"

namespace hubbub::accounts {

/// Something that somebody has logged in with once, and goes on with by its token.
struct Device {
  std::uint64_t number = 0;
  journal::TokenHash token{};
  std::string label;
  protocol::Timestamp added{};
  protocol::Timestamp used{};
  Scopes scopes{};
};

struct Suspension {
  std::optional<protocol::Timestamp> until;  ///< nothing: until it is resumed
  std::string reason;
};

struct Account {
  std::uint64_t number = 0;
  std::string name;  ///< as shown
  journal::PasswordHash password;
  journal::ServerRole role = journal::ServerRole::none;
  protocol::Timestamp begun{};
  std::unique_ptr<const Suspension> suspension;  ///< null: none
  std::vector<Device> devices;                   ///< in the order in which they were added
  std::uint64_t key = 0;                         ///< hash of the name's key, within this book
  std::uint64_t look = 0;                        ///< and of its look

  /// Null: it has none of that number.
  const Device* device(std::uint64_t which) const {
    const auto found = std::find_if(devices.begin(), devices.end(),
                                    [which](const Device& each) { return each.number == which; });
    return found == devices.end() ? nullptr : &*found;
  }
  bool is_suspended(protocol::Timestamp now) const {
    return suspension != nullptr && (!suspension->until || now < *suspension->until);
  }
};

struct Invitation {
  std::uint64_t number = 0;
  journal::TokenHash token{};
  std::uint32_t uses = 0;  ///< that are left
  std::optional<protocol::Timestamp> until;
  std::uint64_t by = 0;  ///< the account; 0: the operator
};

/// Who has an account, as the records of the journal say: the same records in the same order make the same
/// book, on every node and after every start. Names are known by 64 bits of a hash: that two of a million
/// accounts meet by chance has a probability of one in ten million.
class Book {
 public:
  Book();
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;
  ~Book();

  /// The only way to change it; see journal::apply.
  journal::Applied apply(const journal::AccountRecord& record);

  // All that is found is valid until the next record.
  const Account* find(std::uint64_t number) const;
  const Account* find(const protocol::Name& name) const;
  /// The account that has the name, or one that looks the same (protocol::skeleton).
  const Account* find_alike(const protocol::Name& name) const;
  struct Bearer {
    const Account* account = nullptr;  ///< null: the token is nobody's
    const Device* device = nullptr;
  };
  Bearer find_by_token(const journal::TokenHash& token) const;
  /// Where an account is and was: its rooms and conversations, by their keys.
  using Place = journal::AccountStore::Place;
  using Places = std::map<std::string, Place, std::less<>>;
  const Places& places(std::uint64_t account) const;
  /// One of them; null: nothing is known of it.
  const Place* place(std::uint64_t account, std::string_view key) const;
  /// The accounts that are in the room with that key. Looks at all of them.
  std::vector<std::uint64_t> those_in(std::string_view key) const;
  /// One that has uses left and time.
  const Invitation* find_invitation(const journal::TokenHash& token, protocol::Timestamp now) const;
  /// Whether another account than `but` had the name, or one that looks the same, and it is still reserved at
  /// `now`.
  bool is_reserved(const protocol::Name& name, protocol::Timestamp now, std::uint64_t but = 0) const;

  std::size_t size() const { return accounts_.size(); }
  /// No name is owned, or reserved.
  bool is_empty() const { return accounts_.empty() && reserved_.empty(); }
  /// In the order in which they were begun: those after the number `after`, at most `limit`.
  std::vector<const Account*> list(std::uint64_t after, std::size_t limit) const;
  /// In the order in which they were made.
  std::vector<const Invitation*> invitations() const;

 private:
  struct TokenPlace {
    std::size_t operator()(const journal::TokenHash& token) const;
  };
  struct Owner {
    std::uint64_t account = 0;
    std::uint64_t device = 0;
  };
  class Store;
  // Flat: so a name takes a third of what it does in a map of nodes, and a start half the time.
  using Names = boost::unordered_flat_map<std::uint64_t, Account*>;

  std::uint64_t hash(std::string_view text) const { return hash_(text); }
  const Account* owner(std::uint64_t key_or_look) const;
  bool rests(std::uint64_t key_or_look, protocol::Timestamp now, std::uint64_t but) const;
  void enter(Account& account);
  void leave(const Account& account);

  journal::KeyedHash hash_;
  std::map<std::uint64_t, Account> accounts_;
  Names names_;  ///< by the hashes of keys and of looks
  boost::unordered_flat_map<journal::TokenHash, Owner, TokenPlace> by_token_;
  std::unordered_map<std::uint64_t, Places> places_;  ///< of accounts that have any
  std::map<std::uint64_t, Invitation> invitations_;
  std::unordered_map<journal::TokenHash, std::uint64_t, TokenPlace> invitations_by_token_;
  std::unordered_map<std::uint64_t, journal::AccountStore::Reservation> reserved_;  ///< by those hashes
};

/// A name as it goes into a record.
journal::account::OwnedName owned(const protocol::Name& name);

}  // namespace hubbub::accounts
