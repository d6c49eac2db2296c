#include "server/ops/work_queue.hpp"

#include <utility>

namespace hubbub::ops {

bool WorkQueue::takes(const std::string& client) const {
  if (limits_.waiting > 0 && waiting_ >= limits_.waiting) return false;
  if (limits_.waiting_of_client == 0 || client.empty()) return true;
  const auto own = queues_.find(client);
  return own == queues_.end() || own->second.size() < limits_.waiting_of_client;
}

bool WorkQueue::push(const std::string& client, Job job) {
  if (!takes(client)) return false;
  queues_[client].push_back(std::move(job));
  ++waiting_;
  serve();
  return true;
}

void WorkQueue::serve() {
  while (waiting_ > 0 && under_way_ < limits_.under_way) {
    auto job = next();
    if (!job.is_wanted()) {
      worker_.run(nullptr, std::move(job.done));
      continue;
    }
    ++under_way_;
    worker_.run(std::move(job.work), [this, done = std::move(job.done)] {
      --under_way_;
      done();
      serve();
    });
  }
}

/// Of the client behind the one that was served last.
WorkQueue::Job WorkQueue::next() {
  auto place = queues_.upper_bound(served_last_);
  if (place == queues_.end()) place = queues_.begin();
  served_last_ = place->first;
  auto job = std::move(place->second.front());
  place->second.pop_front();
  if (place->second.empty()) queues_.erase(place);
  --waiting_;
  return job;
}

}  // namespace hubbub::ops
