#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "protocol/error.hpp"

namespace hubbub::ops {

/// One thread beside the loop, for sums that would hold the loop up. The loop's thread calls everything here.
class Worker {
 public:
  /// The loop outlives it.
  explicit Worker(boost::asio::io_context& loop) : loop_(loop) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// Waits for the work under way. What has not come to its end is dropped.
  ~Worker();

  /// Begins the thread. Until then the loop does the work itself, in a later handler: as in tests, where
  /// everything is to happen in one order. `niceness`: how readily the thread gives way to others (nice(2)),
  /// as far as the system allows that. Error: denied, the system gives none.
  std::optional<protocol::Error> begin(int niceness = 0);
  /// Does `work` on the thread, in the order of the calls, and then calls `done` on the loop. While it is
  /// under way nobody else may touch what `work` uses. Both are destroyed by the loop's thread. `work` throws
  /// nothing; without any `done` is next.
  void run(std::function<void()> work, std::function<void()> done);
  /// How many have not come to their end.
  std::size_t under_way() const { return jobs_->size(); }

 private:
  struct Job {
    std::function<void()> work;
    std::function<void()> done;
  };
  using Jobs = std::list<Job>;

  boost::asio::io_context& loop_;
  std::shared_ptr<Jobs> jobs_ =
      std::make_shared<Jobs>();  ///< the thread reaches into a job, never into the list
  std::optional<boost::asio::thread_pool> thread_;
};

}  // namespace hubbub::ops
