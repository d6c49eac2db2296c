#include "server/journal/sqlite/sqlite_journal.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <iterator>

#include "protocol/limits.hpp"
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

// What may wait for the next batch: beyond either, those who speak are not read.
constexpr std::size_t most_queued = 8192;
constexpr std::size_t most_queued_bytes = std::size_t{8} * 1024 * 1024;

// How long one batch may wait for the next to be stored, in the time that it took itself.
constexpr int most_patience = 4;

constexpr std::chrono::seconds housekeeping_interval{1};

// Messages in a transaction of the index, and how many may wait for it while others wait for commits.
constexpr std::size_t indexed_at_once = 1000;
constexpr std::size_t most_not_indexed = 100'000;

std::size_t cost_of(const Draft& draft) {
  return draft.message.text.size() + draft.message.id.size() + sizeof(Draft);
}

void tell(const std::vector<Notice>& notices) {
  for (const auto& notice : notices) {
    if (notice.is_fault) {
      log::error("journal", notice.what, {{"why", notice.why}});
    } else {
      log::info("journal", notice.what);
    }
  }
}

Error unreadable(const std::string& why) {
  log::error("journal", "cannot read the history", {{"why", why}});
  return {Code::storage_failed, "the server could not read this; try again later"};
}

Error too_long() { return {Code::storage_failed, "this search takes too long; look for rarer words"}; }

}  // namespace

SqliteJournal::SqliteJournal(const Settings& settings, Timestamp now, asio::io_context& loop)
    : loop_(loop),
      settings_(settings),
      directory_(settings.directory),
      now_(now),
      housekept_(now),
      waits_(loop),
      writer_(directory_.path(), settings, now),
      pages_(journal_file(directory_.path())),
      search_index_(journal_file(directory_.path()), search_file(directory_.path())) {
  pages_.stop_on(must_stop_);
  search_index_.stop_on(must_stop_);
  for (auto& room : writer_.rooms()) {
    // What was said just before the end may be said again by those who have not seen it come back.
    if (room.newest + protocol::dedupe_age >= now) {
      asio::post(writing_thread_, [this, now, key = room.key] { writer_.warm_up(key, now); });
    }
    known_.emplace(std::move(room.key), Known{.name = std::move(room.name),
                                              .topic = std::move(room.topic),
                                              .last = room.last,
                                              .kept = room.kept});
  }
}

// A thread finishes what it is doing, and leaves the rest.
SqliteJournal::~SqliteJournal() {
  must_stop_ = true;
  for (auto* thread : {&searching_thread_, &reading_thread_, &writing_thread_}) thread->stop();
  for (auto* thread : {&searching_thread_, &reading_thread_, &writing_thread_}) thread->join();
  writer_.close();
}

// --- the way in, and back

void SqliteJournal::append(Draft draft) {
  queued_bytes_ += cost_of(draft);
  queue_.push_back(std::move(draft));
}

bool SqliteJournal::full() const {
  return queue_.size() >= most_queued || queued_bytes_ >= most_queued_bytes;
}

void SqliteJournal::commit(Timestamp now) {
  now_ = now;
  if (!writing_) {
    go_on();
  } else if (!written_.empty() && Clock::now() >= waits_.expiry()) {
    deliver_written();
  }
  if (stopped_) return;
  const bool set_back = now < housekept_;
  if (!housekeeping_ && (set_back || now - housekept_ >= housekeeping_interval)) keep_house();
}

/// Between two batches: what has been stored is delivered, and what has gathered is stored.
void SqliteJournal::go_on() {
  auto& next = stopped_ ? last_ : queue_;
  waited_ = !next.empty() && pays_to_wait();
  if (waited_) {
    waits_.expires_after(most_patience * took_);
    waits_.async_wait([](const auto&) {});  // so that a turn ends then
  } else {
    deliver_written();
  }
  if (!next.empty()) {
    start_batch(std::exchange(next, {}));
  } else if (stopped_) {
    finish();
  }
}

/// When the loop is so busy with sending that a batch lay longer than it took to store it, then two batches
/// that are delivered as one cost each reader one write, and that is soon worth more than the time of storing
/// the second. Once: nothing waits for a third. Failures do not wait: whoever delivers tells of them after
/// what has been stored, and a sender's own lines would change places.
bool SqliteJournal::pays_to_wait() const {
  return is_behind_ && !waited_ && !written_.empty() && written_.front().outcome != Outcome::failed;
}

/// Runs `work` where it may wait for the disk; what it returns is called in the loop, and only then is the
/// loop free to run out of work: if the other thread let go of it, that could stop a run that began later.
template <class Work>
void SqliteJournal::in_background(asio::thread_pool& thread, Work work) {
  asio::post(thread, [this, work = std::move(work), guard = asio::make_work_guard(loop_)]() mutable {
    asio::post(loop_, [done = work(), guard = std::move(guard)]() mutable { done(); });
  });
}

void SqliteJournal::start_batch(std::vector<Draft> drafts) {
  writing_ = has_written_ = true;
  queued_bytes_ = 0;
  in_background(writing_thread_, [this, now = now_, drafts = std::move(drafts)]() mutable {
    const auto start = Clock::now();
    auto written = writer_.commit(std::move(drafts), now);
    const auto end = Clock::now();
    return [this, written = std::move(written), end, took = end - start]() mutable {
      took_ = took;
      is_behind_ = Clock::now() - end > took;
      on_written(std::move(written));
    };
  });
}

void SqliteJournal::on_written(Written written) {
  writing_ = false;
  tell(written.notices);
  written_.insert(written_.end(), std::make_move_iterator(written.batch.begin()),
                  std::make_move_iterator(written.batch.end()));
}

void SqliteJournal::deliver_written() {
  if (written_.empty()) return;
  waits_.cancel();
  const auto batch = std::exchange(written_, {});
  for (const auto& committed : batch) learn(committed);
  if (deliver_) deliver_(batch);
  // Only when everybody has been told.
  in_background(writing_thread_,
                [this, now = now_] { return [notices = writer_.checkpoint(now)] { tell(notices); }; });
}

/// What the loop is to know of the rooms, as of the batch that it is about to deliver.
void SqliteJournal::learn(const Committed& committed) {
  if (committed.outcome != Outcome::stored) return;
  auto& room = known_[committed.room];
  room.name = committed.message->room;
  if (committed.kind == Kind::topic) {
    room.topic = committed.message->text;
  } else {
    room.last = committed.message->seq;
    room.kept = true;
    not_indexed_.insert(committed.room);
    ++messages_not_indexed_;
  }
}

void SqliteJournal::learn(const Ledger::Swept& swept) {
  for (const auto& room : swept.emptied) known_[room].kept = false;
  for (const auto& room : swept.forgotten) known_.erase(room);
}

Tail SqliteJournal::tail(const std::string& room) const {
  const auto found = known_.find(room);
  if (found == known_.end()) return {};
  return {.last = found->second.last, .kept = found->second.kept, .topic = found->second.topic};
}

std::vector<RoomName> SqliteJournal::rooms() const {
  std::vector<RoomName> names;
  for (const auto& [key, room] : known_) {
    if (room.kept) names.push_back({.key = key, .name = room.name});
  }
  return names;
}

// --- besides

/// `find` makes the page, and the handler gets it in the loop.
template <class Find>
void SqliteJournal::answer_in_background(asio::thread_pool& thread, Find find, ReadHandler handler) {
  in_background(thread, [find = std::move(find), handler = std::move(handler)]() -> std::function<void()> {
    try {
      return [page = find(), handler]() mutable { handler(std::move(page)); };
    } catch (const DatabaseError& error) {
      if (error.is_interrupted()) return [handler] { handler(too_long()); };
      return [why = std::string(error.what()), handler] { handler(unreadable(why)); };
    }
  });
}

void SqliteJournal::read(const Query& query, ReadHandler handler) {
  const auto oldest = settings_.keep_age.count() > 0 ? now_ - settings_.keep_age : Timestamp::min();
  if (!query.search.empty()) {
    answer_in_background(
        searching_thread_,
        [this, query, oldest] {
          auto page = search_index_.search(query);
          // What is too old may not have been dropped yet.
          if (page)
            std::erase_if(page->messages, [&](const auto& message) { return message->time < oldest; });
          return page;
        },
        std::move(handler));
    return;
  }
  answer_in_background(
      reading_thread_, [this, query, oldest] { return protocol::Result<Page>(pages_.read(query, oldest)); },
      std::move(handler));
}

void SqliteJournal::abandon(const std::string& room) {
  const auto found = known_.find(room);
  if (found == known_.end() || found->second.kept || found->second.topic.empty()) return;
  found->second.topic.clear();
  in_background(writing_thread_, [this, room, now = now_] {
    return [notices = writer_.abandon(room, now)] { tell(notices); };
  });
}

void SqliteJournal::configure(const Settings& settings) {
  settings_ = settings;
  in_background(writing_thread_, [this, settings, now = now_] {
    return [notices = writer_.configure(settings, now)] { tell(notices); };
  });
}

void SqliteJournal::keep_house() {
  housekeeping_ = true;
  housekept_ = now_;
  const bool idle = !std::exchange(has_written_, false);
  in_background(writing_thread_, [this, now = now_, idle] {
    return [this, written = writer_.keep_house(now, idle)] {
      housekeeping_ = false;
      tell(written.notices);
      deliver_written();  // what was stored before is learned before
      learn(written.swept);
      if (written.swept.more && !stopped_) keep_house();
    };
  });
  if (!indexing_) index();
}

/// Takes a portion of what is new into the index, and goes on while nobody is waiting for a commit, or when
/// searches would have to read too much by themselves.
void SqliteJournal::index() {
  if (!index_is_behind_ && not_indexed_.empty()) return;
  indexing_ = true;
  const bool urgent = messages_not_indexed_ > most_not_indexed;
  messages_not_indexed_ -= std::min(messages_not_indexed_, indexed_at_once);
  in_background(searching_thread_, [this, urgent, rooms = std::exchange(not_indexed_, {})] {
    for (const auto& room : rooms) search_index_.note(room);
    return [this, urgent, more = search_index_.index_some(indexed_at_once)] {
      indexing_ = false;
      index_is_behind_ = more;
      if (more && !stopped_ && (urgent || !writing_)) index();
    };
  });
}

// --- the end

/// After the batch that is under way there may be one more, and then no other.
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
  if (done_) std::exchange(done_, nullptr)();
}

}  // namespace hubbub::journal::sqlite
