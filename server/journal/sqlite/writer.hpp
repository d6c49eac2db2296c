#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/timestamp.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/sqlite/ledger.hpp"
#include "server/journal/sqlite/state_directory.hpp"

namespace hubbub::journal::sqlite {

/// The outcomes of drafts that cannot be stored.
std::vector<Committed> all_failed(std::vector<Draft>& drafts);

/// A line for the operator's log, which the loop writes, in the order of events.
struct Notice {
  bool is_fault = false;
  std::string what;
  std::string why;
};

/// What the writer hands back to the loop.
struct Written {
  std::vector<Committed> batch;
  Ledger::Swept swept;
  std::vector<Notice> notices;
  bool is_to_scrub = false;  ///< texts that were changed may still stand somewhere in the files
  bool is_writable = true;   ///< whether the last batch was stored, as far as is known
};

/// Writes through the ledger, and decides what becomes of a batch when the disk is full or broken. For one
/// thread.
///
/// A full disk: the log is emptied into the database, with the spare space if need be, and the batch is tried
/// once more; then it fails, and so does each batch until there is space. Any other fault, a failed fsync
/// above all: after it nobody can tell what the disk has (https://wiki.postgresql.org/wiki/Fsync_Errors), so
/// the connection is closed, batches fail, and no more than once in `retry_interval` it is opened anew;
/// opening reserves numbers, which takes a successful fsync.
///
/// A journal that is removed or replaced while the daemon runs: what is written to it would be lost at the
/// next start. So each batch, and once a second the housekeeping, checks that the files are still those of
/// the start; otherwise batches fail until they are.
class Writer {
 public:
  /// Opens the journal in that directory, which must be held, and proves that it can be written. Throws
  /// Unusable and DatabaseError.
  Writer(const std::string& directory, const Settings& settings, protocol::Timestamp now);

  /// See Ledger::load_rooms. Throws DatabaseError, and Unusable when what was written since the start has
  /// failed.
  void load_rooms(protocol::Timestamp now, const std::function<void(Ledger::Record&&)>& take);
  std::vector<Notice> configure(const Settings& settings, protocol::Timestamp now);
  /// See Ledger; only when there is one, as after the start.
  std::uint64_t epoch() const { return ledger_->epoch(); }
  const Standing& standing() const { return ledger_->standing(); }
  Ledger& ledger() { return *ledger_; }
  std::optional<protocol::Timestamp> known_age() { return ledger_->known_age(); }
  /// Nothing when the journal cannot be read now. `age`: the time of AgeClock.
  std::optional<Cost> cost(const Question& question, protocol::Timestamp now, protocol::Timestamp age,
                           std::vector<Notice>& notices);
  std::vector<Notice> keep(const Standing& standing, protocol::Timestamp now);
  /// Runs `work` on the ledger, unless there is none now. It may run twice: an error for a full disk rolls it
  /// back.
  std::vector<Notice> run(protocol::Timestamp now, const std::function<void(Ledger&)>& work);
  Written commit(std::vector<Draft> drafts, protocol::Timestamp now);
  /// Stores what a log says (Ledger::apply). Where that fails the items are as they were, and are to be tried
  /// again: nothing of a log may be left out.
  Written apply(std::vector<shared::Placed>& items, const shared::Gate::Standing& upto,
                protocol::Timestamp now);
  /// After a batch has been handed back: the log is moved into the database once it has grown.
  std::vector<Notice> checkpoint(protocol::Timestamp now);
  /// A portion of the work that waits for a quiet moment: retention, spare space, and, if `idle`, emptying
  /// the log.
  Written keep_house(protocol::Timestamp now, protocol::Timestamp age, bool idle);
  /// Whether texts that were changed may still stand somewhere in the files.
  bool is_to_scrub() const { return ledger_ && ledger_->is_to_scrub(); }
  /// The orderly end of that: the search index has nothing of them any more, or is not there. Returns whether
  /// all are gone.
  bool finish_scrubbing(protocol::Timestamp now, std::vector<Notice>& notices);
  /// Reads what the first message in that room would have to wait for. An error here is ignored: it comes
  /// again, and is logged, when the message does.
  void warm_up(const std::string& room, protocol::Timestamp now);
  /// The orderly end: moves everything into one file, and notes the time of AgeClock.
  void close(protocol::Timestamp age);

 private:
  enum class State { writing, full, broken };

  void open(protocol::Timestamp now);
  void require_ledger(protocol::Timestamp now);
  void require_files() const;
  void make_room(protocol::Timestamp now, std::vector<Notice>& notices);
  std::size_t pages_to_checkpoint() const;
  void probe(protocol::Timestamp now, std::vector<Notice>& notices);
  void lose(const std::string& why, protocol::Timestamp now, std::vector<Notice>& notices);
  void fault(State state, const char* what, const std::string& why, std::vector<Notice>& notices);
  bool attempt(const std::function<void()>& work, protocol::Timestamp now, std::vector<Notice>& notices);

  std::string directory_;
  Settings settings_;
  std::optional<Standing> standing_;  ///< the retention to be in force, once keep() was called
  Spare spare_;
  std::array<FileIdentity, 2> identities_;  ///< of the journal and its log, at the start
  std::unique_ptr<Ledger> ledger_;          ///< null while it is broken
  std::uint64_t last_ = 0;                  ///< number given out last before it broke
  State state_ = State::writing;
  State told_ = State::writing;  ///< to the operator
  protocol::Timestamp broken_at_;
  protocol::Timestamp spare_told_at_;  ///< when the operator was told of its use
  std::size_t next_checkpoint_;        ///< pages in the log that make a checkpoint due
  bool is_log_empty_ = false;          ///< the file itself; pages that were moved stay in it
};

}  // namespace hubbub::journal::sqlite
