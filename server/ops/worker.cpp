#include "server/ops/worker.hpp"

#include <sys/resource.h>

#include <boost/asio/post.hpp>
#include <exception>
#include <string>
#include <utility>

namespace hubbub::ops {

Worker::~Worker() {
  if (!thread_) return;
  thread_->stop();
  thread_->join();
}

std::optional<protocol::Error> Worker::begin(int niceness) {
  if (thread_) return std::nullopt;
  try {
    thread_.emplace(1);
  } catch (const std::exception& error) {
    return protocol::Error{protocol::Code::denied, "the system gives no further thread (" +
                                                       std::string(error.what()) +
                                                       "); allow this user or service more tasks"};
  }
  if (niceness != 0) {
    boost::asio::post(*thread_, [niceness] {
      // On Linux both are of the calling thread alone (setpriority(2)).
      ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + niceness);
    });
  }
  return std::nullopt;
}

void Worker::run(std::function<void()> work, std::function<void()> done) {
  const auto job = jobs_->insert(jobs_->end(), {std::move(work), std::move(done)});
  // The loop may come to this when the worker has ended.
  auto end = [jobs = std::weak_ptr(jobs_), job] {
    const auto still = jobs.lock();
    if (!still) return;
    // Ended before it is told: who is told may ask for more.
    const Job ended = std::move(*job);
    still->erase(job);
    ended.done();
  };
  if (!job->work) return boost::asio::post(loop_, std::move(end));
  if (thread_) {
    boost::asio::post(*thread_, [&loop = loop_, &to_do = job->work, end = std::move(end)] {
      to_do();
      boost::asio::post(loop, end);
    });
  } else {
    boost::asio::post(loop_, [jobs = std::weak_ptr(jobs_), job, end = std::move(end)] {
      const auto still = jobs.lock();
      if (!still) return;
      job->work();
      end();
    });
  }
}

}  // namespace hubbub::ops
