#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "server/ops/worker.hpp"

namespace hubbub::ops {

/// What waits for a worker that serves many clients: the clients by turns, and the jobs of each in their
/// order. So one that asks for much delays itself.
class WorkQueue {
 public:
  struct Limits {
    std::size_t waiting = 0;            ///< jobs; 0: no limit
    std::size_t waiting_of_client = 0;  ///< jobs; 0: no limit
    /// Jobs that the worker has at a time. With two it need not wait for the loop to get the next one.
    std::size_t under_way = 2;
  };
  struct Job {
    std::function<bool()> is_wanted;  ///< asked when its turn comes; false: the work is left out
    std::function<void()> work;       ///< on the worker's thread
    std::function<void()> done;       ///< on the loop, in any case
  };

  /// The worker outlives it.
  WorkQueue(Worker& worker, const Limits& limits) : worker_(worker), limits_(limits) {}
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  /// `client`: what counts as one; that without a name has no limit of its own. False: so many wait already
  /// that this one is not taken.
  bool push(const std::string& client, Job job);
  /// Whether push() would take one more.
  bool takes(const std::string& client) const;
  /// Jobs that the worker does not have yet.
  std::size_t waiting() const { return waiting_; }

 private:
  void serve();
  Job next();

  Worker& worker_;
  Limits limits_;
  std::map<std::string, std::deque<Job>> queues_;  ///< of clients for which jobs wait
  std::size_t waiting_ = 0;
  std::size_t under_way_ = 0;
  std::string served_last_;  ///< the client
};

}  // namespace hubbub::ops
