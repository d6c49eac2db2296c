#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/slice.hpp"

namespace hubbub::chat {

using protocol::Bytes;
using protocol::Slice;

/// One wire format, supplied by a front end: renders what a whole room gets. One object stands for one
/// format: a room renders once for all participants that name the same object.
class Format {
 public:
  Format() = default;
  Format(const Format&) = delete;
  Format& operator=(const Format&) = delete;
  virtual ~Format() = default;

  /// Appends the event's line or lines, each with its ending.
  virtual void render(const protocol::Event& event, std::string& out) const = 0;
  /// Appends a room message; `ref` is that of the request that said it, for its sender's own copy.
  virtual void render(const protocol::Message& message, std::string_view ref, std::string& out) const = 0;
};

/// One event, rendered on first need for each format.
class Rendered {
 public:
  explicit Rendered(const protocol::Event& event) : event_(event) {}

  const Bytes& in(const Format& format) {
    for (const auto& [known, bytes] : done_) {
      if (known == &format) return bytes;
    }
    std::string text;
    format.render(event_, text);
    return done_.emplace_back(&format, protocol::make_bytes(std::move(text))).second;
  }

 private:
  const protocol::Event& event_;
  std::vector<std::pair<const Format*, Bytes>> done_;
};

/// What a session needs of its front end: the far side of the connection. It must exist until the session has
/// ended.
class Wire {
 public:
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  virtual ~Wire() = default;

  /// Where it is connected from, for the log: "tcp://192.0.2.1:40000", or "unix://".
  virtual std::string peer() const = 0;
  /// What the limits count as one peer: "192.0.2.1", empty behind a unix socket.
  virtual std::string_view address() const = 0;
  /// By which front end it has come in, for the audit: "json", "text", "websocket", "ctl".
  virtual std::string_view front() const { return "json"; }
  /// Who can read along.
  enum class Privacy : std::uint8_t {
    nobody,   ///< it is encrypted
    machine,  ///< at most somebody on this machine
    anybody,  ///< whoever is on the way
  };
  virtual Privacy privacy() const = 0;
  /// Whether it may do what operators may, by where it has come in.
  virtual bool is_operator() const { return false; }
  /// The format of lines that others get too.
  virtual const Format& format() const = 0;
  /// Queues bytes in that format. Never suspends, throws, or ends the session.
  virtual void deliver(Slice bytes) = 0;
  /// Whether so much is unread that lines which can be read from the journal later should not be delivered
  /// now.
  virtual bool is_full() const = 0;
  /// Bytes that wait to be read by the client.
  virtual std::size_t unread() const = 0;
  /// Limit of unread() for lines that can be refused or put off; 0: no limit.
  virtual std::size_t most_unread() const = 0;
  /// Bytes that have been delivered so far.
  virtual std::uint64_t delivered() const = 0;
  /// How many of the delivered bytes the peer's side is known to have: over TCP, has acknowledged.
  virtual std::uint64_t taken() const = 0;
  /// Whether the peer's side has announced space for so many bytes more: if the peer is alive, it will take
  /// them soon.
  virtual bool has_room(std::size_t bytes) const = 0;
  /// Asks that Session::go_on be called when little is unread. Not from within this call.
  virtual void when_drained() = 0;
  /// Queues an event for this client alone; otherwise as deliver().
  virtual void deliver_event(const protocol::Event& event) = 0;
  /// The request with that `ref` (empty: none) has been answered: nothing follows that belongs to it.
  virtual void answered(std::string_view /*ref*/) {}
  /// Another session claims this client's name. A client that has been silent is asked whether it is still
  /// there, and closed when it does not answer. Not from within this call.
  virtual void doubt() = 0;
  /// A request that Session::handle refused may be offered again. Not from within this call.
  virtual void resume() = 0;
  /// Closes the connection once what is queued has been written. Not from within this call.
  virtual void close() = 0;
};

}  // namespace hubbub::chat
