#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/person.hpp"

namespace hubbub::chat {

class Hub;

/// Who is writing something: told to those whom it concerns and who have nothing else to read, stored
/// nowhere, and the first thing that is left out. Of one person and one target it is told every three seconds
/// at most; what has changed meanwhile is told then, and not at all if the message comes first.
class Typing {
 public:
  static constexpr std::chrono::seconds pause{3};

  /// The hub outlives it.
  explicit Typing(Hub& hub) : hub_(hub) {}

  /// `typing`: with a room or with `to`, who is whom the sender writes to; `target`: the key of the room or
  /// of the conversation, or target() of somebody else.
  void tell(const PersonPtr& from, const std::string& target, protocol::event::Typing typing);
  static std::string target(const protocol::Name& name) { return '@' + name.key; }
  /// A person on another node types.
  void came(Person& from, const std::string& target, protocol::event::Typing typing) {
    show(from, target, typing);
  }
  /// The person has said it.
  void said(const Person& from, const std::string& target);
  /// Once a second.
  void tick();

 private:
  struct Last {
    PersonPtr from;
    std::chrono::steady_clock::time_point until;  ///< nothing is told before
    std::string told;                             ///< the state; empty: it is over
    protocol::event::Typing next{};               ///< what has changed meanwhile; no state: nothing has
  };

  void deliver(Person& from, const std::string& target, protocol::event::Typing typing);
  bool show(Person& from, const std::string& target, protocol::event::Typing& typing);
  bool show_in_room(Person& from, const std::string& key, const protocol::event::Typing& typing);

  Hub& hub_;
  std::map<std::pair<const Person*, std::string>, Last> last_;
};

}  // namespace hubbub::chat
