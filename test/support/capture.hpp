#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "test/support/descriptor.hpp"

namespace hubbub::test {

/// Everything read from a pipe, by a thread of its own, so that the writer never blocks.
class Capture {
 public:
  explicit Capture(Descriptor pipe);
  /// Waits for the end of the pipe: the writer must close it first.
  ~Capture();

  std::string text() const;
  /// Waits until the text after `from` holds `what`; false when the time is over or the pipe has ended
  /// without it.
  bool wait_for(std::string_view what, std::size_t from, std::chrono::milliseconds time) const;
  /// Waits until all writers have closed the pipe, and text() has all that they wrote; so long at most.
  void wait_for_end(std::chrono::milliseconds time) const;

 private:
  void gather();

  Descriptor pipe_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string text_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace hubbub::test
