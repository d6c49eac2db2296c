#pragma once

#include <cstdint>

namespace hubbub::net {

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

  // Each is false, and changes nothing, where there is no such way.
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

}  // namespace hubbub::net
