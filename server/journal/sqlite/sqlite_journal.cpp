#include "server/journal/sqlite/sqlite_journal.hpp"

#include <iterator>
#include <utility>

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;
using Clock = std::chrono::steady_clock;

// Limits of the backlog for the next batch: beyond either, clients with messages to send are not read.
constexpr std::size_t most_queued = 8192;
constexpr std::size_t most_queued_bytes = std::size_t{8} * 1024 * 1024;

// How long a stored batch may wait for the next one to be stored, in multiples of its own time.
constexpr int most_patience = 4;

std::size_t cost_of(const Draft& draft) {
  const auto state = draft.state ? sizeof(StateRecord) + draft.state->value.size() : 0;
  const auto account = draft.account ? sizeof(AccountRecord) : 0;
  const auto change = draft.change ? sizeof(ChangeRecord) + draft.change->text.size() +
                                         draft.change->seqs.size() * sizeof(std::uint64_t)
                                   : 0;
  const auto audit = draft.audit ? sizeof(AuditEntry) : 0;
  return draft.message.text.size() + draft.message.id.size() + state + account + change + audit +
         sizeof(Draft);
}

}  // namespace

SqliteJournal::SqliteJournal(const Settings& settings, const Moment& now, boost::asio::io_context& loop)
    : Store(settings, now, loop), waits_(loop) {
  leave_log();
}

void SqliteJournal::append(Draft draft) {
  queued_bytes_ += cost_of(draft);
  queue_.push_back(std::move(draft));
}

bool SqliteJournal::full() const {
  return queue_.size() >= most_queued || queued_bytes_ >= most_queued_bytes;
}

void SqliteJournal::commit(const Moment& now) {
  advance(now);
  if (!writing_) {
    go_on();
  } else if (!written_.empty() && Clock::now() >= waits_.expiry()) {
    deliver_stored();
  }
  keep_house_when_due();
}

/// Between two batches: delivers the batch that has been stored, and stores the drafts that have gathered.
void SqliteJournal::go_on() {
  auto& next = stopped_ ? last_ : queue_;
  last_batch_.waited = !next.empty() && pays_to_wait();
  if (last_batch_.waited) {
    waits_.expires_after(most_patience * last_batch_.took);
    waits_.async_wait([](const auto&) {});  // so that a turn of the loop ends then
  } else {
    deliver_stored();
  }
  if (!next.empty()) {
    writing_ = true;
    queued_bytes_ = 0;
    auto drafts = std::exchange(next, {});
    next.reserve(drafts.size());  // about as many will gather meanwhile
    store(std::move(drafts), [this](std::vector<Committed> batch, const Timing& timing) {
      last_batch_.took = timing.took;
      last_batch_.was_left = Clock::now() - timing.end > timing.took;
      writing_ = false;
      written_.insert(written_.end(), std::make_move_iterator(batch.begin()),
                      std::make_move_iterator(batch.end()));
    });
  } else if (stopped_) {
    finish();
  }
}

/// Whether a stored batch should wait for the next. When the loop is so busy with sending that a batch lay
/// longer than it took to store it, then two batches that are delivered as one cost each reader one write,
/// and that is soon worth more than the time of storing the second. Once: nothing waits for a third. Failures
/// do not wait: they are delivered after what has been stored, and a sender's own lines would change places.
bool SqliteJournal::pays_to_wait() const {
  return last_batch_.was_left && !last_batch_.waited && !written_.empty() &&
         written_.front().outcome != Outcome::failed;
}

void SqliteJournal::deliver_stored() {
  if (written_.empty()) return;
  waits_.cancel();
  const auto batch = std::exchange(written_, {});
  about_to_deliver(batch);
  if (deliver_) deliver_(batch);
  have_delivered();
}

// --- the end

/// After the batch under way there may be one more, and then no other.
void SqliteJournal::stop(Timestamp now, std::function<void()> done) {
  prepare_to_end(now);
  stopped_ = true;
  done_ = std::move(done);
  last_ = std::exchange(queue_, {});
  if (!writing_) go_on();
}

void SqliteJournal::finish() {
  if (!queue_.empty()) {
    auto drafts = std::exchange(queue_, {});
    queued_bytes_ = 0;
    if (deliver_) deliver_(all_failed(drafts));
  }
  if (done_) end(std::exchange(done_, nullptr));
}

}  // namespace hubbub::journal::sqlite
