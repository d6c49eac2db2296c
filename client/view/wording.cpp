#include "client/view/wording.hpp"

#include "protocol/text.hpp"

namespace hubbub::client {

using protocol::for_terminal;
namespace event = protocol::event;

namespace {

/// A second line of a message must not pass for somebody else's.
constexpr std::string_view next_line = "\n    ";

}  // namespace

std::string Wording::message(const protocol::Message& message, const Scene& scene) const {
  const std::string text = for_terminal(message.text, next_line) + '\n';
  if (message.room.empty()) {
    const auto side = [&](const std::string& who) { return who == scene.me ? "you" : phrases_.name(who); };
    return '[' + side(message.from) + " -> " + side(message.to) + "] " + text;
  }
  const std::string room = scene.several_rooms ? palette_.faint('[' + for_terminal(message.room) + "] ") : "";
  if (message.action) return room + "* " + phrases_.name(message.from) + ' ' + text;
  return room + phrases_.name(message.from) + ": " + text;
}

std::string Wording::presence(const event::Presence& presence, const Scene& scene) const {
  Moves moves{presence.room, presence.joined, presence.left};
  std::erase(moves.joined, scene.me);
  std::erase_if(moves.left, [&](const event::Departure& departure) { return departure.name == scene.me; });
  std::string text;
  for (const std::string& sentence : phrases_.moves(moves)) text += star(sentence);
  return text;
}

std::string Wording::renamed(const event::Renamed& renamed, const Scene& scene) const {
  return star(phrases_.renamed(renamed, renamed.old_name == scene.me || renamed.new_name == scene.me));
}

std::string Wording::topic(const event::Topic& topic) const { return star(phrases_.topic(topic)); }

std::string Wording::topic_of(std::string_view room, std::string_view topic) const {
  return star(phrases_.topic_of(room, topic));
}

std::string Wording::entered(const event::Joined& joined) const {
  const std::string text = star(phrases_.entered(joined));
  return joined.topic.empty() ? text : text + topic_of(joined.room, joined.topic);
}

std::string Wording::left(std::string_view room) const { return star(phrases_.left(room)); }

std::string Wording::members(const event::Members& members) const { return star(phrases_.members(members)); }

std::string Wording::rooms(const event::Rooms& rooms) const {
  std::string text;
  for (const event::RoomInfo& room : rooms.rooms) text += star(phrases_.room(room));
  if (rooms.more) text += star("and others");
  return text.empty() ? star(phrases_.no_rooms()) : text;
}

std::string Wording::found(std::string_view room) const { return star(phrases_.found(room)); }

std::string Wording::found_nothing(std::string_view room) const { return star(phrases_.found_nothing(room)); }

std::string Wording::found_more() const { return star(phrases_.found_more()); }

std::string Wording::error(const protocol::Error& error) const {
  return palette_.warning("! " + phrases_.error(error)) + '\n';
}

std::string Wording::notice(std::string_view text) const {
  return palette_.faint("* " + for_terminal(text, "\n  ")) + '\n';
}

std::string Wording::star(const std::string& text) const { return palette_.faint("* ") + text + '\n'; }

}  // namespace hubbub::client
