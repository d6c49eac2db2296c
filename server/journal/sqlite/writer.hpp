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

/// What becomes of drafts that cannot be stored.
std::vector<Committed> all_failed(std::vector<Draft>& drafts);

/// Something for the operator's log; the loop writes it, in the order of what happened.
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
};

/// Keeps the ledger writing, or honestly not writing: what becomes of a batch when the disk is full or
/// broken. For one thread.
///
/// A full disk: the log is emptied into the database, with the spare room if need be, and the batch is tried
/// once more; then it has failed, and so does each until there is room. Any other fault, a failed fsync
/// above all: after it nobody can tell what the disk has (https://wiki.postgresql.org/wiki/Fsync_Errors), so
/// the connection is closed, batches fail, and no more than once in `retry_interval` it is opened anew;
/// opening sets numbers aside, which takes a successful fsync.
///
/// A journal that is removed or replaced beside the daemon: what is written to it would be gone at the next
/// start. So each batch, and once a second the housekeeping, looks whether the files are still those of the
/// start; otherwise batches fail until they are.
class Writer {
 public:
  /// Opens the journal in that directory, which must be held, and proves that it can be written. Throws
  /// Unusable and DatabaseError.
  Writer(const std::string& directory, const Settings& settings, protocol::Timestamp now);

  /// See Ledger::load_rooms. Throws DatabaseError, and Unusable when what was written since the start has
  /// failed.
  void load_rooms(protocol::Timestamp now, const std::function<void(Ledger::Record&&)>& take);
  std::vector<Notice> configure(const Settings& settings, protocol::Timestamp now);
  /// See Ledger, of which there must be one: after a start.
  std::uint64_t epoch() const { return ledger_->epoch(); }
  const Standing& standing() const { return ledger_->standing(); }
  std::optional<protocol::Timestamp> known_age() { return ledger_->known_age(); }
  /// Nothing when the journal cannot be read now. `age`: by which messages age (AgeClock).
  std::optional<Cost> cost(const Question& question, protocol::Timestamp now, protocol::Timestamp age,
                           std::vector<Notice>& notices);
  std::vector<Notice> keep(const Standing& standing, protocol::Timestamp now);
  /// Does something with the ledger, unless there is none now. It may be done twice: a full disk undoes it.
  std::vector<Notice> run(protocol::Timestamp now, const std::function<void(Ledger&)>& work);
  Written commit(std::vector<Draft> drafts, protocol::Timestamp now);
  /// After a batch has been handed back: the log is moved into the database once it has grown.
  std::vector<Notice> checkpoint(protocol::Timestamp now);
  /// A little of what waits for a quiet moment: retention, room set aside, and, if `idle`, an empty log.
  Written keep_house(protocol::Timestamp now, protocol::Timestamp age, bool idle);
  /// Reads what the first message in that room would have to wait for. What fails here fails again, and is
  /// told, when it matters.
  void warm_up(const std::string& room, protocol::Timestamp now);
  /// The orderly end: everything in one file, and how far AgeClock has come.
  void close(protocol::Timestamp age);

 private:
  enum class State { writing, full, broken };

  void open(protocol::Timestamp now);
  void require_ledger(protocol::Timestamp now);
  void require_files() const;
  void make_room(protocol::Timestamp now, std::vector<Notice>& notices);
  std::size_t pages_to_checkpoint() const;
  void lose(const std::string& why, protocol::Timestamp now, std::vector<Notice>& notices);
  void fault(State state, const char* what, const std::string& why, std::vector<Notice>& notices);
  bool attempt(const std::function<void()>& work, protocol::Timestamp now, std::vector<Notice>& notices);

  std::string directory_;
  Settings settings_;
  std::optional<Standing> standing_;  ///< what is to be in force, once that has been said
  Spare spare_;
  std::array<FileIdentity, 2> identities_;  ///< of the journal and its log, at the start
  std::unique_ptr<Ledger> ledger_;          ///< null while it is broken
  std::uint64_t last_ = 0;                  ///< given out before it broke
  State state_ = State::writing;
  State told_ = State::writing;  ///< to the operator
  protocol::Timestamp broken_at_;
  protocol::Timestamp spare_told_at_;  ///< that it was used
  std::size_t next_checkpoint_;        ///< pages in the log
  bool is_log_empty_ = false;          ///< the file, that is: what a checkpoint has moved stays in it
};

}  // namespace hubbub::journal::sqlite
