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

/// Private messages on their way to those who have yet to take them, on the side of the recipients.
///
/// They are not kept anywhere. So a sender is told that one is said only when the far side of the
/// recipient's connection has acknowledged it (Wire::taken); and it is delivered only when that side has
/// announced room for it (Wire::has_room), until which it waits here. If that, or the acknowledgement, does
/// not come in time, the sender is told so, and others are refused at once until the recipient has taken all
/// that was under way then. Where it has not been delivered it will not be; only of a connection that dies
/// in between nobody can know what has come.
class PrivateMessages {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr Time never = Time::max();

  // `session` is the recipient's.
  /// Delivers it. The handler is told what becomes of it, at once where it is refused; `patience`: for being
  /// taken, 0: any time.
  void send(Session& session, protocol::MessagePtr message, Directory::TellHandler handler, Now now,
            std::chrono::milliseconds patience);

  /// Tells of what has been taken since, and of what has waited for too long, of those that are due.
  void look(Now now);
  /// When to look next.
  Time due() const { return due_.empty() ? never : due_.begin()->first; }
  /// The recipient goes, and takes nothing more. Its wire is still there, or its last figures are.
  void end(Session& session);

 private:
  struct Receipt {
    protocol::MessagePtr message;
    Directory::TellHandler handler;  ///< null: it has been refused for good
    std::size_t bytes;
    std::uint64_t end = 0;  ///< in what was delivered; 0: it has yet to be
    Time give_up;
    bool is_in_doubt = false;  ///< it has not been taken in time, and may be taken all the same
  };
  struct Recipient {
    std::deque<Receipt> receipts;        ///< in the order in which they are delivered
    std::size_t waiting = 0;             ///< bytes of those that have yet to be
    std::chrono::milliseconds pause{0};  ///< between looks: longer and longer
    Time next = never;
    std::optional<std::uint64_t> stuck_until;  ///< it has taken so much
  };
  using Recipients = std::map<const Session*, Recipient>;

  /// Whether the recipient has let the time of one pass, and has not taken all that was under way then.
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
