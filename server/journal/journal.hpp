#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/timestamp.hpp"
#include "server/journal/account_record.hpp"
#include "server/journal/audit.hpp"
#include "server/journal/change_record.hpp"
#include "server/journal/conversation.hpp"
#include "server/journal/keeping.hpp"
#include "server/journal/measures.hpp"
#include "server/journal/presence_record.hpp"
#include "server/journal/room_state.hpp"
#include "server/journal/settings.hpp"

/// The journal is where a message becomes real. It knows rooms and senders by their keys, and nothing
/// of sessions, sockets or wire formats.
namespace hubbub::journal {

/// A record on its way in: a message, an attribute of the room, a change of messages, a record of accounts,
/// or a note for the audit alone.
struct Draft {
  /// The key of the room, or of a conversation (conversation.hpp); of a record of accounts not looked at.
  std::string room{};
  std::string sender{};  ///< the sender's key (a guest's name, or author_key()): who may repeat an `id`
  protocol::Message message{};  ///< without its `seq`
  std::uint64_t ticket = 0;     ///< the caller's own mark; comes back with the outcome
  StatePtr state{};             ///< without its `seq`; null: it is one of the others
  AccountRecordPtr account{};   ///< without its `seq`; null: it is one of the others
  ChangePtr change{};           ///< without its `number`; null: it is one of the others
  PresencePtr presence{};       ///< on a log of several nodes alone; null: it is one of the others
  /// Of several records that are one deed all but the last: those who are there are told of the last alone.
  bool is_quiet = false;
  /// The journal's own: how much had been delivered when it was looked whether this may be.
  std::uint64_t checked = 0;
  /// Without its `seq`: kept together with the record, or, when all of the others are null and the message
  /// has no text, by itself.
  AuditPtr audit{};

  /// Whether there is nothing but the note for the audit.
  bool is_audit_only() const {
    return audit && !state && !account && !change && !presence && message.text.empty() &&
           message.from.empty();
  }
  /// The room's name, in the sender's spelling; of a conversation its key.
  const std::string& room_name() const {
    if (state) return state->room;
    return message.room.empty() ? room : message.room;
  }
};

/// Whether the journal does what it is for.
enum class Service : std::uint8_t {
  ready,
  /// An engine that several nodes share is not to be had for now: what is appended waits, for so long as it
  /// may.
  waiting,
  /// This node is not, or not yet, among those that share the log: nobody is to be let in, and who is here is
  /// to go to another node. It comes back by itself.
  away,
  /// It never will again, until somebody has done what the log says.
  lost,
};

enum class Outcome {
  stored,    ///< new: for the whole room
  repeated,  ///< its `id` was known: `message` is the original, for its sender alone
  failed,    ///< not stored: for its sender alone
  refused,   ///< of presence alone: it is not possible; for all
  /// Not stored, since somebody on another node has ruled there meanwhile: to be looked at anew, by its
  /// sender's node alone. `message` is what was to be said, if it was a message.
  stale,
};

struct Committed {
  std::string room;
  std::uint64_t ticket = 0;
  Outcome outcome = Outcome::stored;
  // One of these, with its `seq`; none when it has failed.
  protocol::MessagePtr message{};
  StatePtr state{};
  AccountRecordPtr account{};
  ChangePtr change{};
  PresencePtr presence{};
  AuditPtr audit{};  ///< also beside one of the others
  bool is_quiet = false;
};

/// Of a draft of messages, attributes or accounts; `change` and `audit` are for the caller to add.
inline Committed outcome_of(Draft&& draft, Outcome outcome, protocol::MessagePtr message = {},
                            StatePtr state = {}, AccountRecordPtr account = {}) {
  return {.room = std::move(draft.room),
          .ticket = draft.ticket,
          .outcome = outcome,
          .message = std::move(message),
          .state = std::move(state),
          .account = std::move(account),
          .is_quiet = draft.is_quiet};
}

/// Which messages of a room: those with `after` < seq < `before`, at most `limit`; the newest of them
/// or the oldest. They are returned in ascending order either way.
struct Query {
  std::string room;
  std::uint64_t after = 0;
  std::uint64_t before = std::numeric_limits<std::uint64_t>::max();
  std::size_t limit = 0;
  bool newest = true;
  /// Words that have to be in the message, in any case and with or without diacritics; empty: any message.
  /// A search, also by `from` alone, finds no message that is deleted.
  std::string search{};
  /// The sender, by the key of the name at that time; empty: any sender.
  std::string from{};
  /// Whether to count all messages within the bounds: Page::found. Where it is no search, an engine may look
  /// at the newest 5,000 of them only.
  bool count = false;
  /// Of which account messages are not counted, in a conversation that is not searched; 0: none.
  std::uint64_t but_author = 0;
  /// The number of the session that asks: reads that wait are served fairly by it.
  std::uint64_t reader = 0;
  /// Whether the page is to have Page::changed. No search.
  bool changes = false;

  bool is_search() const { return !search.empty() || !from.empty(); }
};

struct Page {
  std::vector<protocol::MessagePtr> messages;
  /// There are further messages within the query's bounds, beyond its limit.
  bool more = false;
  /// Retention has dropped messages after the query's `after`, or may have.
  bool dropped = false;
  /// How many messages there are within the bounds, whatever the limit; protocol::most_counted:
  /// so many or more. Nothing: not asked for, or it would take too long.
  std::optional<std::size_t> found{};
  /// With Query::changes: messages up to `after`, as they are now, that were changed by a record with a
  /// number between `after` and `before` (both excluded), or up to `upto` where the page ends there; in the
  /// order of these numbers, and Query::limit of them at most. So whoever has all up to `after`, and takes
  /// page after page from each `upto` on, misses neither a message nor a change. What one record has deleted
  /// is not parted by an `upto`: a page may have most_deleted of them alone, whatever the limit.
  std::vector<protocol::MessagePtr> changed{};
  /// With Query::changes and not the newest: everything up to this number is in the page. If there is more,
  /// it is what to ask for next as `after`.
  std::uint64_t upto = 0;
};

struct Tail {
  std::uint64_t last = 0;     ///< the newest seq of a message, kept or dropped; 0: none that is known
  bool kept = false;          ///< whether any message of the room is kept
  std::uint64_t changed = 0;  ///< the number of the newest change of its messages; 0: none that is known
  // These two are valid until the next call that changes something.
  const RoomState* state = nullptr;  ///< null: it has no attributes
  std::string_view name{};           ///< as shown; empty: the room is not known

  std::string_view topic() const { return state == nullptr ? std::string_view() : state->topic(); }
};

/// A room that has history or attributes. Valid until the next call that changes something.
struct RoomEntry {
  std::string_view key;
  std::string_view name;  ///< as shown
  std::string_view topic;
};

/// The contract, which test/journal checks on every engine:
///
/// 1. Append numbers, stores and delivers as one ordered act: batches come back in the order in which
///    their drafts were appended, each draft exactly once.
/// 2. One batch is under way at a time. What is appended meanwhile gathers for the next. Two batches may be
///    delivered as one, but never one that failed with one that comes after it.
/// 3. `seq` rises and is never given out twice, also not after a crash: all rooms draw on one counter, and
///    so do messages and attributes.
/// 4. A failure reaches exactly the drafts of its batch, and these messages are never delivered.
/// 5. A repeated `id` of the same sender in the same room is found for at least the last
///    protocol::dedupe_age and protocol::dedupe_messages, also when retention has dropped the original.
/// 6. A read sees every message that was delivered before the read was asked for. It may see more: to go on
///    with live messages, ask for those before the first of them.
/// 7. The backlog is bounded: once full() says so, no more should be appended than is on its way already,
///    until the next batch has been delivered.
/// 8. The state of a room lasts: after another start it is what RoomState::apply makes of the records. A page
///    has messages only.
/// 9. So do accounts: after another start they are what apply() makes of the records (account_rules.hpp). The
///    journal hands a record back whether it does anything or not.
/// 10. A conversation is kept, read, searched and dropped as a room is, and stands in no list of rooms.
/// 11. A change is decided when it is stored, by the messages that are there then, and shown by every read
/// and
///     search from when it is handed back. Of a message only the last change is kept; what was deleted goes
///     on counting as a message. On disk the former text is overwritten, in all files, soon after.
/// 12. A room's own retention (RoomState::retention) holds from when its record is stored, in the place of
/// the
///     server's where it is stricter.
///
/// All calls come from the loop's thread, and both handlers are called there. A handler may append and
/// read, but not commit.
class Journal {
 public:
  using Deliver = std::function<void(std::span<const Committed>)>;
  using ReadHandler = std::function<void(protocol::Result<Page>)>;
  using AuditHandler = std::function<void(protocol::Result<AuditPage>)>;

  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  virtual ~Journal() = default;

  /// Where batches go; set once, before the first append.
  virtual void on_commit(Deliver deliver) = 0;
  virtual void append(Draft draft) = 0;
  /// The same of a draft that has come back as stale, before all that was appended meanwhile. Several in
  /// their order.
  virtual void append_again(Draft draft) { append(std::move(draft)); }
  /// The end of a turn of the loop, to be called after every turn: what has come back is delivered here, at
  /// once or together with the next batch, and what has been appended becomes the next batch, unless one is
  /// under way. `now` is for ageing.
  virtual void commit(const Moment& now) = 0;
  /// The backlog for the next batch is full.
  virtual bool full() const = 0;
  /// Calls the handler once, before it returns or later. Errors: storage_failed; bad_request when `search`
  /// has nothing to search for.
  virtual void read(const Query& query, ReadHandler handler) = 0;
  /// The same for the audit: an engine on disk has what is not older than audit_age, 100,000 entries at most,
  /// and one in memory the newest 10,000 since its start. Error: storage_failed.
  virtual void read_audit(const AuditQuery& query, AuditHandler handler) = 0;
  virtual Tail tail(const std::string& room) const = 0;
  /// The origin of the seqs: 16 hexadecimal digits, chosen at random when the journal was made, and anew when
  /// a backup was put in its place, since the backup does not continue what clients have seen. Valid as long
  /// as the journal.
  virtual std::string_view epoch() const = 0;
  /// The rooms that have history or attributes, in the order of their keys: those after `after`, at most
  /// `limit`.
  virtual std::vector<RoomEntry> rooms(std::string_view after, std::size_t limit) const = 0;
  /// How many there are.
  virtual std::size_t room_count() const = 0;
  /// Calls `take` with the key of each conversation of which something is known, in any order.
  virtual void each_conversation(const std::function<void(std::string_view key)>& take) const = 0;
  /// Calls `take` with each room that has attributes, the server (server_key) among them, in the order of
  /// their keys.
  virtual void each_state(
      const std::function<void(const std::string& key, const RoomState& state)>& take) const = 0;
  /// Calls `take` with records that make the accounts which there are, in any order but that each comes after
  /// those which it is about; to be called before the first append. Error: storage_failed.
  virtual std::optional<protocol::Error> load_accounts(
      const std::function<void(const AccountRecord&)>& take) const = 0;
  /// Calls `take` with records that make those who were here, on any node of a log, when it was read last:
  /// names before rooms. To be called before the first append. Error: storage_failed.
  virtual std::optional<protocol::Error> load_presence(
      const std::function<void(const PresenceRecord&)>& /*take*/) const {
    return std::nullopt;
  }
  /// Whether this daemon does what one alone is to do, as time passes.
  virtual bool is_first() const { return true; }
  /// The room has its first participant from now on.
  virtual void occupy(const std::string& room) = 0;
  /// The room has no participants from now on, as every room at the start. A room of which no message is kept
  /// has its attributes for another hour (state_age); after a sudden end that counts from the next start.
  virtual void abandon(const std::string& room) = 0;
  /// New limits, from a configuration that was read again. A stricter retention waits (see Keeping).
  virtual void configure(const Settings& settings) = 0;
  /// The retention that waits, if one does.
  virtual std::optional<PendingDrop> pending_drop() const = 0;
  virtual Service service() const { return Service::ready; }
  /// What is called when that has changed. Set once.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): whoever has something to tell keeps it
  virtual void on_service(std::function<void()> /*changed*/) {}
  /// Nothing: this daemon is alone.
  virtual std::optional<ClusterState> cluster() const { return std::nullopt; }
  const Measures& measures() const { return measures_; }
  /// The files on disk, of which an engine in memory has none.
  virtual std::vector<FileSize> files() const { return {}; }
  /// Commits and delivers what has been appended, then calls `done`. Drafts appended later fail.
  virtual void stop(protocol::Timestamp now, std::function<void()> done) = 0;

 protected:
  Measures measures_;
};

}  // namespace hubbub::journal
