#include "server/journal/account_rules.hpp"

namespace hubbub::journal {
namespace {

using protocol::Timestamp;

class Applying {
 public:
  Applying(AccountStore& store, const AccountRecord& whole)
      : store_(store), number_(whole.seq), at_(whole.at) {}

  Applied operator()(const account::Begun& begun) {
    if (number_ == 0 || store_.has_account(number_)) return Applied::not_numbered;
    if (const auto why = why_not(begun.name, 0); why != Applied::done) return why;
    if (begun.device && store_.knows_device_token(begun.device->hash)) return Applied::token_known;
    if (begun.invitation != 0 && !take_use(begun.invitation)) return Applied::no_invitation;
    store_.begin_account(number_, at_, begun);
    if (begun.device) store_.add_device(number_, number_, at_, *begun.device);
    return Applied::done;
  }

  /// Of the records that are about an account which has to be there.
  template <class Body>
  Applied operator()(const Body& body) {
    return store_.has_account(body.account) ? act(body) : Applied::no_account;
  }

  Applied operator()(const account::Erased& erased) {
    const bool is_there = store_.has_account(erased.account);
    if (is_there) store_.erase_account(erased.account);
    store_.forget_reserved(at_);
    for (const auto& text : {erased.key, erased.look})
      store_.reserve(text, {.account = 0, .until = erased.reserved_until});
    return is_there ? Applied::done : Applied::no_account;
  }

  Applied operator()(const account::NameReserved& reserved) {
    store_.reserve(reserved.key_or_look, {.account = reserved.account, .until = reserved.until});
    return Applied::done;
  }

  Applied operator()(const account::InvitationMade& made) {
    store_.forget_invitations(at_);
    if (made.uses == 0) return Applied::nothing_there;
    if (number_ == 0 || store_.invitation(number_)) return Applied::not_numbered;
    if (store_.knows_invitation_token(made.token)) return Applied::token_known;
    store_.add_invitation(number_, made);
    return Applied::done;
  }

  Applied operator()(const account::InvitationRevoked& revoked) {
    return store_.remove_invitation(revoked.invitation) ? Applied::done : Applied::no_invitation;
  }

 private:
  Applied act(const account::Renamed& renamed) {
    if (const auto why = why_not(renamed.name, renamed.account); why != Applied::done) return why;
    store_.forget_reserved(at_);
    if (renamed.reserved_until) store_.reserve_name_of(renamed.account, *renamed.reserved_until);
    store_.set_name(renamed.account, renamed.name);
    return Applied::done;
  }

  Applied act(const account::PasswordSet& set) {
    if (set.renews && !store_.has_salt(set.account, *set.renews)) return Applied::nothing_there;
    store_.set_password(set.account, set.password);
    return Applied::done;
  }

  Applied act(const account::RoleSet& set) {
    store_.set_role(set.account, set.role);
    return Applied::done;
  }

  Applied act(const account::Suspended& suspended) {
    store_.suspend(suspended.account, suspended);
    return Applied::done;
  }

  Applied act(const account::Resumed& resumed) {
    return store_.resume(resumed.account) ? Applied::done : Applied::nothing_there;
  }

  Applied act(const account::DeviceAdded& added) {
    if (added.by && !store_.has_salt(added.account, *added.by)) return Applied::nothing_there;
    if (store_.knows_device_token(added.token.hash)) return Applied::token_known;
    if (store_.device_count(added.account) >= most_devices)
      store_.remove_device(added.account, store_.longest_unused(added.account));
    store_.add_device(added.account, number_, at_, added.token);
    return Applied::done;
  }

  Applied act(const account::DeviceUsed& used) {
    return store_.use_device(used.account, used.device, at_) ? Applied::done : Applied::nothing_there;
  }

  Applied act(const account::DeviceRevoked& revoked) {
    return store_.remove_device(revoked.account, revoked.device) ? Applied::done : Applied::nothing_there;
  }

  Applied act(const account::OthersRevoked& revoked) {
    store_.remove_devices_but(revoked.account, revoked.device);
    return Applied::done;
  }

  Applied act(const account::RoomEntered& entered) {
    auto place = store_.place(entered.account, entered.room).value_or(AccountStore::Place());
    if (place.is_in || store_.rooms_in(entered.account) >= most_remembered) return Applied::nothing_there;
    place.is_in = true;
    place.name = entered.name;
    store_.set_place(entered.account, entered.room, place);
    return Applied::done;
  }

  Applied act(const account::RoomLeft& left) {
    auto place = store_.place(left.account, left.room);
    if (!place || !place->is_in) return Applied::nothing_there;
    place->is_in = false;
    if (place->read == 0) {
      store_.remove_place(left.account, left.room);
    } else {
      store_.set_place(left.account, left.room, *place);
    }
    return Applied::done;
  }

  /// It only rises.
  Applied act(const account::ReadUpTo& read) {
    const auto known = store_.place(read.account, read.place);
    auto place = known.value_or(AccountStore::Place{.name = read.name});
    if (read.seq <= place.read) return Applied::nothing_there;
    if (!known && store_.place_count(read.account) >= most_places) {
      if (const auto least = store_.least_read(read.account)) store_.remove_place(read.account, *least);
    }
    place.read = read.seq;
    store_.set_place(read.account, read.place, place);
    return Applied::done;
  }

  /// Why an account other than `but` may not have the name; done: it may.
  Applied why_not(const account::OwnedName& name, std::uint64_t but) {
    for (const auto* text : {&name.key, &name.look}) {
      const auto owner = store_.owner(*text);
      if (owner != 0 && owner != but) return Applied::name_taken;
    }
    return is_reserved(name.key, but) || is_reserved(name.look, but) ? Applied::name_reserved : Applied::done;
  }

  bool is_reserved(const std::string& key_or_look, std::uint64_t but) {
    const auto reservation = store_.reservation(key_or_look);
    return reservation && at_ < reservation->until && (but == 0 || reservation->account != but);
  }

  /// Of an invitation; false: it is not there, or its time is over.
  bool take_use(std::uint64_t invitation) {
    const auto left = store_.invitation(invitation);
    if (!left || (left->until && *left->until <= at_)) return false;
    if (left->uses > 1) {
      store_.set_uses(invitation, left->uses - 1);
    } else {
      store_.remove_invitation(invitation);
    }
    return true;
  }

  AccountStore& store_;
  std::uint64_t number_;
  Timestamp at_;
};

}  // namespace

Applied apply(AccountStore& store, const AccountRecord& record) {
  return std::visit(Applying(store, record), record.body);
}

}  // namespace hubbub::journal
