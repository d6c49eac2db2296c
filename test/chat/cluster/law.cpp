#include "test/chat/cluster/law.hpp"

#include <algorithm>
#include <chrono>
#include <variant>

#include "protocol/name.hpp"

namespace hubbub::chat::cluster {

namespace presence = journal::presence;

void Law::apply(std::uint64_t number, const journal::Committed& committed) {
  if (committed.outcome == journal::Outcome::refused) return come_again(*committed.presence);
  if (committed.presence) apply(*committed.presence);
  if (committed.state) apply(committed.room, *committed.state);
  if (!committed.message) return;
  try {
    hear(committed.room, *committed.message);
  } catch (const Wrong& wrong) {
    throw Wrong(std::to_string(number) + ": " + wrong.what());
  }
}

/// He is in the room, since his leaving was not stored.
void Law::come_again(const journal::PresenceRecord& record) {
  const auto& entered = std::get<presence::Entered>(record.body);
  people_[{record.epoch, entered.person}].put_out.erase(entered.room);
}

void Law::apply(const journal::PresenceRecord& record) {
  const auto& body = record.body;
  if (const auto* named = std::get_if<presence::Named>(&body))
    return apply(*named, {record.epoch, named->person});
  if (const auto* departed = std::get_if<presence::Departed>(&body))
    people_.erase({record.epoch, departed->person});
  if (const auto* entered = std::get_if<presence::Entered>(&body)) {
    auto& person = people_[{record.epoch, entered->person}];
    give(person, entered->room, entered->rank);
    person.put_out.erase(entered->room);
  }
  if (const auto* left = std::get_if<presence::Left>(&body))
    people_[{record.epoch, left->person}].rooms.erase(left->room);
  if (const auto* granted = std::get_if<presence::Granted>(&body))
    give(people_[{granted->epoch, granted->person}], granted->room, granted->rank);
  if (const auto* urged = std::get_if<presence::Urged>(&body);
      urged != nullptr && urged->what == presence::Urged::What::put_out)
    people_[{urged->epoch, urged->person}].put_out.insert(urged->room);
}

/// That a node has gone has no number: whoever bore the name by way of it has gone, too.
void Law::apply(const presence::Named& named, const Key& key) {
  std::erase_if(people_, [&](const auto& each) {
    const auto& person = each.second;
    const bool is_same = named.account != 0 && person.account == named.account;
    return each.first != key && person.name == named.name.key && !is_same;
  });
  auto& person = people_[key];
  person.name = named.name.key;
  person.account = named.account;
  for (const auto& [room, rank] : person.rooms)
    if (person.account != 0 && rank >= Rank::moderator) rooms_[room].ran.insert(person.account);
}

void Law::give(Person& person, const std::string& room, std::uint64_t rank) {
  person.rooms[room] = static_cast<Rank>(rank);
  if (person.account != 0 && person.rooms[room] >= Rank::moderator) rooms_[room].ran.insert(person.account);
}

void Law::apply(const std::string& room, const journal::StateRecord& record) {
  const std::string_view what = record.attribute;
  if (what.starts_with(attribute::ban)) {
    const auto id = number_in_attribute(what);
    rooms_[room].bans.erase(id);
    if (const auto ban = Ban::from(record)) rooms_[room].bans.emplace(id, *ban);
  } else if (what.starts_with(attribute::role)) {
    rooms_[room].roles[journal::author_of(what.substr(attribute::role.size()))] = rank_of_word(record.value);
  } else if (what == journal::owner_attribute) {
    rooms_[room].owner = journal::author_of(record.value);
  } else if (journal::ends_a_life(record)) {
    all_left(room);
  }
}

void Law::all_left(const std::string& room) {
  rooms_[room].ran.clear();
  for (auto& [key, person] : people_) {
    person.rooms.erase(room);
    person.put_out.erase(room);
  }
}

/// From where somebody comes no record tells, and so not whom a ban of a host is about.
void Law::hear(const std::string& name, const protocol::Message& message) const {
  const auto key = protocol::key_of(message.from);
  const auto is_author = [&](const Person& person) { return person.name == key && person.account == 0; };
  // What he came by as an account he may have left by that.
  const bool is_there =
      message.author != 0 || std::any_of(people_.begin(), people_.end(), [&](const auto& each) {
        const auto& person = each.second;
        return is_author(person) && person.rooms.contains(name) && !person.put_out.contains(name);
      });
  if (!is_there) throw Wrong(message.from + " is not in " + name + ", and speaks there");
  const auto room = rooms_.find(name);
  if (room == rooms_.end() || is_protected(name, message)) return;
  // An account may have been given another name on another node while this was on its way.
  const auto named = std::find_if(people_.begin(), people_.end(), [&](const auto& each) {
    return message.author != 0 && each.second.account == message.author;
  });
  const auto name_now = named == people_.end() ? key : named->second.name;
  const auto is_about = [&](const Ban& ban) {
    const auto matches = [&](const std::string& called) {
      return ban.mask.matches({.name = called, .account = message.author, .host = {}, .address = {}});
    };
    return matches(key) && matches(name_now);
  };
  // Who was stopped by one that was about to end may have been heard behind its time. An exception holds
  // until the record of its end.
  constexpr std::chrono::seconds soon{3};
  bool is_forbidden = false;
  for (const auto& [id, ban] : room->second.bans) {
    if (!is_about(ban)) continue;
    if (ban.action == Ban::Action::except) return;
    is_forbidden = is_forbidden || !ban.is_over(message.time + soon);
  }
  if (is_forbidden) throw Wrong(message.from + " may not speak in " + name + ", and does");
}

/// No ban is about those who run the room.
bool Law::is_protected(const std::string& name, const protocol::Message& message) const {
  const auto& room = rooms_.at(name);
  const auto role = room.roles.find(message.author);
  if (message.author != 0 && (room.owner == message.author || room.ran.contains(message.author))) return true;
  if (message.author != 0 && role != room.roles.end() && role->second >= Rank::moderator) return true;
  const auto key = protocol::key_of(message.from);
  return std::any_of(people_.begin(), people_.end(), [&](const auto& each) {
    const auto& person = each.second;
    const bool is_author = person.name == key || (message.author != 0 && person.account == message.author);
    const auto rank = person.rooms.find(name);
    return is_author && rank != person.rooms.end() && rank->second >= Rank::moderator;
  });
}

}  // namespace hubbub::chat::cluster
