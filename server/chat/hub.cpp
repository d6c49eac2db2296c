#include "server/chat/hub.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "protocol/limits.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/chat/wire.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {

using protocol::Code;
namespace event = protocol::event;

namespace {

// Rooms that are looked at in one tick, whether anybody or anything is still there.
constexpr std::size_t rooms_per_tick = 1000;

}  // namespace

Hub::Hub(const Settings& settings, const Clock& clock, journal::Journal& journal)
    : settings_(settings), clock_(clock), journal_(journal) {
  journal_.on_commit([this](std::span<const journal::Committed> batch) { on_commit(batch); });
  for (const auto& room : journal_.rooms({}, std::numeric_limits<std::size_t>::max()))
    find_or_make_room({.shown = std::string(room.name), .key = std::string(room.key)});
}

Hub::~Hub() = default;

std::shared_ptr<Session> Hub::open(Wire& wire, std::uint64_t number) {
  auto session = std::make_shared<Session>(*this, wire, number);
  sessions_.push_back(*session);
  return session;
}

void Hub::end_turn() {
  tell_presence();
  journal_.commit(now().wall);
  tell_presence();  // of those who left once their last words were out
}

void Hub::tick() {
  tell_presence();
  auto next = rooms_.upper_bound(looked_at_);
  for (std::size_t looked = 0; looked < rooms_per_tick && next != rooms_.end(); ++looked) {
    looked_at_ = next->first;
    next = is_alive(*next->second) ? std::next(next) : drop(next);
  }
  if (next == rooms_.end()) looked_at_.clear();
}

void Hub::close_all(const protocol::Error& why) {
  std::vector<std::shared_ptr<Session>> everybody;
  for (auto& session : sessions_) everybody.push_back(session.shared_from_this());
  for (const auto& session : everybody) session->close(why);
}

TokenBucket::Limit Hub::message_limit() const {
  const bool limited = settings_.messages_burst > 0;
  return {.rate = limited ? settings_.messages_per_second : 0,
          .burst = static_cast<double>(settings_.messages_burst)};
}

// --- names and rooms

bool Hub::take_name(Session& session, protocol::Name name) {
  const auto taken = names_.find(name.key);
  if (taken != names_.end() && taken->second != &session) return false;
  if (session.is_welcome()) names_.erase(session.name().key);
  for (const auto& room : session.rooms()) room->renaming(session);
  session.set_name(std::move(name));
  names_.emplace(session.name().key, &session);
  for (const auto& room : session.rooms()) room->renamed(session);
  return true;
}

protocol::Name Hub::free_guest_name() {
  for (;;) {
    auto name = "guest-" + std::to_string(++guests_);
    if (!names_.contains(name)) return {.shown = name, .key = name};
  }
}

std::shared_ptr<Session> Hub::find_session(const protocol::Name& name) const {
  const auto found = names_.find(name.key);
  return found == names_.end() || found->second->is_closed() ? nullptr : found->second->shared_from_this();
}

std::shared_ptr<Room> Hub::find_room(const protocol::Name& name) const {
  const auto found = rooms_.find(name.key);
  return found != rooms_.end() && is_alive(*found->second) ? found->second : nullptr;
}

std::shared_ptr<Room> Hub::find_or_make_room(const protocol::Name& name) {
  auto& room = rooms_[name.key];
  if (!room) {
    const auto tail = journal_.tail(name.key);
    room = std::make_shared<Room>(name, tail.last, std::string(tail.topic));
  }
  return room;
}

bool Hub::is_alive(const Room& room) const {
  return room.size() > 0 || !journal_.tail(room.name().key).name.empty();
}

void Hub::drop_if_dead(const std::shared_ptr<Room>& room) {
  const auto found = rooms_.find(room->name().key);
  if (found != rooms_.end() && !is_alive(*room)) drop(found);
}

Hub::Rooms::iterator Hub::drop(Rooms::iterator room) { return rooms_.erase(room); }

void Hub::enter(Session& session, const std::shared_ptr<Room>& room) {
  presence_changes(room);
  if (room->size() == 0) journal_.occupy(room->name().key);
  room->add(session.shared_from_this());
  session.enter(room);
}

void Hub::leave(Session& session, const std::shared_ptr<Room>& room, std::string_view reason) {
  presence_changes(room);
  room->remove(session, std::string(reason));
  session.leave(room);
  if (room->size() == 0) journal_.abandon(room->name().key);
  drop_if_dead(room);
}

void Hub::depart(Session& session, std::string_view reason) {
  const auto rooms = session.rooms();
  for (const auto& room : rooms) leave(session, room, reason);
  if (session.is_welcome()) {
    ops::log::info(
        "chat", "left",
        {{"session", session.number()}, {"name", session.name().shown}, {"why", session.logged_departure()}});
    names_.erase(session.name().key);
  } else {
    ops::log::info("chat", "left without a hello",
                   {{"session", session.number()}, {"why", session.logged_departure()}});
  }
  session.SessionHook::unlink();
}

event::Members Hub::names(const std::string& after, std::size_t limit) const {
  event::Members page{.room = {}, .count = names_.size(), .names = {}, .more = false};
  for (auto next = names_.upper_bound(after); next != names_.end(); ++next) {
    if (page.names.size() == limit) {
      page.more = true;
      break;
    }
    page.names.push_back(next->second->name().shown);
  }
  return page;
}

event::Rooms Hub::room_list(const std::string& after, std::size_t limit, std::size_t bytes) const {
  event::Rooms page;
  for (auto next = rooms_.upper_bound(after); next != rooms_.end(); ++next) {
    const auto& room = *next->second;
    if (!is_alive(room)) continue;
    const auto size = 2 * room.topic().size() + room.name().shown.size() + 64;  // escaped, at worst
    if (page.rooms.size() == limit || (size > bytes && !page.rooms.empty())) {
      page.more = true;
      break;
    }
    bytes -= std::min(bytes, size);
    page.rooms.push_back({.room = room.name().shown, .topic = room.topic(), .count = room.size()});
  }
  return page;
}

// --- the way of a message

void Hub::append(Session& session, const std::shared_ptr<Room>& room, protocol::Message message,
                 std::string ref, journal::Kind kind) {
  const auto ticket = first_ticket_ + pending_.size();
  pending_.push_back({session.shared_from_this(), room, std::move(ref), message.id});
  session.said(*room);
  journal_.append({.room = room->name().key,
                   .sender = session.name().key,
                   .message = std::move(message),
                   .ticket = ticket,
                   .kind = kind});
}

bool Hub::must_wait_for_journal(Session& session) {
  if (!journal_.full()) return false;
  waiting_.push_back(session.weak_from_this());
  return true;
}

/// Who waits for what has come back. What was said elsewhere is nobody's here.
Hub::Pending Hub::take_pending(const journal::Committed& committed) {
  if (committed.ticket == 0) {
    const auto found = rooms_.find(committed.room);
    return {.session = {}, .room = found == rooms_.end() ? nullptr : found->second, .ref = {}, .id = {}};
  }
  auto origin = std::move(pending_.front());
  pending_.pop_front();
  ++first_ticket_;
  return origin;
}

void Hub::on_commit(std::span<const journal::Committed> batch) {
  std::vector<std::shared_ptr<Room>> touched;
  std::vector<Settled> settled;
  for (const auto& committed : batch) {
    auto origin = take_pending(committed);
    const bool failed = committed.outcome == journal::Outcome::failed;
    if (origin.session) settled.push_back({origin.session, origin.ref, origin.id, failed});
    if (failed || !origin.room) continue;
    if (committed.kind == journal::Kind::topic) {
      deliver_topic(origin, *committed.message);
      continue;
    }
    const bool is_first = origin.room->gather({.message = committed.message,
                                               .sender = origin.session.get(),
                                               .ref = std::move(origin.ref),
                                               .repeated = committed.outcome == journal::Outcome::repeated});
    if (is_first) touched.push_back(std::move(origin.room));
  }
  for (const auto& room : touched) room->deliver();
  settle(settled);
}

/// After the messages that were said before it.
void Hub::deliver_topic(const Pending& origin, const protocol::Message& topic) {
  auto& room = *origin.room;
  room.deliver();
  room.set_topic(topic.text);
  const event::Topic told{
      .room = room.name().shown, .text = topic.text, .from = topic.from, .time = topic.time};
  if (origin.session) origin.session->reply(told, origin.ref);
  room.send({.body = told, .ref = {}}, origin.session.get());
}

void Hub::settle(const std::vector<Settled>& settled) {
  for (const auto& one : settled) {
    if (one.failed) {
      one.session->lost({Code::storage_failed, "the server could not store this; try again later"}, one.ref,
                        one.id);
    }
    one.session->settled();
  }
  if (journal_.full()) return;
  for (const auto& waiting : std::exchange(waiting_, {})) {
    if (const auto session = waiting.lock()) session->offer_again();
  }
}

// --- presence

void Hub::presence_changes(const std::shared_ptr<Room>& room) {
  if (!room->has_presence()) presence_.push_back(room);
}

void Hub::tell_presence() {
  if (presence_.empty()) return;
  const auto now = clock_.now().steady;
  std::erase_if(presence_,
                [&](const auto& room) { return room->tell_presence(settings_.presence_members, now); });
}

void Hub::broadcast(Session& session, const protocol::Event& event) {
  Rendered rendered(event);
  session.last_broadcast = ++broadcasts_;
  for (const auto& room : session.rooms()) {
    for (const auto& member : room->members()) {
      if (std::exchange(member->last_broadcast, broadcasts_) == broadcasts_) continue;
      member->deliver(rendered.in(member->format()));
    }
  }
}

}  // namespace hubbub::chat
