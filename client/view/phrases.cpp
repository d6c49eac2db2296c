#include "client/view/phrases.hpp"

#include "client/model/room.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {

using protocol::for_terminal;
namespace event = protocol::event;

namespace {

std::vector<std::string> names_of(const std::vector<event::Departure>& left) {
  std::vector<std::string> names;
  names.reserve(left.size());
  for (const event::Departure& departure : left) names.push_back(departure.name);
  return names;
}

}  // namespace

std::string Phrases::people(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " person" : " people");
}

std::string Phrases::moves(const Moves& moves) const {
  const bool one = moves.joined.size() + moves.left.size() == 1;
  if (one && moves.left.empty()) return names(moves.joined) + " has joined " + for_terminal(moves.room);
  if (one) {
    const event::Departure& departure = moves.left.front();
    const std::string reason = departure.reason.empty() ? "" : " (" + for_terminal(departure.reason) + ")";
    return name(departure.name) + " has left " + for_terminal(moves.room) + reason;
  }
  const auto group = [this](const std::vector<std::string>& who, std::string_view what) {
    return std::to_string(who.size()).append(what) + ": " + names(who);
  };
  std::string text;
  if (!moves.joined.empty()) text = group(moves.joined, " joined");
  if (!moves.left.empty()) text += (text.empty() ? "" : "; ") + group(names_of(moves.left), " left");
  return text;
}

std::string Phrases::renamed(const event::Renamed& renamed, bool own) const {
  return (own ? "you are" : name(renamed.old_name) + " is") + " now known as " + name(renamed.new_name);
}

std::string Phrases::topic(const event::Topic& topic) const {
  const std::string room = for_terminal(topic.room);
  if (topic.text.empty()) return name(topic.from) + " has cleared the topic of " + room;
  return name(topic.from) + " has set the topic of " + room + ": " + for_terminal(topic.text);
}

std::string Phrases::topic_of(std::string_view room, std::string_view topic) const {
  const std::string where = for_terminal(room);
  return topic.empty() ? where + " has no topic" : "the topic of " + where + ": " + for_terminal(topic);
}

std::string Phrases::entered(const event::Joined& joined) const {
  const std::string more = joined.count > joined.members.size() ? ", and others" : "";
  return "you are in " + for_terminal(joined.room) + " with " + people(joined.count) + ": " +
         names(joined.members) + more;
}

std::string Phrases::left(std::string_view room) const {
  const std::string_view person = person_of(room);
  return person.empty() ? "you have left " + for_terminal(room)
                        : "the private view of " + name(person) + " is closed";
}

std::string Phrases::members(const event::Members& members) const {
  const std::string where = members.room.empty() ? "on this server" : "in " + for_terminal(members.room);
  const std::string more = members.more ? ", and others" : "";
  return people(members.count) + ' ' + where + ": " + names(members.names) + more;
}

std::string Phrases::missed(const Missed& missed) const {
  std::string text;
  for (const Missed::Of& of : missed.rooms) {
    text +=
        (text.empty() ? "" : "; ") + for_terminal(of.room) + ": " + std::to_string(of.messages) + " missed";
    if (of.mentions > 0)
      text += ", " + std::to_string(of.mentions) + (of.mentions == 1 ? " mentions you" : " mention you");
  }
  return text;
}

std::string Phrases::error(const protocol::Error& error) const {
  return for_terminal(error.text.empty() ? to_string(error.code) : error.text);
}

std::string Phrases::name(std::string_view shown) const { return palette_.name(for_terminal(shown)); }

std::string Phrases::names(const std::vector<std::string>& shown) const {
  std::string text;
  for (const std::string& one : shown) text += (text.empty() ? "" : ", ") + name(one);
  return text;
}

}  // namespace hubbub::client
