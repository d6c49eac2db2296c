#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/slice.hpp"
#include "server/net/handler.hpp"
#include "server/net/settings.hpp"
#include "server/net/stream.hpp"

namespace hubbub::net {

class Turn;
using protocol::Slice;

/// How long a connection has waited for its peer: to take more of what it is sent, to open its window or,
/// once the output has ended, to close its own side. Most peers take everything at once: for them no record
/// is kept.
class Lag {
 public:
  /// The peer is waited for, since now unless it was already.
  void begin(Time now);
  /// The peer has as long again.
  void begin_again(Time now) { record().since = now; }
  /// The peer has taken something, and is not waited for any more.
  void took(Time now);
  /// The stream would take something now, though nothing has been written yet: the peer has as long again.
  void took_at_last(Time now);
  bool is_waited_for() const { return record_ && record_->since != never; }
  /// When the peer will have been waited for for `patience`; never: it is not waited for, or `patience` is 0.
  Time due(std::chrono::milliseconds patience) const;
  /// When the peer last took some of what had to wait for it. Time::min(): never.
  Time last_taken() const { return record_ ? record_->last_taken : Time::min(); }

  /// Whether the peer has ever been waited for.
  bool is_known() const { return record_ != nullptr; }
  /// Whether the peer has opened its window further since the last call, if something waited for that then.
  /// `made`: how far, in bytes delivered, the window has reached. `waits`: something waits for it to reach
  /// further.
  bool makes_room(std::uint64_t made, bool waits, Time now);
  /// Whether the peer had not opened its window further for `patience` when makes_room was last called.
  bool has_made_none_for(std::chrono::milliseconds patience, Time now) const;

  /// Whether too much input of the peer has been discarded, with these bytes. The limit is 256 MiB, so that a
  /// client that writes everything before it reads gets its `bye` all the same.
  bool has_sent_too_much(std::size_t bytes);

 private:
  struct Record {
    static constexpr auto none = std::numeric_limits<std::uint64_t>::max();
    Time since = never;  ///< never: it is not waited for
    Time last_taken = Time::min();
    std::uint64_t room = none;  ///< `made`, when something waited for more; none: nothing did
    Time room_since{};          ///< when it became that
    std::uint64_t discarded = 0;
  };

  Record& record();

  std::unique_ptr<Record> record_;
};

/// The life of a connection, which goes one way:
///
///   open ─ close() ─► closing ─ finish() ─► finishing
///     └────── break_off() ──┴───────────────────┴──► broken
class Life {
 public:
  enum class State : std::uint8_t {
    open,       ///< read from and written to
    closing,    ///< what is queued is written, and nothing else is taken, in either direction
    finishing,  ///< the output has ended, and what comes is discarded until the peer closes its side
    broken,     ///< the stream is closed
  };

  State state() const { return state_; }
  bool is_open() const { return state_ == State::open; }
  bool is_broken() const { return state_ == State::broken; }

  // Each returns false, and changes nothing, where there is no such transition.
  bool close() { return go(State::closing, state_ == State::open); }
  bool finish() { return go(State::finishing, state_ == State::closing); }
  bool break_off() { return go(State::broken, state_ != State::broken); }

 private:
  bool go(State next, bool is_a_way) {
    if (is_a_way) state_ = next;
    return is_a_way;
  }

  State state_ = State::open;
};

/// What waits to be sent to one peer. Its size is limited by others: see Writer.
class Outbox {
 public:
  void push(Slice bytes);

  bool empty() const { return size_ == 0; }
  /// Bytes waiting.
  std::size_t size() const { return size_; }

  struct Run {
    std::string_view bytes{};
    const protocol::Text* text = nullptr;  ///< the bytes are a part of it; null: they are from several texts
  };
  /// The next bytes to write, as one contiguous run: one buffer in one call beats many small ones.
  /// Small pieces are gathered into `scratch`, up to its capacity; a large one is given as it is.
  Run next(std::string& scratch) const;
  /// The first `n` bytes have been written.
  void consume(std::size_t n);
  void clear();

 private:
  /// In a turn most peers get one piece: it takes no allocation.
  boost::container::small_vector<Slice, 1> pieces_;
  std::uint32_t first_ = 0;   ///< pieces before it are written
  std::uint32_t offset_ = 0;  ///< bytes of the first piece that are written
  std::size_t size_ = 0;
};

/// The output to one peer: what waits to be written to its stream, and what is known of how the peer takes
/// it. Output is queued without a limit during a turn and written at its end. If more than `send_queue` bytes
/// are left then, the peer is a slow reader: is_full() says so, and the handler must queue no more until the
/// output has drained.
class Writer {
 public:
  /// They outlive the writer.
  Writer(Stream& stream, const Settings& settings) : stream_(&stream), settings_(settings) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    if (owns_stream_) delete stream_;
  }

  /// Whether the peer has so much to read that its own requests should wait. They are offered again when it
  /// has read.
  bool is_congested() const {
    return settings_.send_queue_soft > 0 && outbox_.size() > settings_.send_queue_soft;
  }
  /// More than `send_queue` bytes were left at the end of the last turn, and still are.
  bool is_full() const { return full_; }
  /// Bytes that wait for the peer to take them.
  std::size_t queued() const { return outbox_.size(); }
  /// Bytes queued for the peer so far, written or not.
  std::uint64_t delivered() const { return written_ + outbox_.size(); }
  /// How many of these bytes the peer has taken: acknowledged over TCP, and written over unix(7), where there
  /// is no more to know.
  std::uint64_t taken() const { return written_ - std::min(written_, unacknowledged()); }
  /// Whether the peer's window (RFC 9293, SND.WND) has space for so many bytes more, or is open while nothing
  /// is under way. Over unix(7), which has no window: whether nothing waits here.
  bool has_room(std::size_t bytes) const;
  /// When the peer's system last showed that it is there, as far as TCP tells. `now`, if it has acknowledged
  /// all that it was sent (TCP's keepalive asks one that is sent nothing), or is on this machine.
  Time last_acknowledged(Time now) const;
  /// When the peer last took some of what had to wait for it: a sign that it is there. Time::min(): never.
  Time last_taken() const { return lag_.last_taken(); }
  /// The peer is about to be asked whether it is there: from now on may_be_reading() watches its window.
  void before_question(Time now);
  /// Whether the peer may still be reading what was sent before the question, so that its silence says
  /// nothing. So it is if more was sent than its window has space for, and the window has moved since the
  /// question or the last call, or has stood still for less than `stall` while the peer's system answers.
  /// Only the peer itself opens a closed window, but its system need not announce a small opening (RFC 9293,
  /// 3.8.6.2.2).
  bool may_be_reading(Time now);

  // The rest is for the connection alone.
  Stream& stream() const { return *stream_; }
  /// Goes on over another stream, which is over the present one. Nothing may wait for the present one. Once.
  void become(std::unique_ptr<Stream> above) {
    stream_ = above.release();
    owns_stream_ = true;
  }
  const Settings& settings() const { return settings_; }
  Lag& lag() { return lag_; }
  /// When the peer has been waited for for too long.
  Time stall_due(Life::State life) const;
  Outbox& outbox() { return outbox_; }
  /// Writes what is queued until the stream takes no more: then is_waiting(), until on_ready().
  boost::system::error_code write(Turn& turn);
  /// Ends the stream's output. False: not yet, and is_waiting() from then on.
  bool shut_down(Turn& turn);
  bool is_waiting() const { return waiting_; }
  void on_ready() { waiting_ = false; }
  /// The end of a turn, or of a write.
  void settle() { full_ = settings_.send_queue > 0 && outbox_.size() > settings_.send_queue; }
  /// Whether so little waits that requests are taken again: at half the soft limit, not at each byte.
  bool has_drained() const { return outbox_.size() <= settings_.send_queue_soft / 2; }
  /// The handler is to be told when the output has drained.
  void ask_for_drained() { asked_for_drained_ = true; }
  /// Whether the handler asked for that; true once.
  bool take_question() { return std::exchange(asked_for_drained_, false); }
  /// The stream is about to be closed: nothing waits any more, and no more will be taken.
  void close();

 private:
  std::uint64_t unacknowledged() const;
  bool has_no_room() const;
  bool makes_room(bool waits, Time now);

  Stream* stream_;  ///< no smart pointer: it would take eight bytes more of each connection
  const Settings& settings_;
  Outbox outbox_;
  Lag lag_;
  std::uint64_t written_ = 0;  ///< to the stream, in bytes; once that is closed: those acknowledged
  bool waiting_ = false;       ///< for the stream to take more
  bool full_ = false;
  bool owns_stream_ = false;
  bool asked_for_drained_ = false;
};

}  // namespace hubbub::net
