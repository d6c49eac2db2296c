#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
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
  /// Drops what is in flight, and all that is appended from now on: the hub ends. An answer that ends with it
  /// may be the last thing that kept a session, whose departure would be another record.
  void abandon();

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
  struct Recorded {
    std::uint64_t number = 0;
    journal::ChangePtr change{};
  };
  /// Whose doing a record is.
  struct Doer {
    Answer answer{};  ///< nobody's: the server's own
    /// What it is answered, in the record's place among what is said, in place of what the others are told.
    std::function<protocol::Result<protocol::event::Any>(const Recorded& recorded)> reply{};
    bool tells = true;  ///< those who are there are told of it: not, where several records are one deed
  };
  using RecordDone = std::function<void(const std::optional<Recorded>& recorded)>;
  /// Appends an attribute of a room or of the server, a change of messages, a note for the audit, or a
  /// message that no session says, complete but for its ticket. Until one that may forbid something has been
  /// delivered, nothing is said in that room (see is_ruling): so nothing comes behind it that it forbids.
  /// `done` is called as that of a record of accounts is.
  void append(journal::Draft draft, Doer doer, RecordDone done = {});
  /// Appends what somebody does of whom all nodes are to know (SharedDirectory alone). `done` is called with
  /// what has come back, in its place among what is said.
  using PresenceDone = std::function<void(const journal::Committed& committed)>;
  /// `note`: for the audit, if it is stored.
  void append(journal::presence::Any body, PresenceDone done, journal::AuditPtr note = {});
  /// Who carries that out, of people anywhere. Set once.
  void on_presence(PresenceDone apply) { apply_presence_ = std::move(apply); }
  /// Whether such a record of the room with that key, or of the server, is under way; then must_wait() is to
  /// be asked.
  bool is_ruling(const std::string& key) const {
    return !rulings_.empty() &&
           (rulings_.contains(key) || rulings_.contains(std::string(journal::server_key)));
  }
  bool is_ruling_anywhere() const { return !rulings_.empty(); }
  /// Whether the journal's backlog is full.
  bool is_full() const { return journal_.full(); }
  /// The request that the session refuses now is offered again after the next batch.
  void wait(Session& session) { waiting_.push_back(session_ptr(session)); }
  /// Calls `then` when no such record of the room is under way: at once, or later.
  void when_ruled(const std::string& key, std::function<void()> then);
  /// The same for a request, as long as its answer is wanted.
  void when_ruled(const std::string& key, Answer&& answer, std::function<void(Answer& answer)> then);
  /// Who applies attributes, and what is called after a batch with some. Set once.
  using ApplyState =
      std::function<void(const journal::Committed&, const Rooms::RoomPtr& room, Session* setter, bool tells)>;
  void on_state(ApplyState apply, std::function<void()> settled);
  /// Who looks at what is said on other nodes. Set once.
  void on_heard(std::function<void(Room& room, const protocol::Message& message)> look) {
    look_at_heard_ = std::move(look);
  }
  /// Who delivers changes of private messages. Set once.
  using DeliverChange = std::function<void(const journal::Committed&, Session* setter)>;
  void on_private_change(DeliverChange deliver) { deliver_private_change_ = std::move(deliver); }
  /// Who carries records of accounts out (`is_own`: asked for on this node); and what is called after a batch
  /// with such records, when its answers have been given. Set once.
  using ApplyAccount = std::function<journal::Applied(const journal::AccountRecord& record, bool is_own)>;
  void on_account(ApplyAccount apply, std::function<void()> settled);
  /// Who delivers private messages: to how many sessions is returned. Set once.
  using DeliverPrivate = std::function<std::size_t(const journal::Committed&, const Answer& sender)>;
  void on_private(DeliverPrivate deliver) { deliver_private_ = std::move(deliver); }
  /// Calls `then` when all that is in flight now has been delivered; at once, if nothing is.
  void after_all(std::function<void()> then);
  /// To be called at the end of each turn, before the journal's: what has given way to those who waited goes
  /// on.
  void end_turn();
  /// Whether the journal's backlog is full. If so, the request that the session refuses now is offered again
  /// when it is not full any more.
  bool must_wait(Session& session);

 private:
  /// What a record takes besides, and a message that somebody says does not.
  struct Deed {
    Done done{};  ///< of a record of accounts
    std::optional<Stored> stored{};
    std::string ruled{};  ///< the key of the room in which it may forbid something
    Doer doer{};
    RecordDone record_done{};
    std::optional<Recorded> recorded{};
    PresenceDone presence_done{};
  };
  /// Of a message or record in flight: its answer and its room. Small, since each message has one.
  struct Origin {
    // The answer looks at the feed until its end.
    Rooms::RoomPtr room{};
    std::shared_ptr<Feed> conversation{};
    Answer answer{};               ///< to nobody: said on another node
    std::unique_ptr<Deed> deed{};  ///< null: of a message that somebody says
    bool is_record = false;        ///< see append() of a Draft alone
    bool is_taken = false;
    bool has_failed = false;
    std::unique_ptr<protocol::Error> refusal{};  ///< why it is not stored, where that is known
    bool is_stale = false;  ///< it was looked at before somebody on another node ruled there
  };

  Origin take(const journal::Committed& committed);
  void on_commit(std::span<const journal::Committed> batch);
  void send(Origin origin, Feed& feed, journal::Draft draft);
  /// All but what is looked at again goes into the journal here.
  void enqueue(Origin origin, journal::Draft draft);
  void deliver_record(Origin& origin, const journal::Committed& committed);
  void deliver_change(const Rooms::RoomPtr& room, const journal::Committed& committed, const Session* setter);
  void ruled(const std::string& key);
  static std::weak_ptr<Session> session_ptr(Session& session);
  void settle(std::vector<Origin>& origins);
  void look_again(Origin& origin, const journal::Committed& committed);
  static std::optional<protocol::Error> why_not_again(Session& session, Room* room);
  void go_on_after();

  journal::Journal& journal_;
  Rooms& rooms_;
  Counters& counters_;
  std::deque<Origin> origins_;                   ///< by ticket
  std::uint64_t first_ = 1;                      ///< ticket of the first of them
  std::vector<std::weak_ptr<Session>> waiting_;  ///< for the journal to take more
  ApplyAccount apply_;
  std::function<void()> settled_;
  DeliverPrivate deliver_private_;
  DeliverChange deliver_private_change_;
  PresenceDone apply_presence_;
  std::function<void(Room& room, const protocol::Message& message)> look_at_heard_;
  ApplyState apply_state_;
  std::function<void()> state_settled_;
  std::unordered_map<std::string, std::size_t> rulings_;  ///< records under way, by the key of their room
  std::deque<std::pair<std::uint64_t, std::function<void()>>> after_;  ///< what is to follow a ticket
  bool goes_on_ = false;                                               ///< at the end of the turn
  bool is_over_ = false;                                               ///< see abandon()
};

}  // namespace hubbub::chat
