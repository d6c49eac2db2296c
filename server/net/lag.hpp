#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "server/net/handler.hpp"

namespace hubbub::net {

/// How long a connection has waited for its peer: to take more of what it is sent, to open its window or,
/// once the output has ended, to close its own side. Most peers take everything at once, and nothing is held
/// of them.
class Lag {
 public:
  /// The peer is waited for, since now unless it was already.
  void begin(Time now);
  /// It has as long again.
  void begin_again(Time now) { record().since = now; }
  /// The peer has taken something, for which it is not waited any more.
  void took(Time now);
  /// The stream would take something now, though nothing has been written yet: the peer has as long again.
  void took_at_last(Time now);
  bool is_waited_for() const { return record_ && record_->since != never; }
  /// When it will have been waited for for `patience`; never: it is not, or `patience` is 0.
  Time due(std::chrono::milliseconds patience) const;
  /// When it last took some of what had to wait for it. Time::min(): never.
  Time last_taken() const { return record_ ? record_->last_taken : Time::min(); }

  /// Whether it has ever been waited for.
  bool is_known() const { return record_ != nullptr; }
  /// Whether the peer has made room since the last call, if something waited for room then. `made`: how far,
  /// in bytes delivered, its window has reached. `waits`: something waits for it to reach further.
  bool makes_room(std::uint64_t made, bool waits, Time now);
  /// Whether it had made none for `patience` when makes_room was last called.
  bool has_made_none_for(std::chrono::milliseconds patience, Time now) const;

  /// Whether too much of its input has been discarded with these bytes. One that does not look before it has
  /// written everything gets its `bye` all the same, up to 256 MiB.
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

}  // namespace hubbub::net
