#include "server/accounts/book.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "protocol/look_alike.hpp"

namespace hubbub::accounts {

namespace record = journal::account;
using journal::AccountRecord;
using journal::TokenHash;
using protocol::Name;
using protocol::Timestamp;

/// The book as the rules of records see it.
class Book::Store final : public journal::AccountStore {
 public:
  explicit Store(Book& book) : book_(book) {}

  bool has_account(std::uint64_t account) override { return book_.accounts_.contains(account); }
  std::uint64_t owner(const std::string& key_or_look) override {
    const auto* const account = book_.owner(book_.hash(key_or_look));
    return account == nullptr ? 0 : account->number;
  }
  void begin_account(std::uint64_t number, Timestamp at, const record::Begun& begun) override {
    Account account{.number = number,
                    .name = begun.name.shown,
                    .password = begun.password,
                    .role = begun.role,
                    .begun = at,
                    .key = book_.hash(begun.name.key),
                    .look = book_.hash(begun.name.look)};
    book_.enter(book_.accounts_.emplace(number, std::move(account)).first->second);
  }
  void set_name(std::uint64_t account, const record::OwnedName& name) override {
    auto& named = the(account);
    book_.leave(named);
    named.name = name.shown;
    named.key = book_.hash(name.key);
    named.look = book_.hash(name.look);
    book_.enter(named);
  }
  void reserve_name_of(std::uint64_t account, Timestamp until) override {
    const auto& named = the(account);
    for (const auto text : {named.key, named.look})
      book_.reserved_[text] = {.account = account, .until = until};
  }
  bool has_salt(std::uint64_t account, const journal::Salt& salt) override {
    return the(account).password.salt == salt;
  }
  void set_password(std::uint64_t account, const journal::PasswordHash& password) override {
    the(account).password = password;
  }
  void set_role(std::uint64_t account, journal::ServerRole role) override { the(account).role = role; }
  void suspend(std::uint64_t account, const record::Suspended& suspended) override {
    the(account).suspension =
        std::make_unique<const Suspension>(Suspension{.until = suspended.until, .reason = suspended.reason});
  }
  bool resume(std::uint64_t account) override {
    return std::exchange(the(account).suspension, nullptr) != nullptr;
  }
  void erase_account(std::uint64_t account) override {
    const auto& erased = the(account);
    for (const auto& device : erased.devices) book_.by_token_.erase(device.token);
    book_.leave(erased);
    book_.places_.erase(account);
    book_.accounts_.erase(account);
  }
  std::optional<Reservation> reservation(const std::string& key_or_look) override {
    const auto found = book_.reserved_.find(book_.hash(key_or_look));
    return found == book_.reserved_.end() ? std::nullopt : std::optional(found->second);
  }
  void reserve(const std::string& key_or_look, const Reservation& reservation) override {
    book_.reserved_[book_.hash(key_or_look)] = reservation;
  }
  void forget_reserved(Timestamp at) override {
    std::erase_if(book_.reserved_, [at](const auto& each) { return each.second.until <= at; });
  }

  bool knows_device_token(const TokenHash& token) override { return book_.by_token_.contains(token); }
  std::size_t device_count(std::uint64_t account) override { return the(account).devices.size(); }
  std::uint64_t longest_unused(std::uint64_t account) override {
    const auto& devices = the(account).devices;
    return std::min_element(devices.begin(), devices.end(),
                            [](const Device& a, const Device& b) { return a.used < b.used; })
        ->number;
  }
  void add_device(std::uint64_t account, std::uint64_t number, Timestamp at,
                  const record::Token& token) override {
    book_.by_token_.emplace(token.hash, Owner{.account = account, .device = number});
    the(account).devices.push_back({.number = number,
                                    .token = token.hash,
                                    .label = token.label,
                                    .added = at,
                                    .used = at,
                                    .scopes = Scopes::stored(token.scopes)});
  }
  bool use_device(std::uint64_t account, std::uint64_t device, Timestamp at) override {
    auto& devices = the(account).devices;
    const auto used = find(devices, device);
    if (used == devices.end()) return false;
    used->used = std::max(used->used, at);
    return true;
  }
  bool remove_device(std::uint64_t account, std::uint64_t device) override {
    auto& devices = the(account).devices;
    const auto removed = find(devices, device);
    if (removed == devices.end()) return false;
    book_.by_token_.erase(removed->token);
    devices.erase(removed);
    return true;
  }
  void remove_devices_but(std::uint64_t account, std::uint64_t kept) override {
    std::erase_if(the(account).devices, [&](const Device& device) {
      if (device.number == kept) return false;
      book_.by_token_.erase(device.token);
      return true;
    });
  }

  std::optional<Place> place(std::uint64_t account, const std::string& key) override {
    const auto* const found = book_.place(account, key);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  std::size_t place_count(std::uint64_t account) override { return book_.places(account).size(); }
  std::optional<std::string> least_read(std::uint64_t account) override {
    const auto& places = book_.places(account);
    auto least = places.end();
    for (auto each = places.begin(); each != places.end(); ++each) {
      if (!each->second.is_in && (least == places.end() || each->second.read < least->second.read))
        least = each;
    }
    return least == places.end() ? std::nullopt : std::optional(least->first);
  }
  std::size_t rooms_in(std::uint64_t account) override {
    const auto& places = book_.places(account);
    return static_cast<std::size_t>(
        std::count_if(places.begin(), places.end(), [](const auto& each) { return each.second.is_in; }));
  }
  void set_place(std::uint64_t account, const std::string& key, const Place& place) override {
    book_.places_[account].insert_or_assign(key, place);
  }
  void remove_place(std::uint64_t account, const std::string& key) override {
    const auto found = book_.places_.find(account);
    if (found == book_.places_.end()) return;
    found->second.erase(key);
    if (found->second.empty()) book_.places_.erase(found);
  }

  std::optional<Left> invitation(std::uint64_t number) override {
    const auto found = book_.invitations_.find(number);
    if (found == book_.invitations_.end()) return std::nullopt;
    return Left{.uses = found->second.uses, .until = found->second.until};
  }
  bool knows_invitation_token(const TokenHash& token) override {
    return book_.invitations_by_token_.contains(token);
  }
  void add_invitation(std::uint64_t number, const record::InvitationMade& made) override {
    book_.invitations_by_token_.emplace(made.token, number);
    book_.invitations_.emplace(
        number,
        Invitation{
            .number = number, .token = made.token, .uses = made.uses, .until = made.until, .by = made.by});
  }
  void set_uses(std::uint64_t invitation, std::uint32_t uses) override {
    book_.invitations_.at(invitation).uses = uses;
  }
  bool remove_invitation(std::uint64_t invitation) override {
    const auto removed = book_.invitations_.find(invitation);
    if (removed == book_.invitations_.end()) return false;
    book_.invitations_by_token_.erase(removed->second.token);
    book_.invitations_.erase(removed);
    return true;
  }
  void forget_invitations(Timestamp at) override {
    std::erase_if(book_.invitations_, [&](const auto& each) {
      if (!each.second.until || at < *each.second.until) return false;
      book_.invitations_by_token_.erase(each.second.token);
      return true;
    });
  }

 private:
  using Devices = std::vector<Device>;

  Account& the(std::uint64_t account) { return book_.accounts_.at(account); }
  static Devices::iterator find(Devices& devices, std::uint64_t device) {
    return std::find_if(devices.begin(), devices.end(),
                        [&](const Device& other) { return other.number == device; });
  }

  Book& book_;
};

Book::Book() = default;
Book::~Book() = default;

journal::Applied Book::apply(const AccountRecord& record) {
  Store store(*this);
  return journal::apply(store, record);
}

const Account* Book::find(std::uint64_t number) const {
  const auto found = accounts_.find(number);
  return found == accounts_.end() ? nullptr : &found->second;
}

const Account* Book::owner(std::uint64_t key_or_look) const {
  const auto found = names_.find(key_or_look);
  return found == names_.end() ? nullptr : found->second;
}

const Account* Book::find(const Name& name) const {
  const auto key = hash(name.key);
  const auto* const account = owner(key);
  return account != nullptr && account->key == key ? account : nullptr;
}

const Account* Book::find_alike(const Name& name) const {
  const auto* const same = owner(hash(name.key));
  return same != nullptr ? same : owner(hash(protocol::skeleton(name)));
}

void Book::enter(Account& account) {
  names_[account.key] = &account;
  names_[account.look] = &account;
}

void Book::leave(const Account& account) {
  names_.erase(account.key);
  names_.erase(account.look);
}

Book::Bearer Book::find_by_token(const TokenHash& token) const {
  const auto owner = by_token_.find(token);
  if (owner == by_token_.end()) return {};
  const auto* const account = find(owner->second.account);
  return {.account = account, .device = account->device(owner->second.device)};
}

const Book::Places& Book::places(std::uint64_t account) const {
  static const Places none;
  const auto found = places_.find(account);
  return found == places_.end() ? none : found->second;
}

std::vector<std::uint64_t> Book::those_in(std::string_view key) const {
  std::vector<std::uint64_t> accounts;
  for (const auto& [account, places] : places_) {
    const auto found = places.find(key);
    if (found != places.end() && found->second.is_in) accounts.push_back(account);
  }
  std::sort(accounts.begin(), accounts.end());
  return accounts;
}

const Book::Place* Book::place(std::uint64_t account, std::string_view key) const {
  const auto& places = this->places(account);
  const auto found = places.find(key);
  return found == places.end() ? nullptr : &found->second;
}

const Invitation* Book::find_invitation(const TokenHash& token, Timestamp now) const {
  const auto number = invitations_by_token_.find(token);
  if (number == invitations_by_token_.end()) return nullptr;
  const auto& found = invitations_.at(number->second);
  return !found.until || now < *found.until ? &found : nullptr;
}

bool Book::is_reserved(const Name& name, Timestamp now, std::uint64_t but) const {
  return rests(hash(name.key), now, but) || rests(hash(protocol::skeleton(name)), now, but);
}

bool Book::rests(std::uint64_t key_or_look, Timestamp now, std::uint64_t but) const {
  const auto found = reserved_.find(key_or_look);
  return found != reserved_.end() && now < found->second.until && (but == 0 || found->second.account != but);
}

std::vector<const Account*> Book::list(std::uint64_t after, std::size_t limit) const {
  std::vector<const Account*> some;
  for (auto next = accounts_.upper_bound(after); next != accounts_.end() && some.size() < limit; ++next)
    some.push_back(&next->second);
  return some;
}

std::vector<const Invitation*> Book::invitations() const {
  std::vector<const Invitation*> all;
  all.reserve(invitations_.size());
  for (const auto& each : invitations_) all.push_back(&each.second);
  return all;
}

/// A hash already, of something random.
std::size_t Book::TokenPlace::operator()(const TokenHash& token) const {
  std::size_t place = 0;
  std::memcpy(&place, token.data(), sizeof place);
  return place;
}

journal::account::OwnedName owned(const Name& name) {
  return {.shown = name.shown, .key = name.key, .look = protocol::skeleton(name)};
}

}  // namespace hubbub::accounts
