#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace hubbub::load {

struct Person {
  std::size_t number = 0;
  std::size_t room = 0;
  bool listens = true;  ///< false for a client that only sends, where a connection cannot do both
};

/// What to do about a line that is not a message.
struct Reaction {
  std::string reply{};
  bool ready = false;  ///< the client is in the room
  bool fault = false;  ///< the server refused a request
};

/// A server's protocol: the requests of a client, and the meaning of lines that are not messages. Messages
/// are found without the protocol: their last line ends with the mark, `tail()` bytes and `end()`. Where the
/// protocol has no lines, the text itself contains the line feed, or what ends a message counts as one.
class Wire {
 public:
  Wire() = default;
  virtual ~Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// What to send on connecting.
  virtual std::string hello(const Person& who) const = 0;
  /// Handles bytes that come before the client is in the room. Removes the bytes that it has understood from
  /// the front of `bytes`; returns an empty Reaction when more must come first.
  virtual Reaction greet(const Person& who, std::string_view& bytes) const;
  /// Handles a line, without its ending, that is not a message.
  virtual Reaction on_line(const Person& who, std::string_view line) const = 0;
  /// A request that sends `text`, which contains mark_blank in the place of the mark (the request may contain
  /// it elsewhere, too).
  virtual std::string say(const Person& who, std::string_view text) const = 0;
  /// Bytes between a mark and the end of its line.
  virtual std::size_t tail() const = 0;
  /// The last byte of each line.
  virtual char end() const { return '\n'; }
  /// Whether the server speaks first, a line in the clear, even when all that follows is over TLS.
  virtual bool greets_in_the_clear() const { return false; }
  /// Whether senders get their own messages.
  virtual bool echoes() const { return true; }
  /// Whether senders need connections of their own, since a connection that listens cannot send.
  virtual bool speaks_apart() const { return false; }
};

struct WireOptions {
  bool ids = false;  ///< hubbub: whether messages have an `id`
};

/// Errors: std::runtime_error, for an unknown name.
std::unique_ptr<Wire> make_wire(std::string_view name, const WireOptions& options);

}  // namespace hubbub::load
