#include "server/journal/sqlite/writer.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "server/journal/sqlite/log_stamp.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/ops/log.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;

// Pages in the write-ahead log from which on a checkpoint is worth its fsyncs: 4 MB, as SQLite's own default.
constexpr std::size_t checkpoint_pages = 1000;
constexpr std::size_t fewest_checkpoint_pages = 16;
constexpr std::size_t page_bytes = 4096;
constexpr std::chrono::seconds retry_interval{1};
// Pages that are looked through at a time for texts that were changed: some ten milliseconds.
constexpr std::uint32_t scrubbed_at_once = 4096;
// When the disk is almost full the spare space is given back and taken many times a second: the operator is
// told once in this time.
constexpr std::chrono::minutes spare_interval{1};
constexpr std::string_view spare_used = "the disk is full: the spare room is used to go on";

std::array<FileIdentity, 2> identities(const std::string& directory) {
  const auto journal = journal_file(directory);
  return {identity_of(journal), identity_of(journal + "-wal")};
}

/// The sentence for a journal that may be readable, but is not writable.
std::string cannot_write(const std::string& directory, const DatabaseError& error) {
  const auto path = journal_file(directory);
  const auto begin = "cannot write the journal " + path + ": ";
  if (error.is_full()) return begin + "the disk is full; make room, or name another state directory";
  const int reason = reason_not_to_write(path);
  return begin + (reason != 0 ? std::strerror(reason) : error.what()) +
         "; let this user write it and its directory, or name another state directory";
}

}  // namespace

std::vector<Committed> all_failed(std::vector<Draft>& drafts) {
  std::vector<Committed> batch;
  batch.reserve(drafts.size());
  for (auto& draft : drafts) batch.push_back(outcome_of(std::move(draft), Outcome::failed));
  return batch;
}

Writer::Writer(const std::string& directory, const Settings& settings, Timestamp now)
    : directory_(directory),
      settings_(settings),
      spare_(spare_file(directory)),
      next_checkpoint_(checkpoint_pages) {
  require_restored(journal_file(directory_));
  require_own_log(journal_file(directory_));
  make_private_file(journal_file(directory_));
  try {
    open(now);
  } catch (const DatabaseError& error) {
    ledger_.reset();
    if (error.is_damaged()) throw Unusable(damaged_sentence(journal_file(directory_), error.what()));
    // Opening needs a little space.
    if (!error.is_full() || !spare_.release()) throw Unusable(cannot_write(directory_, error));
    ops::log::error("journal", spare_used, {{"reason", spare_file(directory_)}});
    try {
      open(now);
    } catch (const DatabaseError& again) {
      throw Unusable(cannot_write(directory_, again));
    }
  }
  spare_.take();
}

/// A journal that cannot be written fails here, and not at the first message.
void Writer::open(Timestamp now) {
  ledger_ = std::make_unique<Ledger>(journal_file(directory_), settings_, 0, now);
  ledger_->prove();
  identities_ = identities(directory_);
}

void Writer::load_rooms(Timestamp now, const std::function<void(Ledger::Record&&)>& take) {
  if (!ledger_) {
    throw Unusable(journal_file(directory_) +
                   " could not be written; see to the disk, or name another state directory");
  }
  ledger_->load_rooms(now, take);
}

std::vector<Notice> Writer::run(Timestamp now, const std::function<void(Ledger&)>& work) {
  std::vector<Notice> notices;
  if (ledger_) attempt([&] { work(*ledger_); }, now, notices);
  return notices;
}

std::vector<Notice> Writer::configure(const Settings& settings, Timestamp now) {
  settings_ = settings;
  return run(now, [&](Ledger& ledger) { ledger.configure(settings); });
}

std::optional<Cost> Writer::cost(const Question& question, Timestamp now, Timestamp age,
                                 std::vector<Notice>& notices) {
  std::optional<Cost> cost;
  notices = run(now, [&](Ledger& ledger) {
    cost = Cost::of(question, [&](const Retention& retention, std::chrono::milliseconds in) {
      return ledger.forecast(retention, age + in);
    });
  });
  return cost;
}

std::vector<Notice> Writer::keep(const Standing& standing, Timestamp now) {
  standing_ = standing;
  return run(now, [&](Ledger& ledger) { ledger.keep(standing); });
}

/// Makes sure of a ledger to write to, opened anew if it was given up. That takes a successful fsync, or it
/// throws.
void Writer::require_ledger(Timestamp now) {
  if (ledger_) return;
  if (now - broken_at_ < retry_interval && now >= broken_at_)
    throw DatabaseError(0, 0, "it was broken a moment ago");
  broken_at_ = now;
  require_files();  // the reading connections have the old files still
  auto ledger = std::make_unique<Ledger>(journal_file(directory_), settings_, last_, now);
  ledger->prove();
  if (standing_) ledger->keep(*standing_);
  ledger_ = std::move(ledger);
}

void Writer::require_files() const {
  if (identities(directory_) == identities_) return;
  throw Unusable(journal_file(directory_) + ", or its -wal, has been moved or replaced; start hubbubd again");
}

Written Writer::commit(std::vector<Draft> drafts, Timestamp now) {
  Written written;
  const auto store = [&] {
    require_ledger(now);
    is_log_empty_ = false;
    written.batch = ledger_->commit(drafts, now);
  };
  if (!attempt(store, now, written.notices)) {
    written.batch = all_failed(drafts);
  } else if (!attempt([&] { require_files(); }, now, written.notices)) {
    // Stored, but in files that have been moved or replaced.
    for (auto& committed : written.batch) {
      committed.outcome = Outcome::failed;
      committed.message.reset();
      committed.state.reset();
      committed.account.reset();
      committed.change.reset();
      committed.audit.reset();
    }
  } else {
    state_ = State::writing;
  }
  written.is_writable = state_ == State::writing;
  return written;
}

Written Writer::apply(std::vector<shared::Placed>& items, const shared::Gate::Standing& upto, Timestamp now) {
  Written written;
  const auto store = [&] {
    require_ledger(now);
    require_files();
    is_log_empty_ = false;
    written.batch = ledger_->apply(items, upto, now);
  };
  if (attempt(store, now, written.notices)) state_ = State::writing;
  written.is_writable = state_ == State::writing;
  return written;
}

/// Runs work that writes; false when that failed, which has then been noted.
bool Writer::attempt(const std::function<void()>& work, Timestamp now, std::vector<Notice>& notices) {
  try {
    try {
      work();
    } catch (const DatabaseError& error) {
      if (!error.is_full()) throw;
      make_room(now, notices);
      work();
    }
    return true;
  } catch (const DatabaseError& error) {
    if (error.is_full() && ledger_) {
      fault(State::full, "the disk is full: messages are refused until there is room", error.what(), notices);
    } else {
      lose(error.what(), now, notices);
    }
  } catch (const Unusable& error) {
    lose(error.what(), now, notices);
  }
  return false;
}

/// Gives the spare space back for the checkpoint alone, which makes the database grow: otherwise the log
/// would fill it too.
void Writer::make_room(Timestamp now, std::vector<Notice>& notices) {
  if (!ledger_) return;
  const bool is_told = now - spare_told_at_ < spare_interval && now >= spare_told_at_;
  if (spare_.release() && !is_told) {
    spare_told_at_ = now;
    notices.push_back({.is_fault = true, .what = std::string(spare_used), .why = spare_file(directory_)});
  }
  try {
    ledger_->checkpoint(true);
  } catch (...) {
    spare_.take();
    throw;
  }
  spare_.take();
}

void Writer::lose(const std::string& why, Timestamp now, std::vector<Notice>& notices) {
  if (ledger_) {
    last_ = ledger_->last();
    ledger_.reset();
    broken_at_ = now;
  }
  fault(State::broken, "the journal cannot be written: messages are refused until it can be opened anew", why,
        notices);
}

/// The operator is told once: when the disk is almost full, writing may fail and succeed many times a second.
void Writer::fault(State state, const char* what, const std::string& why, std::vector<Notice>& notices) {
  state_ = state;
  if (std::exchange(told_, state) != state) notices.push_back({.is_fault = true, .what = what, .why = why});
}

/// On a small disk the log must not take the space that the database needs for a checkpoint.
std::size_t Writer::pages_to_checkpoint() const {
  const auto room = available_bytes(directory_) / page_bytes / 4;
  return std::clamp<std::size_t>(room, fewest_checkpoint_pages, next_checkpoint_);
}

std::vector<Notice> Writer::checkpoint(Timestamp now) {
  if (!ledger_ || ledger_->wal_pages() < pages_to_checkpoint()) return {};
  return run(now, [this](Ledger& ledger) {
    const bool all = ledger.checkpoint(false);
    // A reader was in the way: there is no use in trying again at once.
    next_checkpoint_ = checkpoint_pages + (all ? 0 : ledger.wal_pages());
  });
}

/// Finds out whether what was wrong is over, by a commit that matters to nobody: so that an operator who asks
/// need not say something to know.
void Writer::probe(Timestamp now, std::vector<Notice>& notices) {
  constexpr std::uintmax_t enough = std::uintmax_t{1024} * 1024;
  if (state_ == State::writing || (state_ == State::full && available_bytes(directory_) < enough)) return;
  const auto prove = [&] {
    require_ledger(now);  // which proves what it opens
    if (state_ == State::full) ledger_->prove();
  };
  if (attempt(prove, now, notices)) state_ = State::writing;
}

Written Writer::keep_house(Timestamp now, Timestamp age, bool idle) {
  Written written;
  written.is_to_scrub = true;
  probe(now, written.notices);
  written.is_writable = state_ == State::writing;
  if (!ledger_) return written;
  const auto sweep = [&] {
    if (standing_) ledger_->keep(*standing_);  // in case the disk was full when this was to be noted
    written.swept = ledger_->sweep(now, age);
  };
  const auto scrub = [&] {
    if (!ledger_->is_to_scrub()) return;
    is_log_empty_ = false;
    if (ledger_->scrub(scrubbed_at_once) == Ledger::Scrubbed::some) written.swept.more = true;
    written.is_to_scrub = ledger_->is_to_scrub();
  };
  const auto empty_log = [&] {
    if (ledger_->wal_pages() > 0) is_log_empty_ = false;
    if (idle && !is_log_empty_) is_log_empty_ = ledger_->checkpoint(true);
  };
  const bool has_kept = attempt([&] { require_files(); }, now, written.notices) &&
                        attempt(sweep, now, written.notices) && attempt(scrub, now, written.notices) &&
                        attempt(empty_log, now, written.notices);
  written.is_writable = state_ == State::writing;
  if (!has_kept) return written;
  spare_.take();
  if (state_ == State::writing && std::exchange(told_, State::writing) != State::writing) {
    written.notices.push_back({.is_fault = false, .what = "messages are stored again", .why = {}});
  }
  return written;
}

bool Writer::finish_scrubbing(Timestamp now, std::vector<Notice>& notices) {
  if (!ledger_) return false;
  auto scrubbed = Ledger::Scrubbed::later;
  const auto work = [&] {
    ledger_->forget_all_former();
    do scrubbed = ledger_->scrub(scrubbed_at_once);
    while (scrubbed == Ledger::Scrubbed::some);
  };
  attempt(work, now, notices);
  return scrubbed == Ledger::Scrubbed::all;
}

void Writer::warm_up(const std::string& room, Timestamp now) {
  try {
    if (ledger_) ledger_->remember_ids(room, now);
  } catch (const DatabaseError&) {
  }
}

void Writer::close(Timestamp age) {
  if (!ledger_) return;
  try {
    ledger_->note_age(age);
    ledger_->checkpoint(true);
  } catch (const DatabaseError&) {
    // The log stays, and is read at the next start.
  }
  ledger_.reset();
}

}  // namespace hubbub::journal::sqlite
