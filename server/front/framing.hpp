#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/line_splitter.hpp"

namespace hubbub::front {

/// How messages lie in the bytes of a connection: as lines, or with a length or a header before each.
class Framing {
 public:
  struct Cut {
    /// Without what frames it. Empty: a sign of life that asks for nothing. Nothing: not whole yet.
    std::optional<std::string_view> message{};
    /// Bytes that are not to be offered again: those of the message and its frame, or the beginning of it, if
    /// the framing holds that itself. Such a framing has a message taken at once: see
    /// SessionClient::take_message.
    std::size_t used = 0;
    std::string reply{};    ///< what the peer is to be sent at once, whatever becomes of the message
    bool too_long = false;  ///< the next message has more than `most` bytes, whole or not
    bool ended = false;     ///< no message will come any more, whatever the input
  };

  Framing() = default;
  Framing(const Framing&) = delete;
  Framing& operator=(const Framing&) = delete;
  virtual ~Framing() = default;

  /// Cuts off the first message. `most`: limit of its bytes; 0: none.
  virtual Cut cut(std::string_view bytes, std::size_t most) = 0;
  /// The rest of the input at its end, as a message; nothing: a message that is not whole is dropped.
  virtual std::optional<std::string_view> last(std::string_view rest) = 0;
  /// Frames the message that `out` has from `begin` to its end. A message that was rendered as a line ends
  /// with a line feed.
  virtual void frame(std::string& out, std::size_t begin) const = 0;
  /// Whether each message ends with a line feed, so that input without one holds no whole message.
  virtual bool is_by_line_feed() const = 0;
  /// Largest number of bytes that frame an incoming message.
  virtual std::size_t most_overhead() const = 0;
};

/// Lines. It holds no state: one object is enough for all connections with the same ending.
class Lines final : public Framing {
 public:
  explicit Lines(protocol::LineEnding ending) : ending_(ending) {}

  Cut cut(std::string_view bytes, std::size_t most) override {
    protocol::LineSplitter lines(bytes, most, ending_);
    const auto line = lines.next();
    return {.message = line, .used = lines.consumed(), .too_long = lines.too_long()};
  }
  std::optional<std::string_view> last(std::string_view rest) override {
    return rest.empty() ? std::nullopt : std::optional(rest);
  }
  void frame(std::string& /*out*/, std::size_t /*begin*/) const override {}
  bool is_by_line_feed() const override { return ending_ == protocol::LineEnding::line_feed; }
  std::size_t most_overhead() const override { return 2; }

 private:
  const protocol::LineEnding ending_;
};

}  // namespace hubbub::front
