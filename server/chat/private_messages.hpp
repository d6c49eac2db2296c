#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "protocol/timestamp.hpp"
#include "server/chat/answer.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/format.hpp"
#include "server/journal/keyed_hash.hpp"

namespace hubbub::chat {

class Session;

/// Private messages on their way to those who have yet to take them, and the ids of those that were taken.
///
/// They are not kept anywhere. So a sender is told that one is said only when the far side of the
/// recipient's connection has acknowledged it (Wire::taken); and it is delivered only when that side has
/// announced room for it (Wire::has_room), until which it waits here. If that, or the acknowledgement, does
/// not come in time, the sender is told so, and others are refused at once until the recipient has taken all
/// that was under way then. Where it has not been delivered it will not be; only of a connection that dies
/// in between nobody can know what has come.
///
/// Whoever sends an id again within the last ten minutes (protocol::dedupe_age) is answered with what becomes
/// of the first one, and nothing is delivered twice; with another text he is told that the id has been used.
/// Of all senders together protocol::dedupe_tells ids are remembered.
class PrivateMessages {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr Time never = Time::max();

  /// Of a message that its sender gave an id: what both are known by afterwards.
  struct Mark {
    /// A hash of sender, recipient, and what the sender calls the message. Two of 64 bits, each under a key
    /// of its own: were two to meet, one of the messages would be lost.
    using Id = std::pair<std::size_t, std::size_t>;
    Id id;
    std::size_t text;  ///< its hash
  };

  /// `to`: the recipient. Nothing: it has no id.
  std::optional<Mark> mark(const Session& sender, const protocol::Name& to,
                           const protocol::Message& message) const;
  /// Whether the message is one that the sender has sent before; then the answer is seen to, with the message
  /// of then.
  bool repeats(Answer& answer, const std::optional<Mark>& mark, const protocol::Message& message,
               protocol::Timestamp now);
  // `session` is the recipient's.
  /// Whether the recipient has let the time of one pass, and has not taken all that was under way then.
  bool is_stuck(Session& session) const;
  /// Whether so much more may wait for it.
  bool takes(Session& session, std::size_t bytes) const;
  /// Delivers it. The answer follows when it has been taken; `patience`: for that, 0: any time.
  void send(Session& session, Answer&& answer, protocol::MessagePtr message, const std::optional<Mark>& mark,
            Now now, std::chrono::milliseconds patience);

  /// Answers what has been taken since, and what has waited for too long, of those that are due.
  void look(Now now);
  /// When to look next.
  Time due() const { return due_.empty() ? never : due_.begin()->first; }
  /// The recipient goes, and takes nothing more. Its wire is still there, or its last figures are.
  void end(Session& session);

 private:
  using Id = Mark::Id;
  struct FirstOf {
    std::size_t operator()(const Id& id) const { return id.first; }
  };
  struct Receipt {
    protocol::MessagePtr message;
    std::optional<Id> id;
    std::vector<Answer> answers;  ///< more than one where it was sent again meanwhile
    std::size_t bytes;
    std::uint64_t end = 0;  ///< in what was delivered; 0: it has yet to be
    Time give_up;
    bool is_late = false;  ///< it has been refused, and may be taken all the same
  };
  struct Recipient {
    std::deque<Receipt> receipts;        ///< in the order in which they are delivered
    std::size_t waiting = 0;             ///< bytes of those that have yet to be
    std::chrono::milliseconds pause{0};  ///< between looks: longer and longer
    Time next = never;
    std::optional<std::uint64_t> stuck_until;  ///< it has taken so much
  };
  struct Known {
    protocol::Timestamp time;
    std::size_t text;            ///< its hash
    Session* pending = nullptr;  ///< its recipient, while it is on its way
  };
  using Recipients = std::map<const Session*, Recipient>;

  void wait_too(Answer& answer, const Id& id, Session& recipient);
  void look_at(Session& session, Now now);
  static void deliver(Session& session, Recipient& recipient);
  void take(Session& session, Recipient& recipient);
  void give_up(Session& session, Recipient& recipient, Now now);
  void taken(Receipt& receipt);
  static void refuse(Receipt& receipt, const protocol::Error& why,
                     std::chrono::milliseconds retry_after = {});
  void forget(const Receipt& receipt);
  void remember(const Mark& mark, Session& recipient, protocol::Timestamp now);
  void expire(protocol::Timestamp now);
  void schedule(Session& session, Recipient& recipient, Time next);

  Recipients recipients_;
  std::set<std::pair<Time, Session*>> due_;
  journal::KeyedHash hash_;
  journal::KeyedHash other_hash_;
  std::unordered_map<Id, Known, FirstOf> known_;
  std::deque<std::pair<protocol::Timestamp, Id>> by_age_;
};

}  // namespace hubbub::chat
