#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"
#include "client/view/look.hpp"
#include "protocol/event.hpp"

namespace hubbub::client {

/// Events in words: a sentence without a full stop, on one line. All names and texts from the server are made
/// safe for a terminal here.
class Phrases {
 public:
  explicit Phrases(Palette palette) : palette_(palette) {}

  /// "bob has joined lobby", or "3 joined: a, b, c; 2 left: d, e".
  std::string moves(const Moves& moves) const;
  std::string renamed(const protocol::event::Renamed& renamed, bool own) const;
  std::string topic(const protocol::event::Topic& topic) const;
  /// The present topic of a room.
  std::string topic_of(std::string_view room, std::string_view topic) const;
  std::string entered(const protocol::event::Joined& joined) const;
  std::string left(std::string_view room) const;
  std::string members(const protocol::event::Members& members) const;
  /// "lobby: 143 missed, 2 mention you; dev: 3 missed"
  std::string missed(const Missed& missed) const;
  /// "3 unread messages from bob, 1 from carol"
  std::string mail(const Mail& mail) const;
  /// "bob: 3 unread", one of the list of conversations
  std::string conversation(const protocol::event::Conversation& conversation) const;
  std::string error(const protocol::Error& error) const;

  /// "1 person", "12 people"
  static std::string people(std::size_t count);
  /// ", 1 mentions you", ", 2 mention you"; nothing for none.
  static std::string mentioning(std::size_t mentions);

 private:
  std::string name(std::string_view shown) const;
  std::string names(const std::vector<std::string>& shown) const;
  std::string names(const std::vector<std::string>& shown,
                    const std::vector<protocol::event::RoleHeld>& roles) const;

  Palette palette_;
};

/// Stands before the name of somebody with a role in a list of people: "~" for an owner, "@" for a moderator,
/// "+" for voice. No name begins so.
std::string_view role_sign(std::string_view role);

/// A message for pipes, safe for a terminal and ended by "\n": "alice: hi", "* alice waves", "[bob -> you]
/// hi", or with `several_rooms` "[dev] alice: hi". Further lines of the text are indented. `me`: the name
/// shown as "you".
std::string plain_line(const protocol::Message& message, std::string_view me, bool several_rooms);

/// A message as a single line for grep and for files: "2026-11-21T10:30:00+01:00 alice: hi",
/// "2026-11-21T10:30:00+01:00 * alice waves". The time is local (TZ), as `date -Iseconds` prints it; a line
/// feed in the text becomes "\n", and the text is made safe for a terminal. Ended by a line feed.
std::string log_line(const protocol::Message& message);

/// An edit or a deletion, in the same ways: "- alice has edited a message: hi", and
/// "2026-11-21T10:30:00+01:00 - alice has deleted a message". `now`: the time of a deletion.
std::string plain_line(const protocol::event::Changed& change, bool several_rooms);
std::string log_line(const protocol::event::Changed& change, protocol::Timestamp now);

/// What is told in words of rooms and order in them (protocol::Sentences), as one sentence; empty: it is not.
std::string plain_words(const protocol::Event& event, std::string_view me);

}  // namespace hubbub::client
