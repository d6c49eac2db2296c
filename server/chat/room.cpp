#include "server/chat/room.hpp"

#include "protocol/limits.hpp"

namespace hubbub::chat {

namespace event = protocol::event;

void Room::admit(Participant& participant) {
  broadcast_.admit(participant);
  came(participant.person());
}

void Room::remove(Participant& participant, std::string reason) {
  if (broadcast_.is_admitted(participant)) went(participant.person(), std::move(reason));
  broadcast_.take_out(participant);
}

void Room::came(const Person& person) {
  if (roster_.enter(person)) presence_.came(person.name());
}

void Room::went(const Person& person, std::string reason) {
  if (roster_.leave(person)) presence_.went(person.name(), std::move(reason));
}

void Room::put_back(Roster::Members::node_type member, const protocol::Name& before) {
  if (member.empty()) return;
  presence_.renamed(before, member.value().person->name());
  roster_.put_back(std::move(member));
}

event::Members Room::names(const std::string& after, std::size_t limit, const Person* to) {
  presence_.shown(to == nullptr ? nullptr : &to->name());
  auto page = roster_.names(after, limit);
  return {.room = name_.shown, .count = size(), .names = std::move(page.names), .more = page.more};
}

event::Joined Room::standing(std::uint64_t last, const Person* to) {
  return {.room = name_.shown,
          .topic = std::string(topic()),
          .count = size(),
          .members = names({}, protocol::page_names, to).names,
          .last = last,
          .epoch = std::string(epoch_),
          .history = {},
          .complete = true};
}

std::optional<protocol::Event> Room::state(bool complete) {
  auto joined = standing(broadcast_.delivered());
  joined.complete = complete;
  return protocol::Event{.body = std::move(joined), .ref = {}};
}

bool Room::tell_presence(const Presence::Moment& moment) {
  if (!presence_.is_due()) return true;
  const auto told = presence_.tell(
      name_.shown, size(), [this] { return roster_.names_by_key(); }, moment);
  for (const auto& presence : told) broadcast_.deliver_to_admitted({.body = presence, .ref = {}});
  const bool is_done = !presence_.is_due();
  if (is_done && !presence_.is_large() && presence_.has_lost_track()) {
    broadcast_.deliver_to_admitted(*state(true));
  }
  return is_done;
}

}  // namespace hubbub::chat
