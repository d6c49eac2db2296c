#include "server/chat/local_directory.hpp"

#include <algorithm>
#include <functional>
#include <memory>

#include "protocol/look_alike.hpp"
#include "server/chat/copies.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

std::vector<Session*> open_sessions(Person& person) {
  std::vector<Session*> open;
  for (auto& session : person.sessions()) {
    if (!session.is_closed()) open.push_back(&session);
  }
  return open;
}

}  // namespace

protocol::Error nobody_called(const std::string& name) {
  return {protocol::Code::no_such_user, "nobody here is called " + name};
}

protocol::Error has_left(const std::string& name, bool was_delivered) {
  return {protocol::Code::no_such_user, name + (was_delivered ? " has left, and may not have got this"
                                                              : " has left, and has not got this")};
}

LookAlikes::Look::Look(const protocol::Name& name)
    : skeleton(protocol::skeleton(name)),
      hash(static_cast<std::uint32_t>(std::hash<std::string>()(skeleton))) {}

bool LookAlikes::Order::operator()(const Look& a, const Person& b) const {
  return a.hash != b.look ? a.hash < b.look : a.skeleton < protocol::skeleton(b.name());
}

bool LookAlikes::Order::operator()(const Person& a, const Look& b) const {
  return a.look != b.hash ? a.look < b.hash : protocol::skeleton(a.name()) < b.skeleton;
}

Person* LookAlikes::find_in(Held& held, const Look& look, const Person& but) {
  const auto alike = held.equal_range(look, Order());
  for (auto next = alike.first; next != alike.second; ++next) {
    if (&*next != &but) return &*next;
  }
  return nullptr;
}

Person* LookAlikes::find(const protocol::Name& name, const Person& but) {
  const bool is_mixed = protocol::mixes_alphabets(name);
  if (mixed_.empty() && !is_mixed) return nullptr;
  const Look look(name);
  auto* const mixed = find_in(mixed_, look, but);
  return mixed != nullptr || !is_mixed ? mixed : find_in(plain_, look, but);
}

std::vector<PersonPtr> LookAlikes::all(const protocol::Name& name) {
  const Look look(name);
  std::vector<PersonPtr> people;
  for (auto* const held : {&plain_, &mixed_}) {
    const auto alike = held->equal_range(look, Order());
    for (auto next = alike.first; next != alike.second; ++next) people.emplace_back(&*next);
  }
  return people;
}

void LookAlikes::add(Person& person) {
  const Look look(person.name());
  auto& held = protocol::mixes_alphabets(person.name()) ? mixed_ : plain_;
  person.look = look.hash;
  held.insert_before(held.upper_bound(look, Order()), person);
}

bool LookAlikes::are_alike(const protocol::Name& a, const protocol::Name& b) {
  return (protocol::mixes_alphabets(a) || protocol::mixes_alphabets(b)) &&
         protocol::skeleton(a) == protocol::skeleton(b);
}

/// Whose name it is because of which this one is not free; nobody's: it is free.
LocalDirectory::Holder LocalDirectory::holder(const Person& person, const protocol::Name& name) {
  const auto same = borne_.find(name.key);
  if (same != borne_.end() && &*same != &person) return {.name = &same->name(), .bearer = &*same};
  if (auto* const alike = look_alikes_.find(name, person)) return {.name = &alike->name(), .bearer = alike};
  const auto held = std::find_if(held_.begin(), held_.end(), [&](const Held& other) {
    return other.person != &person && (other.name == name || LookAlikes::are_alike(other.name, name));
  });
  return {.name = held == held_.end() ? nullptr : &held->name};
}

protocol::Name LocalDirectory::free_guest_name(const Person& guest) {
  for (;;) {
    const auto text = "guest-" + std::to_string(++guests_);
    protocol::Name name{.shown = text, .key = text};
    if (holder(guest, name).name == nullptr) return name;
  }
}

void Directory::enter(const PersonPtr& /*person*/, const std::shared_ptr<Room>& room, Rank /*first*/,
                      // NOLINTNEXTLINE(performance-unnecessary-value-param): whoever answers later keeps it
                      EnterHandler handler) {
  handler({.is_in = true, .was_empty = room->is_empty()});
}

void LocalDirectory::claim(const PersonPtr& person, std::optional<protocol::Name> name,
                           std::uint64_t /*account*/, ClaimHandler handler) {
  if (!name) name = free_guest_name(*person);
  const auto other = holder(*person, *name);
  if (other.bearer != nullptr) {
    for (auto& session : other.bearer->sessions()) session.doubt();
  }
  if (other.name != nullptr) {
    handler({.claim = {}, .holder = *other.name});
    return;
  }
  held_.push_back({.person = person.get(), .name = *name});
  handler({.claim = Claim(*this, person, *std::move(name))});
}

void LocalDirectory::bear(Person& person, const protocol::Name& name) {
  give_back(person, name, 0);
  set_name(person, name);
}

void LocalDirectory::set_name(Person& person, const protocol::Name& name) {
  take_name(person);
  person.set_name(name);
  // Two of one name would be a fault of whoever says so, and not of this order.
  if (!borne_.insert(person).second) return;
  ++count_;
  look_alikes_.add(person);
}

void LocalDirectory::give_back(const Person& person, const protocol::Name& name, std::uint64_t /*grant*/) {
  held_.erase(std::find_if(held_.begin(), held_.end(),
                           [&](const Held& held) { return held.person == &person && held.name == name; }));
}

void LocalDirectory::release(Person& person, std::string_view /*reason*/) { take_name(person); }

void LocalDirectory::take_name(Person& person) {
  if (!person.NameHook::is_linked()) return;
  LookAlikes::remove(person);
  person.NameHook::unlink();
  --count_;
}

void LocalDirectory::find(const protocol::Name& name, FindHandler handler) {
  const auto found = borne_.find(name.key);
  const bool is_here = found != borne_.end() && (found->is_elsewhere() || !open_sessions(*found).empty());
  handler(is_here ? PersonPtr(&*found) : nullptr);
}

Person* LocalDirectory::bearer_of(std::string_view key) {
  const auto found = borne_.find(key);
  return found == borne_.end() ? nullptr : &*found;
}

/// Who bears the very name looks like it, too.
void LocalDirectory::bearers(const protocol::Name& name, BearersHandler handler) {
  handler(look_alikes_.all(name));
}

std::uint64_t LocalDirectory::account_of(const protocol::Name& name) const {
  const auto found = borne_.find(name.key);
  return found == borne_.end() ? 0 : found->account();
}

void LocalDirectory::names(const std::string& after, std::size_t limit, NamesHandler handler) {
  protocol::event::Members page{.room = {}, .count = count_, .names = {}, .more = false};
  for (auto next = borne_.upper_bound(after); next != borne_.end(); ++next) {
    if (page.names.size() == limit) {
      page.more = true;
      break;
    }
    page.names.push_back(next->name().shown);
  }
  handler(std::move(page));
}

void LocalDirectory::tell(const protocol::Name& to, protocol::Message message, TellHandler handler) {
  find(to, [&](const PersonPtr& person) {
    if (!person) {
      handler({.message = {}, .why = nobody_called(to.shown)});
      return;
    }
    deliver(*person, std::move(message), std::move(handler));
  });
}

bool LocalDirectory::is_open(Person& person) { return !open_sessions(person).empty(); }

void LocalDirectory::deliver(Person& person, protocol::Message message, TellHandler handler) {
  message.to = person.name().shown;
  const auto shared = std::make_shared<const protocol::Message>(std::move(message));
  const auto sessions = open_sessions(person);
  if (sessions.empty()) return handler({.message = shared, .why = has_left(shared->to, false)});
  const auto copies = std::make_shared<Copies>(sessions.size(), std::move(handler));
  for (auto* const session : sessions) {
    auto& hub = session->hub();
    hub.private_messages().deliver(*session, shared, copies->one(), hub.now(), hub.settings().tell_timeout);
  }
}

}  // namespace hubbub::chat
