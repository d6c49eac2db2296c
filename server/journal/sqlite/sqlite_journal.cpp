#include "server/journal/sqlite/sqlite_journal.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>

#include "protocol/limits.hpp"
#include "server/journal/keyed_hash.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/ops/log.hpp"

namespace hubbub::journal::sqlite {
namespace {

namespace asio = boost::asio;
namespace log = ops::log;
using protocol::Code;
using protocol::Error;
using protocol::Timestamp;
using Clock = std::chrono::steady_clock;

// Limits of the backlog for the next batch: beyond either, clients with messages to send are not read.
constexpr std::size_t most_queued = 8192;
constexpr std::size_t most_queued_bytes = std::size_t{8} * 1024 * 1024;

// How long a stored batch may wait for the next one to be stored, in multiples of its own time.
constexpr int most_patience = 4;

constexpr std::chrono::seconds housekeeping_interval{1};

// Reads that may wait: more than there are sessions.
constexpr std::size_t most_waiting = 65'536;

// Rooms whose ids are read back at the start; the others follow with their first message.
constexpr std::size_t most_warm_rooms = 1000;

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

Error unreadable(const std::string& why) {
  ops::log::error("journal", "cannot read the history", {{"reason", why}});
  return {Code::storage_failed, "the server could not read this; try again later"};
}

Error too_long() { return {Code::storage_failed, "this search takes too long; look for rarer words"}; }

Error too_many() { return {Code::storage_failed, "too many are reading; try again later"}; }

}  // namespace

void tell(const std::vector<Notice>& notices) {
  for (const auto& notice : notices) {
    if (notice.is_fault) {
      log::error("journal", notice.what, {{"reason", notice.why}});
    } else {
      log::info("journal", notice.what);
    }
  }
}

SqliteJournal::SqliteJournal(const Settings& settings, const Moment& now, asio::io_context& loop)
    : loop_(loop),
      directory_(settings.directory),
      attendance_(now.wall),
      now_(now.wall),
      steady_(now.steady),
      waits_(loop),
      housekeeping_{.last = now.wall},
      pages_lane_{.queue = FairQueue(most_waiting)},
      search_lane_{.queue = FairQueue(most_waiting)},
      writer_(directory_.path(), settings, now.wall),
      epoch_(epoch_text(writer_.epoch())),
      keeping_(writer_.standing(),
               AgeClock(settings.drop_now ? now.wall : writer_.known_age().value_or(now.wall), now), now),
      pages_(journal_file(directory_.path())),
      search_index_(journal_file(directory_.path()), search_file(directory_.path())) {
  if (directory_.was_made()) log::info("journal", "made the state directory", {{"path", directory_.path()}});
  pages_.stop_on(must_stop_);
  search_index_.stop_on(must_stop_);
  begin_keeping(settings);  // before the writing thread has anything to do
  load_rooms();
}

/// Messages from just before the end may be sent again by clients that have not seen them come back: so their
/// rooms' ids are read at once.
void SqliteJournal::load_rooms() {
  std::vector<std::pair<Timestamp, std::string>> busy;
  writer_.load_rooms(now_, [&](Ledger::Record&& record) {
    if (record.newest + protocol::dedupe_age >= now_) busy.emplace_back(record.newest, record.key);
    rooms_.add(record.key, record.name, std::move(record.state), record.last, record.kept, record.changed);
  });
  const auto end = busy.begin() + static_cast<std::ptrdiff_t>(std::min(busy.size(), most_warm_rooms));
  std::partial_sort(busy.begin(), end, busy.end(), std::greater<>());
  busy.erase(end, busy.end());
  for (auto& [newest, room] : busy) {
    asio::post(writing_thread_, [this, now = now_, key = std::move(room)] { writer_.warm_up(key, now); });
  }
}

// Each thread finishes the job that it is doing, and drops the rest.
SqliteJournal::~SqliteJournal() {
  must_stop_ = true;
  for (auto* thread : {&searching_thread_, &reading_thread_, &writing_thread_}) thread->stop();
  for (auto* thread : {&searching_thread_, &reading_thread_, &writing_thread_}) thread->join();
  writer_.close(keeping_.age_now());
}

/// By a connection of its own: the writing thread is at work already.
std::optional<Error> SqliteJournal::load_accounts(
    const std::function<void(const AccountRecord&)>& take) const {
  const auto path = journal_file(directory_.path());
  try {
    Database journal(path, Database::Access::read);
    const Snapshot snapshot(journal);
    read_accounts(journal, take);
    return std::nullopt;
  } catch (const DatabaseError& error) {
    return Error{Code::storage_failed, "cannot read the accounts in " + path + ": " + error.what()};
  }
}

// --- the way in, and back

void SqliteJournal::append(Draft draft) {
  queued_bytes_ += cost_of(draft);
  queue_.push_back(std::move(draft));
}

bool SqliteJournal::full() const {
  return queue_.size() >= most_queued || queued_bytes_ >= most_queued_bytes;
}

void SqliteJournal::commit(const Moment& now) {
  now_ = now.wall;
  steady_ = now.steady;
  if (keeping_.advance(now)) put_in_force();
  if (!writing_) {
    go_on();
  } else if (!written_.empty() && Clock::now() >= waits_.expiry()) {
    deliver_written();
  }
  if (stopped_) return;
  const bool set_back = now_ < housekeeping_.last;
  const bool is_due = set_back || now_ - housekeeping_.last >= housekeeping_interval;
  if (is_due && !housekeeping_.is_under_way) keep_house();
}

/// Between two batches: delivers the batch that has been stored, and stores the drafts that have gathered.
void SqliteJournal::go_on() {
  auto& next = stopped_ ? last_ : queue_;
  last_batch_.waited = !next.empty() && pays_to_wait();
  if (last_batch_.waited) {
    waits_.expires_after(most_patience * last_batch_.took);
    waits_.async_wait([](const auto&) {});  // so that a turn of the loop ends then
  } else {
    deliver_written();
  }
  if (!next.empty()) {
    writing_ = housekeeping_.has_written = true;
    queued_bytes_ = 0;
    auto drafts = std::exchange(next, {});
    next.reserve(drafts.size());  // about as many will gather meanwhile
    measures_.batch_messages.observe(static_cast<double>(drafts.size()));
    in_background(writing_thread_, [this, now = now_, drafts = std::move(drafts)]() mutable {
      const auto start = Clock::now();
      auto written = writer_.commit(std::move(drafts), now);
      const auto end = Clock::now();
      return [this, written = std::move(written), end, took = end - start]() mutable {
        last_batch_.took = took;
        last_batch_.was_left = Clock::now() - end > took;
        writing_ = false;
        measures_.commit_seconds.observe(std::chrono::duration<double>(took).count());
        take_notice(written);
        written_.insert(written_.end(), std::make_move_iterator(written.batch.begin()),
                        std::make_move_iterator(written.batch.end()));
      };
    });
  } else if (stopped_) {
    finish();
  }
}

/// Logs the notices of what was written, and notes whether it could be.
void SqliteJournal::take_notice(const Written& written) {
  tell(written.notices);
  measures_.is_writable = written.is_writable;
  for (const auto& notice : written.notices)
    if (notice.is_fault) ++measures_.faults;
}

std::vector<FileSize> SqliteJournal::files() const {
  std::vector<FileSize> sizes;
  for (const std::string_view name :
       {"journal.sqlite3", "journal.sqlite3-wal", "search.sqlite3", "search.sqlite3-wal"}) {
    sizes.push_back({.name = name, .bytes = size_of(directory_.path() + '/' + std::string(name))});
  }
  return sizes;
}

/// Whether a stored batch should wait for the next. When the loop is so busy with sending that a batch lay
/// longer than it took to store it, then two batches that are delivered as one cost each reader one write,
/// and that is soon worth more than the time of storing the second. Once: nothing waits for a third. Failures
/// do not wait: they are delivered after what has been stored, and a sender's own lines would change places.
bool SqliteJournal::pays_to_wait() const {
  return last_batch_.was_left && !last_batch_.waited && !written_.empty() &&
         written_.front().outcome != Outcome::failed;
}

void SqliteJournal::deliver_written() {
  if (written_.empty()) return;
  waits_.cancel();
  const auto batch = std::exchange(written_, {});
  for (const auto& committed : batch) learn(committed);
  const bool has_changed = std::any_of(batch.begin(), batch.end(), [](const Committed& committed) {
    return committed.change && !committed.change->seqs.empty();
  });
  if (has_changed && !not_indexed_.is_under_way && !stopped_) index();
  if (deliver_) deliver_(batch);
  // Only after the delivery.
  in_background(writing_thread_,
                [this, now = now_] { return [notices = writer_.checkpoint(now)] { tell(notices); }; });
}

/// Notes what the loop is to know of the rooms, as of the batch that it is about to deliver.
void SqliteJournal::learn(const Committed& committed) {
  if (committed.outcome != Outcome::stored) return;
  const auto& room = committed.room;
  if (committed.change && !committed.change->seqs.empty()) {
    rooms_.changed(room, committed.change->number);
    not_indexed_.rooms.insert(room);
    housekeeping_.is_to_scrub = true;
  } else if (committed.state) {
    rooms_.apply(room, *committed.state);
    if (rooms_.has_state(room) && !attendance_.is_occupied(room)) abandon(room);
  } else if (committed.message) {
    rooms_.stored(room, committed.message->room, committed.message->seq);
    not_indexed_.rooms.insert(room);
    ++not_indexed_.messages;
  }
}

// --- reading: one read at a time for each thread, and none before its turn

/// `find` makes the page in the thread when the reader's turn has come; the handler gets it in the loop.
template <class Find, class Handler>
void SqliteJournal::answer_in_background(Lane& lane, boost::asio::thread_pool& thread, std::uint64_t reader,
                                         Find find, Handler handler) {
  using Answer = decltype(find());
  auto work = [this, &lane, reader, find = std::move(find), handler]() -> std::function<void()> {
    const auto start = Clock::now();
    const auto answered = [&](auto answer) {
      return
          [this, &lane, reader, took = Clock::now() - start, handler, answer = std::move(answer)]() mutable {
            lane.busy = false;
            lane.queue.used(reader, took, Clock::now());
            serve(lane);  // while the handler is at work
            handler(answer());
          };
    };
    try {
      return answered([page = find()]() mutable { return std::move(page); });
    } catch (const DatabaseError& error) {
      if (error.is_interrupted()) return answered([] { return Answer(too_long()); });
      return answered([why = std::string(error.what())] { return Answer(unreadable(why)); });
    }
  };
  auto job = [this, &thread, work = std::move(work)] { in_background(thread, work); };
  if (!lane.queue.push(reader, std::move(job), Clock::now())) {
    handler(too_many());
    return;
  }
  serve(lane);
}

void SqliteJournal::serve(Lane& lane) {
  if (lane.busy) return;
  const auto next = lane.queue.pop();
  if (!next) return;
  lane.busy = true;
  next->job();
}

void SqliteJournal::read(const Query& query, ReadHandler handler) {
  if (query.is_search()) {
    answer_in_background(
        search_lane_, searching_thread_, query.reader,
        [this, query, ageing = ageing()] { return search_index_.search(query, ageing); }, std::move(handler));
    return;
  }
  answer_in_background(
      pages_lane_, reading_thread_, query.reader,
      [this, query, ageing = ageing(), now = now_] {
        return protocol::Result<Page>(pages_.read(query, ageing, now));
      },
      std::move(handler));
}

void SqliteJournal::read_audit(const AuditQuery& query, AuditHandler handler) {
  answer_in_background(
      pages_lane_, reading_thread_, query.reader,
      [this, query] { return protocol::Result<AuditPage>(pages_.read_audit(query)); }, std::move(handler));
}

// --- the end

/// After the batch under way there may be one more, and then no other.
void SqliteJournal::stop(Timestamp now, std::function<void()> done) {
  now_ = now;
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
  if (std::exchange(ended_, true)) return;
  drop_log_.finish();
  housekeeping_.is_to_scrub ? finish_scrubbing() : report_end();
}

/// Nothing of what was changed may be left in the files: what takes long is thrown away instead. Reads that
/// are under way end first, since they hold the log.
void SqliteJournal::finish_scrubbing() {
  in_background(reading_thread_, [this] {
    return [this] {
      in_background(searching_thread_, [this] {
        try {
          search_index_.finish();
        } catch (const DatabaseError&) {
          return std::function<void()>([this] { report_end(); });  // the next start goes on with it
        }
        return std::function<void()>([this] {
          in_background(writing_thread_, [this, now = now_] {
            std::vector<Notice> notices;
            writer_.finish_scrubbing(now, notices);
            return [this, notices = std::move(notices)] {
              tell(notices);
              report_end();
            };
          });
        });
      });
    };
  });
}

void SqliteJournal::report_end() {
  if (done_) std::exchange(done_, nullptr)();
}

}  // namespace hubbub::journal::sqlite
