#include "server/chat/hub.hpp"

#include <algorithm>
#include <unordered_set>
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
// Of a message under way, besides its text: what else is in the line in which it comes back.
constexpr std::size_t message_cost = 256;

/// Whether the journal has something of the room from now on.
bool leaves_something(const journal::Committed& committed) {
  return committed.outcome == journal::Outcome::stored &&
         (!committed.state || !committed.state->value.empty());
}

/// Neither may be 0, or there is no limit.
TokenBucket::Limit limit_of(double rate, std::size_t burst) {
  return {.rate = burst > 0 ? rate : 0, .burst = static_cast<double>(burst)};
}

}  // namespace

Hub::Hub(const Settings& settings, const Clock& clock, journal::Journal& journal, Directory& directory)
    : settings_(settings), clock_(clock), journal_(journal), directory_(directory), tells_(directory) {
  journal_.on_commit([this](std::span<const journal::Committed> batch) { on_commit(batch); });
}

Hub::~Hub() = default;

std::shared_ptr<Session> Hub::open(Wire& wire, std::uint64_t number, const std::string& address,
                                   PersonPtr person) {
  auto session =
      std::make_shared<Session>(*this, wire, number, addresses_.of(address, now().steady), std::move(person));
  sessions_.push_back(*session);
  return session;
}

void Hub::end_turn() {
  tell_presence();
  if (due() != PrivateMessages::never) private_messages_.look(now());
  journal_.commit({.wall = now().wall, .steady = now().steady});
  tell_presence();  // of those who left once their last words were out
}

void Hub::tick() {
  auto next = rooms_.upper_bound(looked_at_);
  for (std::size_t looked = 0; looked < rooms_per_tick && next != rooms_.end(); ++looked) {
    looked_at_ = next->first;
    if (next->second->was_large(settings_.presence_members)) presence_.push_back(next->second);
    ++next;
  }
  if (next == rooms_.end()) looked_at_.clear();
  tell_presence();
  addresses_.tidy(now().steady);
  for (const auto& retrying : std::exchange(retrying_, {})) {
    const auto session = retrying.lock();
    if (!session) continue;
    if (session->delivery().unreadable()) {
      session->close({Code::too_slow, "what you have missed cannot be read now; come back for it"});
    } else {
      session->go_on();
    }
  }
}

void Hub::close_all(const protocol::Error& why) {
  std::vector<std::shared_ptr<Session>> everybody;
  for (auto& session : sessions_) everybody.push_back(session.shared_from_this());
  for (const auto& session : everybody) session->close(why);
}

TokenBucket::Limit Hub::message_limit() const {
  return limit_of(settings_.messages_per_second, settings_.messages_burst);
}

TokenBucket::Limit Hub::query_limit() const {
  return limit_of(settings_.queries_per_second, settings_.queries_burst);
}

TokenBucket::Limit Hub::address_limit() const {
  return limit_of(settings_.messages_per_second_per_address, settings_.messages_burst_per_address);
}

void Hub::rename(Person& person, Claim& claim) {
  const auto before = person.name();
  if (!before.key.empty()) {
    tell_presence();
    ++renames_;
  }
  std::vector<std::pair<std::shared_ptr<Room>, Roster::Members::node_type>> taken_out;
  for (const auto& session : person.sessions()) {
    for (const auto& stay : session.stays()) taken_out.emplace_back(stay.room, stay.room->take_out(person));
  }
  claim.bear();
  for (auto& [room, member] : taken_out) room->put_back(std::move(member), before);
}

// --- rooms

std::shared_ptr<Room> Hub::find_room(const protocol::Name& name) const {
  const auto found = rooms_.find(name.key);
  return found == rooms_.end() ? nullptr : found->second;
}

std::optional<event::Members> Hub::members(const protocol::Name& name, const std::string& after,
                                           std::size_t limit, const Session& asker) const {
  if (const auto room = find_room(name)) return room->names(after, limit, &asker.person());
  const auto tail = journal_.tail(name.key);
  if (tail.name.empty()) return std::nullopt;
  return event::Members{.room = std::string(tail.name), .count = 0, .names = {}, .more = false};
}

bool Hub::is_known(const protocol::Name& name) const {
  return rooms_.contains(name.key) || !journal_.tail(name.key).name.empty();
}

std::shared_ptr<Room> Hub::find_or_make_room(const protocol::Name& name) {
  auto& room = rooms_[name.key];
  if (room) return room;
  const auto tail = journal_.tail(name.key);
  const bool is_new = tail.name.empty();
  if (is_new) ++new_rooms_;
  room =
      std::make_shared<Room>(is_new ? name : protocol::Name{std::string(tail.name), name.key},
                             Room::Kept{.last = tail.last,
                                        .state = tail.state == nullptr ? journal::RoomState() : *tail.state,
                                        .is_new = is_new,
                                        .epoch = journal_.epoch()});
  journal_.occupy(name.key);
  return room;
}

/// A room is here for as long as somebody is in it; what else there is of it is the journal's.
void Hub::drop_if_empty(const Room& room) {
  if (!room.is_empty()) return;
  const auto key = room.name().key;
  if (room.is_new()) --new_rooms_;
  rooms_.erase(key);
  journal_.abandon(key);
}

void Hub::let_in(Session& session, const std::shared_ptr<Room>& room) {
  session.enter(room);
  room->let_in(session.shared_from_this());
}

void Hub::admit(Session& session, const std::shared_ptr<Room>& room) {
  presence_changes(room, room->presence().clashes_with_coming(session.name()));
  room->admit(session);
}

void Hub::leave(Session& session, const std::shared_ptr<Room>& room, std::string_view reason) {
  presence_changes(room, room->presence().clashes_with_going(session.name()));
  room->remove(session, std::string(reason));
  session.leave(*room);
  drop_if_empty(*room);
}

void Hub::depart(Session& session, std::string_view reason) {
  while (!session.stays().empty()) leave(session, std::shared_ptr(session.stays().front().room), reason);
  if (session.is_welcome()) {
    ops::log::debug("chat", "left",
                    {{"connection", session.number()},
                     {"name", session.name().shown},
                     {"reason", session.logged_departure()}});
  } else {
    ops::log::debug("chat", "left without a hello",
                    {{"connection", session.number()}, {"reason", session.logged_departure()}});
  }
  auto& person = session.person();
  person.sessions().erase(Sessions::s_iterator_to(session));
  if (person.sessions().empty()) directory_.release(person, person.name());
  session.SessionHook::unlink();
}

/// Those that somebody is in and those that the journal has, in one order.
event::Rooms Hub::room_list(const std::string& after, std::size_t limit, std::size_t bytes) const {
  event::Rooms page;
  const auto kept = journal_.rooms(after, limit + 1);
  auto next_kept = kept.begin();
  auto next_here = rooms_.upper_bound(after);
  while (next_kept != kept.end() || next_here != rooms_.end()) {
    const bool is_here =
        next_here != rooms_.end() && (next_kept == kept.end() || next_here->first <= next_kept->key);
    event::RoomInfo info;
    if (is_here) {
      const auto& room = *next_here->second;
      info = {.room = room.name().shown, .topic = std::string(room.topic()), .count = room.size()};
    } else {
      info = {.room = std::string(next_kept->name), .topic = std::string(next_kept->topic), .count = 0};
    }
    const auto size = 2 * info.topic.size() + info.room.size() + 64;  // escaped, at worst
    if (page.rooms.size() == limit || (size > bytes && !page.rooms.empty())) {
      page.more = true;
      break;
    }
    bytes -= std::min(bytes, size);
    page.rooms.push_back(std::move(info));
    if (next_kept != kept.end() && (!is_here || next_kept->key == next_here->first)) ++next_kept;
    if (is_here) ++next_here;
  }
  return page;
}

// --- the way of a message

void Hub::append(Answer&& answer, const std::shared_ptr<Room>& room, protocol::Message message) {
  auto& session = answer.session();
  session.said(answer, *room, message_cost + message.text.size());
  journal_.append({.room = room->name().key,
                   .sender = session.name().key,
                   .message = std::move(message),
                   .ticket = under_way_.add(std::move(answer), room)});
}

void Hub::append(Answer&& answer, const std::shared_ptr<Room>& room, journal::StateRecord record) {
  auto& session = answer.session();
  session.said(answer, *room, message_cost + record.value.size());
  journal_.append({.room = room->name().key,
                   .sender = session.name().key,
                   .ticket = under_way_.add(std::move(answer), room),
                   .state = std::make_shared<const journal::StateRecord>(std::move(record))});
}

bool Hub::must_wait_for_journal(Session& session) {
  if (!journal_.full()) return false;
  waiting_.push_back(session.weak_from_this());
  return true;
}

/// What was said elsewhere is nobody's here.
UnderWay Hub::take_under_way(const journal::Committed& committed) {
  if (committed.ticket != 0) return under_way_.take(committed.ticket);
  const auto found = rooms_.find(committed.room);
  return {.answer = {}, .room = found == rooms_.end() ? nullptr : found->second};
}

void Hub::on_commit(std::span<const journal::Committed> batch) {
  std::vector<std::shared_ptr<Room>> touched;
  std::vector<UnderWay> settled;
  settled.reserve(batch.size());  // so that the refs stay where they are
  for (const auto& committed : batch) {
    auto& origin = settled.emplace_back(take_under_way(committed));
    origin.has_failed = committed.outcome == journal::Outcome::failed;
    if (origin.has_failed || !origin.room) continue;
    if (leaves_something(committed) && origin.room->becomes_known()) --new_rooms_;
    if (committed.state) {
      deliver_state(origin, *committed.state);
      continue;
    }
    const auto* sender = origin.answer.is_wanted() ? &origin.answer.session() : nullptr;
    const bool is_first = origin.room->gather({.message = committed.message,
                                               .sender = sender,
                                               .ref = origin.answer.ref(),
                                               .repeated = committed.outcome == journal::Outcome::repeated,
                                               .is_own = sender != nullptr && !sender->is_direct()});
    if (is_first) touched.push_back(origin.room);
  }
  for (const auto& room : touched) room->deliver();
  settle(settled);
}

/// After the messages that were said before it.
void Hub::deliver_state(UnderWay& origin, const journal::StateRecord& record) {
  auto& room = *origin.room;
  room.deliver();
  const Participant* setter = origin.answer ? &origin.answer.session() : nullptr;
  for (auto& told : room.apply(record)) {
    room.send({.body = told, .ref = {}}, setter);
    origin.answer.reply(std::move(told));
  }
}

/// Answers what has failed, and is done with all of it, in order.
void Hub::settle(std::vector<UnderWay>& settled) {
  for (auto& one : settled) {
    if (!one.answer) continue;
    auto& session = one.answer.session();
    if (one.has_failed) {
      one.answer.fail({Code::storage_failed, "the server could not store this; try again later"});
    }
    const auto given_up = session.delivery().overflowed() ? session.shared_from_this() : nullptr;
    one.answer.end();
    if (given_up) {
      given_up->close(
          {Code::too_slow, "you did not read what was sent to you; come back for what you missed"});
    }
  }
  if (journal_.full()) return;
  for (const auto& waiting : std::exchange(waiting_, {})) {
    if (const auto session = waiting.lock()) session->offer_again();
  }
}

void Hub::go_on_later(Session& session) { retrying_.push_back(session.weak_from_this()); }

// --- presence

void Hub::presence_changes(const std::shared_ptr<Room>& room, bool clashes) {
  if (clashes) room->tell_presence(moment());
  if (!room->presence().is_due()) presence_.push_back(room);
}

void Hub::tell_presence() {
  if (presence_.empty()) return;
  const auto now = moment();
  std::erase_if(presence_, [&](const auto& room) { return room->tell_presence(now); });
}

Presence::Moment Hub::moment() const {
  return {.limit = settings_.presence_members, .renames = renames_, .now = clock_.now().steady};
}

void Hub::broadcast(Session& session, const protocol::Event& event) {
  Rendered rendered(event);
  std::unordered_set<const Participant*> told{&session};
  const auto tell = [&](Participant& participant) {
    if (told.insert(&participant).second) participant.share(rendered.in(participant.format()), nullptr);
  };
  for (auto& sibling : session.person().sessions()) {
    tell(sibling);
    for (const auto& stay : sibling.stays()) {
      for (const auto& member : stay.room->admitted()) tell(*member);
    }
  }
}

}  // namespace hubbub::chat
