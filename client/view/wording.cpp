#include "client/view/wording.hpp"

#include "protocol/text.hpp"

namespace hubbub::client {

using protocol::for_terminal;
namespace event = protocol::event;

namespace {

/// A second line of a message must not pass for somebody else's.
constexpr std::string_view next_line = "\n    ";

std::string people(std::size_t count) { return std::to_string(count) + (count == 1 ? " person" : " people"); }

}  // namespace

std::string Wording::message(const protocol::Message& message, const Scene& scene) const {
  const std::string text = for_terminal(message.text, next_line) + '\n';
  if (message.room.empty()) {
    const auto side = [&](const std::string& who) { return who == scene.me ? "you" : name(who); };
    return '[' + side(message.from) + " -> " + side(message.to) + "] " + text;
  }
  const std::string room = scene.several_rooms ? palette_.faint('[' + for_terminal(message.room) + "] ") : "";
  if (message.action) return room + "* " + name(message.from) + ' ' + text;
  return room + name(message.from) + ": " + text;
}

std::string Wording::presence(const event::Presence& presence, const Scene& scene) const {
  const std::string room = for_terminal(presence.room);
  std::vector<std::string> joined = presence.joined;
  std::erase(joined, scene.me);
  std::string text;
  if (!joined.empty())
    text += star(names(joined) + (joined.size() == 1 ? " has" : " have") + " joined " + room);
  for (const event::Departure& departure : presence.left) {
    if (departure.name == scene.me) continue;
    const std::string reason = departure.reason.empty() ? "" : " (" + for_terminal(departure.reason) + ")";
    text += star(name(departure.name) + " has left " + room + reason);
  }
  return text;
}

std::string Wording::renamed(const event::Renamed& renamed, const Scene& scene) const {
  const bool mine = renamed.old_name == scene.me || renamed.new_name == scene.me;
  return star((mine ? "you are" : name(renamed.old_name) + " is") + " now known as " +
              name(renamed.new_name));
}

std::string Wording::topic(const event::Topic& topic) const {
  const std::string room = for_terminal(topic.room);
  if (topic.text.empty()) return star(name(topic.from) + " has cleared the topic of " + room);
  return star(name(topic.from) + " has set the topic of " + room + ": " + for_terminal(topic.text));
}

std::string Wording::topic_of(std::string_view room, std::string_view topic) const {
  const std::string where = for_terminal(room);
  return star(topic.empty() ? where + " has no topic" : "the topic of " + where + ": " + for_terminal(topic));
}

std::string Wording::entered(const event::Joined& joined) const {
  const std::string more = joined.count > joined.members.size() ? ", and others" : "";
  std::string text = star("you are in " + for_terminal(joined.room) + " with " + people(joined.count) + ": " +
                          names(joined.members) + more);
  if (!joined.topic.empty()) text += topic_of(joined.room, joined.topic);
  return text;
}

std::string Wording::left(std::string_view room) const { return star("you have left " + for_terminal(room)); }

std::string Wording::members(const event::Members& members) const {
  const std::string where = members.room.empty() ? "on this server" : "in " + for_terminal(members.room);
  const std::string more = members.more ? ", and others" : "";
  return star(people(members.count) + ' ' + where + ": " + names(members.names) + more);
}

std::string Wording::rooms(const event::Rooms& rooms) const {
  std::string text;
  for (const event::RoomInfo& room : rooms.rooms) {
    const std::string topic = room.topic.empty() ? "" : ": " + for_terminal(room.topic);
    text += star(for_terminal(room.room) + ", " + people(room.count) + topic);
  }
  if (rooms.more) text += star("and others");
  return text.empty() ? star("there are no rooms") : text;
}

std::string Wording::found(std::string_view room) const {
  return star("found in " + for_terminal(room) + ':');
}

std::string Wording::found_nothing(std::string_view room) const {
  return star("nothing was found in " + for_terminal(room));
}

std::string Wording::found_more() const { return star("there is more; /search shows what is older"); }

std::string Wording::error(const protocol::Error& error) const {
  const std::string code(to_string(error.code));
  return palette_.warning("! " + for_terminal(error.text) + " (" + code + ")") + '\n';
}

std::string Wording::notice(std::string_view text) const {
  return palette_.faint("* " + for_terminal(text, "\n  ")) + '\n';
}

std::string Wording::name(std::string_view shown) const { return palette_.name(for_terminal(shown)); }

std::string Wording::names(const std::vector<std::string>& shown) const {
  std::string text;
  for (const std::string& one : shown) text += (text.empty() ? "" : ", ") + name(one);
  return text;
}

std::string Wording::star(const std::string& text) const { return palette_.faint("* ") + text + '\n'; }

}  // namespace hubbub::client
