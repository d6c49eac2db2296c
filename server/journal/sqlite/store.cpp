#include "server/journal/sqlite/store.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

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

// Between two tries to store what a log says.
constexpr std::chrono::milliseconds between_tries{200};

// Reads that may wait: more than there are sessions.
constexpr std::size_t most_waiting = 65'536;

// Rooms whose ids are read back at the start; the others follow with their first message.
constexpr std::size_t most_warm_rooms = 1000;

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

Store::Store(const Settings& settings, const Moment& now, asio::io_context& loop)
    : loop_(loop),
      directory_(settings.directory),
      attendance_(now.wall),
      now_(now.wall),
      steady_(now.steady),
      housekeeping_{.last = now.wall},
      pages_lane_{.queue = FairQueue(most_waiting)},
      search_lane_{.queue = FairQueue(most_waiting)},
      writer_(directory_.path(), settings, now.wall),
      epoch_number_(writer_.epoch()),
      epoch_(epoch_text(epoch_number_)),
      log_standing_(writer_.ledger().log_standing()),
      is_untouched_(writer_.ledger().is_untouched()),
      last_number_(writer_.ledger().last()),
      retry_(loop),
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
void Store::load_rooms() {
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
Store::~Store() {
  must_stop_ = true;
  for (auto* thread : {&searching_thread_, &reading_thread_, &writing_thread_}) thread->stop();
  for (auto* thread : {&searching_thread_, &reading_thread_, &writing_thread_}) thread->join();
  writer_.close(keeping_.age_now());
}

/// The writing thread is at work already.
std::optional<Error> Store::read_file(const std::function<void(Database& journal)>& read,
                                      std::string_view what) const {
  const auto path = journal_file(directory_.path());
  try {
    Database journal(path, Database::Access::read);
    const Snapshot snapshot(journal);
    read(journal);
    return std::nullopt;
  } catch (const DatabaseError& error) {
    return Error{Code::storage_failed,
                 "cannot read " + std::string(what) + " in " + path + ": " + error.what()};
  }
}

std::optional<Error> Store::load_accounts(const std::function<void(const AccountRecord&)>& take) const {
  return read_file([&](Database& journal) { read_accounts(journal, take); }, "the accounts");
}

// --- the way in, and back

void Store::advance(const Moment& now) {
  now_ = now.wall;
  steady_ = now.steady;
  if (keeping_.advance(now)) put_in_force();
}

void Store::store(std::vector<Draft> drafts, Stored done) {
  housekeeping_.has_written = true;
  measures_.batch_messages.observe(static_cast<double>(drafts.size()));
  in_background(writing_thread_, [this, now = now_, drafts = std::move(drafts),
                                  done = std::move(done)]() mutable {
    const auto start = Clock::now();
    auto written = writer_.commit(std::move(drafts), now);
    const auto end = Clock::now();
    return [this, written = std::move(written), end, took = end - start, done = std::move(done)]() mutable {
      measures_.commit_seconds.observe(std::chrono::duration<double>(took).count());
      take_notice(written);
      done(std::move(written.batch), {.took = took, .end = end});
    };
  });
}

/// Logs the notices of what was written, and notes whether it could be.
void Store::take_notice(const Written& written) {
  tell(written.notices);
  measures_.is_writable = written.is_writable;
  for (const auto& notice : written.notices)
    if (notice.is_fault) ++measures_.faults;
}

std::vector<FileSize> Store::files() const {
  std::vector<FileSize> sizes;
  for (const std::string_view name :
       {"journal.sqlite3", "journal.sqlite3-wal", "search.sqlite3", "search.sqlite3-wal"}) {
    sizes.push_back({.name = name, .bytes = size_of(directory_.path() + '/' + std::string(name))});
  }
  return sizes;
}

struct Store::Reading {
  std::vector<shared::Placed> items;
  shared::Gate::Standing upto;
  Applied done;
};

void Store::apply(std::vector<shared::Placed> items, shared::Gate::Standing upto, Applied done) {
  housekeeping_.has_written = true;
  try_to_apply(std::make_shared<Reading>(
      Reading{.items = std::move(items), .upto = std::move(upto), .done = std::move(done)}));
}

/// While the disk takes nothing this node stands still, and is where it was: the log does not wait for it.
void Store::try_to_apply(std::shared_ptr<Reading> reading) {
  in_background(writing_thread_, [this, now = now_, reading = std::move(reading)]() mutable {
    const auto start = Clock::now();
    auto written = writer_.apply(reading->items, reading->upto, now);
    const auto took = std::chrono::duration<double>(Clock::now() - start).count();
    return [this, took, written = std::move(written), reading = std::move(reading)]() mutable {
      take_notice(written);
      if (written.is_writable) {
        measures_.commit_seconds.observe(took);
        return reading->done(std::move(written.batch));
      }
      retry_.expires_after(between_tries);
      retry_.async_wait([this, reading = std::move(reading)](const boost::system::error_code& error) mutable {
        if (!error) try_to_apply(std::move(reading));
      });
    };
  });
}

void Store::set_epoch(std::uint64_t epoch) {
  epoch_number_ = epoch;
  epoch_ = epoch_text(epoch);
}

void Store::leave_log() {
  if (log_standing_.generation == 0) return;
  log::warning("journal", "this journal was that of a node of a cluster, and is on its own from now on",
               {{"to_return", "copy the journal of another node"}});
  in_ledger([](Ledger& ledger) { ledger.leave_log(); });
}

void Store::about_to_deliver(std::span<const Committed> batch) {
  for (const auto& committed : batch) learn(committed);
  const bool has_changed = std::any_of(batch.begin(), batch.end(), [](const Committed& committed) {
    return committed.change && !committed.change->seqs.empty();
  });
  if (has_changed && !not_indexed_.is_under_way && !is_stopped_) index();
}

void Store::have_delivered() {
  in_background(writing_thread_,
                [this, now = now_] { return [notices = writer_.checkpoint(now)] { tell(notices); }; });
}

/// Notes what the loop is to know of the rooms, as of the batch that it is about to deliver.
void Store::learn(const Committed& committed) {
  if (committed.outcome != Outcome::stored) return;
  const auto& room = committed.room;
  if (committed.presence) {
    const auto* const deserted = std::get_if<presence::Deserted>(&committed.presence->body);
    if (deserted != nullptr) rooms_.lose_state(deserted->room);
    return;
  }
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
void Store::answer_in_background(Lane& lane, boost::asio::thread_pool& thread, std::uint64_t reader,
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

void Store::serve(Lane& lane) {
  if (lane.busy) return;
  const auto next = lane.queue.pop();
  if (!next) return;
  lane.busy = true;
  next->job();
}

void Store::read(const Query& query, ReadHandler handler) {
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

void Store::read_audit(const AuditQuery& query, AuditHandler handler) {
  answer_in_background(
      pages_lane_, reading_thread_, query.reader,
      [this, query] { return protocol::Result<AuditPage>(pages_.read_audit(query)); }, std::move(handler));
}

// --- the end

void Store::prepare_to_end(Timestamp now) {
  now_ = now;
  is_stopped_ = true;
}

void Store::end(std::function<void()> done) {
  done_ = std::move(done);
  drop_log_.finish();
  housekeeping_.is_to_scrub ? finish_scrubbing() : report_end();
}

/// Nothing of what was changed may be left in the files: what takes long is thrown away instead. Reads that
/// are under way end first, since they hold the log.
void Store::finish_scrubbing() {
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

void Store::report_end() {
  if (done_) std::exchange(done_, nullptr)();
}

}  // namespace hubbub::journal::sqlite
