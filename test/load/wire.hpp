#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace hubbub::load {

struct Person {
  std::size_t number = 0;
  std::size_t room = 0;
  bool listens = true;  ///< false for one who only speaks, where a connection cannot do both
};

/// What to do about something that is not a message.
struct Reaction {
  std::string reply{};
  bool ready = false;  ///< the person is in the room
  bool fault = false;  ///< the server refuses something
};

/// How a family of servers is spoken to: what a person says, and what the answers mean that are not messages.
/// A message is found without knowing the wire: its last line ends with the mark, `tail()` bytes and a line
/// feed. Where the protocol has no lines, the text itself brings the line feed.
class Wire {
 public:
  Wire() = default;
  virtual ~Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// What to send on connecting.
  virtual std::string hello(const Person& who) const = 0;
  /// Looks at what has come before the person is in the room, takes off the front of `bytes` what it has
  /// understood, and waits for more when there is nothing to do.
  virtual Reaction greet(const Person& who, std::string_view& bytes) const;
  /// A line that is no message, its ending taken off.
  virtual Reaction on_line(const Person& who, std::string_view line) const = 0;
  /// A request that says `text`, which contains mark_blank where the mark belongs (the request may have it in
  /// other places, too).
  virtual std::string say(const Person& who, std::string_view text) const = 0;
  /// Bytes between a mark and the end of its line, the line feed not counted.
  virtual std::size_t tail() const = 0;
  /// Whether senders get their own messages.
  virtual bool echoes() const { return true; }
  /// Whether those who speak need connections of their own, since one that listens cannot.
  virtual bool speaks_apart() const { return false; }
};

struct WireOptions {
  bool ids = false;  ///< hubbub: whether messages have an `id`
};

/// A std::runtime_error when there is no wire of that name.
std::unique_ptr<Wire> make_wire(std::string_view name, const WireOptions& options);

}  // namespace hubbub::load
