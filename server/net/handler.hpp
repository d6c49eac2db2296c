#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace hubbub::net {

using Time = std::chrono::steady_clock::time_point;
inline constexpr Time never = Time::max();

/// What a connection needs of its front end. All calls come from the loop's thread.
class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;

  /// Bytes have come; returns how many of them it has used. The rest is offered again, with what follows,
  /// when more has come; or, if the handler has called Connection::pause(), after its resume().
  virtual std::size_t on_input(std::string_view bytes) = 0;
  /// Whether it is enough to offer whole lines; else bytes are offered as they come.
  virtual bool reads_lines() const { return true; }
  /// Bytes that the framing may add to a message of the largest size (Settings::line_bytes): for a line, its
  /// ending.
  virtual std::size_t framing_bytes() const { return 2; }
  /// The input has ended; `rest` is what was not used. False: the handler has paused, and is to be told
  /// again.
  virtual bool on_end(std::string_view rest) = 0;
  /// What Connection::when_drained() was called for.
  virtual void on_drained() {}
  /// A deadline has come while a line of the peer waits unread: because the handler has paused, or because
  /// the peer does not take what it is sent. The peer has shown life at `when`: now, or when it last took
  /// something (Time::min(): never).
  virtual void on_input_waits(Time /*when*/) {}
  /// The peer takes nothing of what it is sent: the handler should say so and close.
  virtual void on_too_slow() {}
  /// Whether the peer may be told a line of plain text now, before the daemon ends.
  virtual bool takes_lines() const { return true; }
  /// The connection has broken. The last call before the handler is destroyed, unless another handler has
  /// taken over.
  virtual void on_closed() {}

  /// The peer's name, for the log; empty: it has none.
  virtual std::string_view name() const { return {}; }
  /// Why the handler has closed the connection, in the server's words, for the log; empty: it has not.
  virtual std::string_view reason() const { return {}; }

  /// When to call on_deadline; asked again after on_input and on_deadline. If it moves to earlier at another
  /// time, the handler calls Connection::deadline_moved().
  virtual Time deadline() const { return never; }
  virtual void on_deadline(Time /*now*/) {}
};

}  // namespace hubbub::net
