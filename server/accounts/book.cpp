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

/// Carries one record out.
class Book::Applying {
 public:
  Applying(Book& book, const AccountRecord& whole) : book_(book), number_(whole.seq), at_(whole.at) {}

  Applied operator()(const record::Begun& begun) {
    if (number_ == 0 || book_.accounts_.contains(number_)) return Applied::not_numbered;
    Account account{.number = number_,
                    .name = begun.name.shown,
                    .password = begun.password,
                    .role = begun.role,
                    .begun = at_,
                    .key = book_.hash(begun.name.key),
                    .look = book_.hash(begun.name.look)};
    if (const auto why = why_not(account.key, account.look, 0); why != Applied::done) return why;
    if (begun.device && book_.by_token_.contains(begun.device->hash)) return Applied::token_known;
    if (!take_use(begun.invitation)) return Applied::no_invitation;
    auto& kept = book_.accounts_.emplace(number_, std::move(account)).first->second;
    book_.enter(kept);
    if (begun.device) add_device(kept, *begun.device);
    return Applied::done;
  }

  /// Of the records that are about an account which has to be there.
  template <class Body>
  Applied operator()(const Body& body) {
    auto* const account = book_.account(body.account);
    return account == nullptr ? Applied::no_account : act(*account, body);
  }

  Applied operator()(const record::Erased& erased) {
    auto* const account = book_.account(erased.account);
    if (account != nullptr) {
      for (const auto& device : account->devices) book_.by_token_.erase(device.token);
      book_.leave(*account);
      book_.accounts_.erase(erased.account);
    }
    std::erase_if(book_.reserved_, [this](const auto& each) { return each.second <= at_; });
    for (const auto& text : {erased.key, erased.look})
      book_.reserved_[book_.hash(text)] = erased.reserved_until;
    return account != nullptr ? Applied::done : Applied::no_account;
  }

  Applied operator()(const record::InvitationMade& made) {
    forget_invitations();
    if (made.uses == 0) return Applied::nothing_there;
    if (number_ == 0 || book_.invitations_.contains(number_)) return Applied::not_numbered;
    if (!book_.invitations_by_token_.emplace(made.token, number_).second) return Applied::token_known;
    book_.invitations_.emplace(
        number_,
        Invitation{
            .number = number_, .token = made.token, .uses = made.uses, .until = made.until, .by = made.by});
    return Applied::done;
  }

  Applied operator()(const record::InvitationRevoked& revoked) {
    const auto place = book_.invitations_.find(revoked.invitation);
    if (place == book_.invitations_.end()) return Applied::no_invitation;
    remove(place);
    return Applied::done;
  }

 private:
  using Devices = std::vector<Device>;
  using Invitations = std::map<std::uint64_t, Invitation>;

  Applied act(Account& account, const record::Renamed& renamed) {
    const auto key = book_.hash(renamed.name.key);
    const auto look = book_.hash(renamed.name.look);
    if (const auto why = why_not(key, look, account.number); why != Applied::done) return why;
    book_.leave(account);
    account.name = renamed.name.shown;
    account.key = key;
    account.look = look;
    book_.enter(account);
    return Applied::done;
  }

  Applied act(Account& account, const record::PasswordSet& set) {
    if (set.renews && *set.renews != account.password.salt) return Applied::nothing_there;
    account.password = set.password;
    return Applied::done;
  }

  Applied act(Account& account, const record::RoleSet& set) {
    account.role = set.role;
    return Applied::done;
  }

  Applied act(Account& account, const record::Suspended& suspended) {
    account.suspension =
        std::make_unique<const Suspension>(Suspension{.until = suspended.until, .reason = suspended.reason});
    return Applied::done;
  }

  Applied act(Account& account, const record::Resumed& /*resumed*/) {
    if (!account.suspension) return Applied::nothing_there;
    account.suspension.reset();
    return Applied::done;
  }

  Applied act(Account& account, const record::DeviceAdded& added) {
    if (book_.by_token_.contains(added.token.hash)) return Applied::token_known;
    if (account.devices.size() >= most_devices) {
      remove(account, std::min_element(account.devices.begin(), account.devices.end(),
                                       [](const Device& a, const Device& b) { return a.used < b.used; }));
    }
    add_device(account, added.token);
    return Applied::done;
  }

  Applied act(Account& account, const record::DeviceUsed& used) {
    const auto device = find_device(account, used.device);
    if (device == account.devices.end()) return Applied::nothing_there;
    device->used = std::max(device->used, at_);
    return Applied::done;
  }

  Applied act(Account& account, const record::DeviceRevoked& revoked) {
    const auto device = find_device(account, revoked.device);
    if (device == account.devices.end()) return Applied::nothing_there;
    remove(account, device);
    return Applied::done;
  }

  Applied act(Account& account, const record::OthersRevoked& revoked) {
    std::erase_if(account.devices, [&](const Device& device) {
      if (device.number == revoked.device) return false;
      book_.by_token_.erase(device.token);
      return true;
    });
    return Applied::done;
  }

  /// Why an account other than `but` may not have a name of that key and look; done: it may.
  Applied why_not(std::uint64_t key, std::uint64_t look, std::uint64_t but) const {
    for (const auto one : {key, look}) {
      const auto* const owner = book_.owner(one);
      if (owner != nullptr && owner->number != but) return Applied::name_taken;
    }
    return book_.rests(key, at_) || book_.rests(look, at_) ? Applied::name_reserved : Applied::done;
  }

  /// Of an invitation that is named; false: it has none left, or no time.
  bool take_use(std::uint64_t invitation) {
    if (invitation == 0) return true;
    const auto place = book_.invitations_.find(invitation);
    if (place == book_.invitations_.end() || (place->second.until && *place->second.until <= at_))
      return false;
    if (--place->second.uses == 0) remove(place);
    return true;
  }

  /// Those whose time is over.
  void forget_invitations() {
    for (auto place = book_.invitations_.begin(); place != book_.invitations_.end();) {
      const auto one = place++;
      if (one->second.until && *one->second.until <= at_) remove(one);
    }
  }

  void remove(Invitations::iterator invitation) {
    book_.invitations_by_token_.erase(invitation->second.token);
    book_.invitations_.erase(invitation);
  }

  void add_device(Account& account, const record::Token& token) {
    book_.by_token_.emplace(token.hash, Owner{.account = account.number, .device = number_});
    account.devices.push_back(
        {.number = number_, .token = token.hash, .label = token.label, .added = at_, .used = at_});
  }

  void remove(Account& account, Devices::iterator device) {
    book_.by_token_.erase(device->token);
    account.devices.erase(device);
  }

  static Devices::iterator find_device(Account& account, std::uint64_t device) {
    return std::find_if(account.devices.begin(), account.devices.end(),
                        [&](const Device& other) { return other.number == device; });
  }

  Book& book_;
  std::uint64_t number_;
  Timestamp at_;
};

Book::Book() = default;
Book::~Book() = default;

Book::Applied Book::apply(const AccountRecord& record) {
  return std::visit(Applying(*this, record), record.body);
}

Account* Book::account(std::uint64_t number) {
  const auto found = accounts_.find(number);
  return found == accounts_.end() ? nullptr : &found->second;
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
  const auto device = std::find_if(account->devices.begin(), account->devices.end(),
                                   [&](const Device& other) { return other.number == owner->second.device; });
  return {.account = account, .device = &*device};
}

const Invitation* Book::find_invitation(const TokenHash& token, Timestamp now) const {
  const auto number = invitations_by_token_.find(token);
  if (number == invitations_by_token_.end()) return nullptr;
  const auto& found = invitations_.at(number->second);
  return !found.until || now < *found.until ? &found : nullptr;
}

bool Book::is_reserved(const Name& name, Timestamp now) const {
  return rests(hash(name.key), now) || rests(hash(protocol::skeleton(name)), now);
}

bool Book::rests(std::uint64_t key_or_look, Timestamp now) const {
  const auto found = reserved_.find(key_or_look);
  return found != reserved_.end() && now < found->second;
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
