#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/sentences.hpp"

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

/// As if the server had kept no number of it.
inline Said without_number(Said said) {
  protocol::Message unnumbered = *said.message;
  unnumbered.seq = 0;
  said.message = std::make_shared<const protocol::Message>(std::move(unnumbered));
  return said;
}

/// A message that a search has found. Its `mentions` are the words that were searched for.
struct Hit {
  Said said;
  std::size_t number = 0;  ///< for /around: 1 is the newest hit
};

/// Joins and departures in the current room since the last such line; never the reader's.
struct Moves {
  std::string room;
  std::vector<std::string> joined;
  std::vector<protocol::event::Departure> left;
};

/// An event that is shown directly: welcome, joined (without its history), left, renamed, topic, members,
/// error, and what is told in words of rooms and order in them (protocol::Sentences).
struct Fact {
  protocol::Event event;
  bool own = false;                        ///< for renamed: the reader's own
  std::string reader{};                    ///< the reader's name then, for what is told in words
  std::optional<protocol::Meant> meant{};  ///< for an edit or a deletion: the message, if it is known
  std::size_t listed = 0;                  ///< for a page of a list: how many came before
};

/// A row in a list of rooms.
struct RoomRow {
  std::string name;
  std::string topic;
  std::size_t people = 0;
  std::size_t number = 0;  ///< for Alt-1 and so on, from 1; 0: the reader is not in the room
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

/// The reader has turned to a room: the items that follow are from there.
struct Heading {
  std::string room;
  std::string topic;
};

/// A room's present topic; may be empty.
struct TopicIs {
  std::string room;
  std::string topic;
};

/// Two of these enclose what /history shows.
struct Past {
  std::string room;
  bool over = false;  ///< the closing one
};

/// Most messages that /history shows.
inline constexpr std::size_t most_past = 10'000;

/// The line above the unread messages.
struct UnreadLine {
  std::size_t unread = 0;  ///< 0: not known yet, because messages are still coming in
  std::size_t mentions = 0;
  std::size_t not_held = 0;  ///< the oldest unread ones, which the client no longer has; /history shows them
  std::size_t said = 0;      ///< all messages, the reader's own included
};

/// Number of messages missed while the link was down, for each room; `mentions` are among the `messages`.
struct Missed {
  struct Of {
    std::string room;
    std::size_t messages = 0;
    std::size_t mentions = 0;
  };
  std::vector<Of> rooms;
};

/// Unread private messages that were kept, by person.
struct Mail {
  struct From {
    std::string person;
    std::size_t messages = 0;
  };
  std::vector<From> from;
};

/// The client's own message; may have several lines.
struct Notice {
  std::string text;
};

/// An item on the screen, kept as data, so that it can be laid out again when the screen changes.
struct Item {
  protocol::Timestamp time;
  std::variant<Said, Hit, Moves, Fact, RoomList, Heading, TopicIs, Past, UnreadLine, Missed, Mail, Notice>
      what;
};

}  // namespace hubbub::client
