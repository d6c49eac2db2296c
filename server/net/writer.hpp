#pragma once

#include <algorithm>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>

#include "server/net/handler.hpp"
#include "server/net/lag.hpp"
#include "server/net/life.hpp"
#include "server/net/outbox.hpp"
#include "server/net/settings.hpp"
#include "server/net/stream.hpp"

namespace hubbub::net {

class Turn;

/// What one peer is sent: what waits to be written to its stream, and what is known of how it takes that.
/// Output is queued without a limit during a turn and written at its end. If more than `send_queue` bytes are
/// left then, the peer is a slow reader: is_full() says so, and it is for the handler to queue no more until
/// it has drained.
class Writer {
 public:
  /// They outlive the writer.
  Writer(Stream& stream, const Settings& settings) : stream_(stream), settings_(settings) {}

  /// Whether the peer has so much to read that its own requests should wait. They are offered again by
  /// themselves when it has read.
  bool is_congested() const {
    return settings_.send_queue_soft > 0 && outbox_.size() > settings_.send_queue_soft;
  }
  /// More than `send_queue` bytes were left at the end of the last turn, and still are.
  bool is_full() const { return full_; }
  /// Bytes that wait for the peer to take them.
  std::size_t queued() const { return outbox_.size(); }
  /// Bytes that were written to it so far …
  std::uint64_t delivered() const { return written_ + outbox_.size(); }
  /// … and how many of them the peer has taken: acknowledged over TCP, and written over unix(7), where there
  /// is no more to know.
  std::uint64_t taken() const { return written_ - std::min(written_, unacknowledged()); }
  /// Whether the peer's window (RFC 9293, SND.WND) has room for so many bytes more, or is open while nothing
  /// is under way. Over unix(7), which has no window: whether nothing waits here.
  bool has_room(std::size_t bytes) const;
  /// When the peer's system last showed that it is there, as far as TCP tells. `now`, if it has acknowledged
  /// all that it was sent (TCP's keepalive asks one that is sent nothing), or is on this machine.
  Time last_acknowledged(Time now) const;
  /// When the peer last took some of what had to wait for it: a sign that it is there. Time::min(): never.
  Time last_taken() const { return lag_.last_taken(); }
  /// The peer is about to be asked something: from here on may_be_reading() watches its window.
  void before_question(Time now);
  /// Whether the peer may still be reading what was sent before the question, so that its silence says
  /// nothing. It may, if more was there than its window has room for, and the window has moved since the
  /// question or the last call; or has stood still for less than `stall`, while its system answers. Only the
  /// peer itself opens a closed window, but its system need not tell of a little (RFC 9293, 3.8.6.2.2).
  bool may_be_reading(Time now);

  // The rest is for the connection alone.
  Stream& stream() const { return stream_; }
  const Settings& settings() const { return settings_; }
  Lag& lag() { return lag_; }
  /// When the peer has been waited for for too long.
  Time stall_due(Life::State life) const;
  void push(Slice bytes) { outbox_.push(std::move(bytes)); }
  /// Writes what is queued until the stream takes no more: then is_waiting(), until on_ready().
  boost::system::error_code write(Turn& turn);
  bool is_waiting() const { return waiting_; }
  void on_ready() { waiting_ = false; }
  /// The end of a turn, or of a write.
  void settle() { full_ = settings_.send_queue > 0 && outbox_.size() > settings_.send_queue; }
  /// Whether so little waits that requests are taken again: at half the soft limit, not at each byte.
  bool has_drained() const { return outbox_.size() <= settings_.send_queue_soft / 2; }
  /// Somebody is to be told when it has drained …
  void ask_for_drained() { asked_for_drained_ = true; }
  /// … and is told, once.
  bool take_question();
  /// The stream is about to be closed: nothing waits any more, and no more will be taken.
  void close();

 private:
  std::uint64_t unacknowledged() const;
  bool has_no_room() const;
  bool makes_room(bool waits, Time now);
  std::size_t write_some(const Outbox::Run& run, Turn& turn, boost::system::error_code& ec);

  Stream& stream_;
  const Settings& settings_;
  Outbox outbox_;
  Lag lag_;
  std::uint64_t written_ = 0;  ///< to the stream; once that is closed: of them, those that were acknowledged
  bool waiting_ = false;       ///< for the stream to take more
  bool full_ = false;
  bool asked_for_drained_ = false;
};

}  // namespace hubbub::net
