#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "server/chat/answer.hpp"
#include "server/chat/counters.hpp"
#include "server/chat/feed.hpp"
#include "server/chat/rooms.hpp"
#include "server/journal/account_rules.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

/// Messages, and attributes of rooms, on their way through the journal: they go in through append() and come
/// out where the journal hands a batch back. There is no other way to a room.
class InFlight {
 public:
  /// All outlive it. The journal delivers to it.
  InFlight(journal::Journal& journal, Rooms& rooms, Counters& counters);

  /// `draft`: a message, or a record of the room's state; its room, sender and ticket are filled in here.
  void append(Answer&& answer, const Rooms::RoomPtr& room, journal::Draft draft);
  /// `draft`: a private message, whose sender is filled in.
  void append(Answer&& answer, const std::shared_ptr<Feed>& conversation, journal::Draft draft);
  /// Appends a record of accounts. `done` is called when all that was said before it has been delivered: with
  /// what has become of it, and its number; nothing: it could not be stored.
  struct Stored {
    journal::Applied applied;
    std::uint64_t number;
  };
  using Done = std::function<void(const std::optional<Stored>& stored)>;
  void append(journal::account::Any body, protocol::Timestamp now, Done done);
  /// Who carries records of accounts out; and what is called after a batch with such records, when its
  /// answers have been given. Set once.
  void on_account(std::function<journal::Applied(const journal::AccountRecord&)> apply,
                  std::function<void()> settled);
  /// Who delivers private messages: to how many sessions is returned. Set once.
  using DeliverPrivate = std::function<std::size_t(const journal::Committed&, const Answer& sender)>;
  void on_private(DeliverPrivate deliver) { deliver_private_ = std::move(deliver); }
  /// Calls `then` when all that is in flight now has been delivered; at once, if nothing is.
  void after_all(std::function<void()> then);
  /// Whether the journal's backlog is full. If so, the request that the session refuses now is offered again
  /// when it is not full any more.
  bool must_wait(Session& session);

 private:
  /// Of a message or record in flight: its answer and its room.
  struct Origin {
    // The answer looks at the feed until its end.
    Rooms::RoomPtr room{};
    std::shared_ptr<Feed> conversation{};
    Answer answer{};  ///< to nobody: said on another node
    Done done{};      ///< of a record of accounts
    bool is_taken = false;
    bool has_failed = false;
    std::optional<Stored> stored{};
  };

  Origin take(const journal::Committed& committed);
  void on_commit(std::span<const journal::Committed> batch);
  void send(Origin origin, Feed& feed, journal::Draft draft);
  void deliver_state(Origin& origin, const journal::StateRecord& record);
  void settle(std::vector<Origin>& origins);
  void go_on_after();

  journal::Journal& journal_;
  Rooms& rooms_;
  Counters& counters_;
  std::deque<Origin> origins_;                   ///< by ticket
  std::uint64_t first_ = 1;                      ///< ticket of the first of them
  std::vector<std::weak_ptr<Session>> waiting_;  ///< for the journal to take more
  std::function<journal::Applied(const journal::AccountRecord&)> apply_;
  std::function<void()> settled_;
  DeliverPrivate deliver_private_;
  std::deque<std::pair<std::uint64_t, std::function<void()>>> after_;  ///< what is to follow a ticket
};

}  // namespace hubbub::chat
