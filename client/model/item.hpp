#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "protocol/event.hpp"

namespace hubbub::client {

/// The bytes of a text from `begin` up to `end`.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

/// A message, in a room or in private.
struct Said {
  protocol::MessagePtr message;
  /// Of the text: where the reader's name, or a word to be highlighted, stands.
  std::vector<Span> mentions{};
  bool own = false;

  bool is_private() const { return message->room.empty(); }
};

/// A message that a search has found. Its `mentions` are the words that were searched for.
struct Hit {
  Said said;
  std::size_t number = 0;  ///< for /around: 1 is the newest hit
};

/// Who came into the current room, and who left it, since the last such line; never the reader.
struct Moves {
  std::string room;
  std::vector<std::string> joined;
  std::vector<protocol::event::Departure> left;
};

/// An event that is shown as it is: welcome, joined (without its history), left, renamed, topic, members,
/// error.
struct Fact {
  protocol::Event event;
  bool own = false;  ///< renamed: the reader
};

/// How a room stands, in a list of rooms.
struct RoomRow {
  std::string name;
  std::string topic;
  std::size_t people = 0;
  std::size_t number = 0;  ///< for Alt-1 and so on, from 1; 0: the reader is not in it
  std::size_t unread = 0;
  std::size_t mentions = 0;
  bool current = false;
  bool muted = false;
  bool is_private = false;  ///< a private view, named after its person
};

/// The rooms of the server, and the private views: the answer to /rooms.
struct RoomList {
  std::vector<RoomRow> rooms;
  bool more = false;
};

/// The reader has turned to a room: what follows is from there.
struct Heading {
  std::string room;
  std::string topic;
};

/// The topic of a room as it stands; may be empty.
struct TopicIs {
  std::string room;
  std::string topic;
};

/// Two of these enclose what /history shows.
struct Past {
  std::string room;
  bool over = false;  ///< the second
};

/// What /history shows at most, in messages.
inline constexpr std::size_t most_past = 10'000;

/// The line above the unread messages.
struct UnreadLine {
  std::size_t unread = 0;  ///< 0: not known yet, because messages are still coming in
  std::size_t mentions = 0;
  std::size_t not_held = 0;  ///< the oldest of them, which the client no longer has; /history shows them
  std::size_t said = 0;      ///< messages in all, the reader's own among them
};

/// What was said while the link was down, room by room; `mentions` are among the `messages`.
struct Missed {
  struct Of {
    std::string room;
    std::size_t messages = 0;
    std::size_t mentions = 0;
  };
  std::vector<Of> rooms;
};

/// A sentence of the client itself; may have several lines.
struct Notice {
  std::string text;
};

/// Something on the screen, as data, so that it can be put into lines again when the screen changes.
struct Item {
  protocol::Timestamp time;
  std::variant<Said, Hit, Moves, Fact, RoomList, Heading, TopicIs, Past, UnreadLine, Missed, Notice> what;
};

}  // namespace hubbub::client
