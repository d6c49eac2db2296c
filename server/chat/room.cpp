#include "server/chat/room.hpp"

#include <algorithm>

#include "protocol/limits.hpp"
#include "server/chat/changes.hpp"

namespace hubbub::chat {

namespace event = protocol::event;

Room::Room(protocol::Name name, Kept kept)
    : name_(std::move(name)),
      state_(std::move(kept.state)),
      epoch_(kept.epoch),
      is_new_(kept.is_new),
      broadcast_(*this, kept.last) {
  const auto& records = state_.records();
  const auto is_ruled = [](const auto& record) { return record.attribute != journal::topic_attribute; };
  if (std::any_of(records.begin(), records.end(), is_ruled)) ruling_ = std::make_unique<Ruling>(state_);
}

journal::RoomState::Events Room::apply(const journal::StateRecord& record) {
  if (record.attribute != journal::topic_attribute && !ruling_) ruling_ = std::make_unique<Ruling>(state_);
  if (ruling_) ruling_->apply(record);
  return state_.apply(record);
}

// --- roles and rules

void Room::give(const Person& person, Rank rank, std::uint64_t since) {
  std::erase_if(grants_, [&](const Grant& grant) { return grant.person == &person; });
  if (rank != Rank::anyone) grants_.push_back({.person = &person, .rank = rank, .since = since});
}

const Room::Grant* Room::grant(const Person& person) const {
  const auto found =
      std::find_if(grants_.begin(), grants_.end(), [&](const Grant& each) { return each.person == &person; });
  return found == grants_.end() ? nullptr : &*found;
}

void Room::pass_on(const Person& from, const Person& to) {
  if (const auto* const given = grant(from)) {
    const auto [person, rank, since] = *given;
    give(from, Rank::anyone, 0);
    give(to, rank, since);
  }
}

Rank Room::rank_of(const Person& person) const {
  const auto kept = ruling_ ? ruling_->rank_of(person.account()) : Rank::anyone;
  const auto* const given = grant(person);
  return given == nullptr ? kept : std::max(kept, given->rank);
}

std::vector<event::RoleHeld> Room::roles_among(const std::vector<std::string>& names) const {
  std::vector<event::RoleHeld> held;
  const bool nobody = grants_.empty() && (!ruling_ || (ruling_->owner() == 0 && ruling_->roles().empty()));
  if (nobody) return held;
  for (const auto& name : names) {
    const auto* const person = roster_.find(protocol::key_of(name));
    const auto role = person == nullptr ? std::string_view() : role_word(rank_of(*person));
    if (!role.empty()) held.push_back({.name = name, .role = std::string(role)});
  }
  return held;
}

namespace {

// Guests who have left and are known, and for how long.
constexpr std::size_t most_leavers = 64;
constexpr std::chrono::minutes leavers_known{10};

}  // namespace

void Room::note_gone(const protocol::Name& name, std::string address, Time now) {
  if (address.empty()) return;
  std::erase_if(gone_,
                [&](const Gone& each) { return each.key == name.key || each.at + leavers_known < now; });
  if (gone_.size() >= most_leavers) gone_.erase(gone_.begin());
  gone_.push_back({.key = name.key, .address = std::move(address), .at = now});
}

std::string_view Room::address_of_gone(std::string_view key, Time now) const {
  for (const auto& each : gone_)
    if (each.key == key && each.at + leavers_known >= now) return each.address;
  return {};
}

std::optional<Room::Time> Room::spoke(const std::string& who) const {
  const auto found = spoke_.find(who);
  return found == spoke_.end() ? std::nullopt : std::optional(found->second);
}

void Room::note_spoke(const std::string& who, Time now, std::chrono::milliseconds span) {
  constexpr std::size_t most_remembered = 10'000;
  constexpr std::chrono::seconds between_sweeps{1};
  if (spoke_.size() >= most_remembered && now >= swept_ + between_sweeps) {
    swept_ = now;
    std::erase_if(spoke_, [&](const auto& each) { return each.second + span <= now; });
  }
  // Where so many wait, more are not remembered: memory is bounded, and slow mode a little less slow.
  if (spoke_.size() < 2 * most_remembered || spoke_.contains(who)) spoke_[who] = now;
}

void Room::note_other_name(const std::string& before, const std::string& now) {
  if (auto spoke = spoke_.extract(before)) {
    spoke.key() = now;
    const auto at = spoke.mapped();
    const auto placed = spoke_.insert(std::move(spoke));
    placed.position->second = std::max(placed.position->second, at);
  }
}

// --- who is here

void Room::take_out(Participant& participant) {
  broadcast_.take_out(participant);
  floors_.erase(&participant);
}

void Room::came(const Person& person) {
  if (roster_.enter(person)) presence_.came(person.name());
}

void Room::went(const Person& person, std::string reason) {
  if (!roster_.leave(person)) return;
  give(person, Rank::anyone, 0);
  presence_.went(person.name(), std::move(reason));
}

void Room::put_back(Roster::Members::node_type member, const protocol::Name& before) {
  if (member.empty()) return;
  presence_.renamed(before, member.value().person->name());
  roster_.put_back(std::move(member));
}

event::Members Room::names(const std::string& after, std::size_t limit, const Person* to) {
  presence_.shown(to == nullptr ? nullptr : &to->name());
  auto page = roster_.names(after, limit);
  auto roles = roles_among(page.names);
  return {.room = name_.shown,
          .count = size(),
          .names = std::move(page.names),
          .more = page.more,
          .roles = std::move(roles)};
}

event::Joined Room::standing(std::uint64_t last, const Person* to) {
  auto page = names({}, protocol::page_names, to);
  event::Joined joined{.room = name_.shown,
                       .topic = std::string(topic()),
                       .count = size(),
                       .members = std::move(page.names),
                       .last = last,
                       .epoch = epoch_,
                       .history = {},
                       .complete = true,
                       .roles = std::move(page.roles)};
  // Of a room that was closed nothing holds for those who begin it anew.
  if (ruling_ && state_.find(attribute::closed) == nullptr) joined.rules = ruling_->rules();
  joined.rules.key.reset();
  return joined;
}

std::vector<event::Changed> Room::changes(const std::vector<protocol::MessagePtr>& messages,
                                          std::uint64_t /*account*/) const {
  return last_changes(messages, name_.shown, {});
}

std::optional<protocol::Event> Room::state(const Participant& to, bool complete) {
  auto joined = standing(broadcast_.delivered());
  joined.complete = complete;
  to.add_own(*this, joined);
  return protocol::Event{.body = std::move(joined), .ref = {}};
}

bool Room::tell_presence(const Presence::Moment& moment) {
  if (!presence_.is_due()) return true;
  auto told = presence_.tell(
      name_.shown, size(), [this] { return roster_.names_by_key(); }, moment);
  for (auto& presence : told) {
    presence.roles = roles_among(presence.joined);
    broadcast_.deliver({.body = std::move(presence), .ref = {}});
  }
  const bool is_done = !presence_.is_due();
  if (is_done && !presence_.is_large() && presence_.has_lost_track()) {
    const auto joined = standing(broadcast_.delivered());
    for (const auto& participant : broadcast_.admitted()) {
      protocol::Event own{.body = joined, .ref = {}};
      participant->add_own(*this, std::get<event::Joined>(own.body));
      participant->share(Rendered(own).in(participant->format()), this);
    }
  }
  return is_done;
}

}  // namespace hubbub::chat
