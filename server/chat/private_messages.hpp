#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "protocol/event.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/directory.hpp"

namespace hubbub::chat {

class Session;

/// Private messages on their way to recipients that have yet to take them. Tells is the senders' side.
///
/// Private messages are not stored. So a sender is told that one is said only when the far side of the
/// recipient's connection has acknowledged it (Wire::taken); and it is delivered only when that side has
/// announced space for it (Wire::has_room), until which it waits here. If the space or the acknowledgement
/// does not come in time, the sender is told so, and further messages are refused at once until the recipient
/// has taken all that was under way then. A message that was not delivered by then never will be; only if a
/// connection dies after the delivery can nobody know whether the message has arrived.
class PrivateMessages {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr Time never = Time::max();

  // `session` is the recipient's.
  /// Delivers the message, or lets it wait. The handler is told the outcome, at once if that is a refusal;
  /// `patience`: time for the recipient to take it, 0: no limit.
  void deliver(Session& session, protocol::MessagePtr message, Directory::TellHandler handler, Now now,
               std::chrono::milliseconds patience);

  /// For the recipients that are due: tells the handlers which messages have been taken, and which have
  /// waited for too long.
  void look(Now now);
  /// When to look next.
  Time due() const { return due_.empty() ? never : due_.begin()->first; }
  /// The recipient's session ends, and takes nothing more. To be called while it still has its wire.
  void end(Session& session);

 private:
  struct Receipt {
    protocol::MessagePtr message;
    Directory::TellHandler handler;  ///< null: it has been refused for good
    std::size_t bytes;
    std::uint64_t end = 0;  ///< where it ends in Wire::delivered; 0: not delivered yet
    Time give_up;
    bool is_in_doubt = false;  ///< not taken in time, and may be taken all the same
  };
  struct Recipient {
    std::deque<Receipt> receipts;        ///< in the order in which they are delivered
    std::size_t waiting = 0;             ///< bytes of the receipts that are not delivered yet
    std::chrono::milliseconds pause{0};  ///< between looks: longer and longer
    Time next = never;
    std::optional<std::uint64_t> stuck_until;  ///< messages are refused until Wire::taken reaches this
  };
  using Recipients = std::map<const Session*, Recipient>;

  /// Whether a message to the recipient has timed out, and what was under way then has not all been taken.
  bool is_stuck(Session& session) const;
  bool has_room(Session& session, std::size_t bytes) const;
  void look_at(Session& session, Now now);
  static void deliver(Session& session, Recipient& recipient);
  static void take(Session& session, Recipient& recipient);
  static void give_up(Session& session, Recipient& recipient, Now now);
  void schedule(Session& session, Recipient& recipient, Time next);

  Recipients recipients_;
  std::set<std::pair<Time, Session*>> due_;
};

}  // namespace hubbub::chat
