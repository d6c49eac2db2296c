// How the engine on disk answers those who read: one at a time for each thread, and nobody before their turn.
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "server/journal/sqlite/sqlite_journal.hpp"
#include "server/ops/log.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Code;
using protocol::Error;
using Clock = std::chrono::steady_clock;

Error unreadable(const std::string& why) {
  ops::log::error("journal", "cannot read the history", {{"reason", why}});
  return {Code::storage_failed, "the server could not read this; try again later"};
}

Error too_long() { return {Code::storage_failed, "this search takes too long; look for rarer words"}; }

Error too_many() { return {Code::storage_failed, "too many are reading; try again later"}; }

}  // namespace

/// `find` makes the page when the reader's turn has come, and the handler gets it in the loop.
template <class Find>
void SqliteJournal::answer_in_background(Lane& lane, boost::asio::thread_pool& thread, std::uint64_t reader,
                                         Find find, ReadHandler handler) {
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
      if (error.is_interrupted()) return answered([] { return protocol::Result<Page>(too_long()); });
      return answered([why = std::string(error.what())] { return protocol::Result<Page>(unreadable(why)); });
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
  const auto oldest = keeping_.too_old();
  if (query.is_search()) {
    answer_in_background(
        search_lane_, searching_thread_, query.reader,
        [this, query, oldest] { return search_index_.search(query, oldest); }, std::move(handler));
    return;
  }
  answer_in_background(
      pages_lane_, reading_thread_, query.reader,
      [this, query, oldest, now = now_] { return protocol::Result<Page>(pages_.read(query, oldest, now)); },
      std::move(handler));
}

}  // namespace hubbub::journal::sqlite
