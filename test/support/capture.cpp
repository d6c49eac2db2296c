#include "test/support/capture.hpp"

#include <array>
#include <cerrno>

namespace hubbub::test {

Capture::Capture(Descriptor pipe) : pipe_(std::move(pipe)), thread_([this] { gather(); }) {}

Capture::~Capture() { thread_.join(); }

void Capture::gather() {
  std::array<char, 4096> bytes;
  while (true) {
    const auto count = ::read(pipe_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    const std::lock_guard lock(mutex_);
    if (count > 0) text_.append(bytes.data(), static_cast<std::size_t>(count));
    ended_ = count <= 0;
    changed_.notify_all();
    if (ended_) return;
  }
}

std::string Capture::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

bool Capture::wait_for(std::string_view what, std::size_t from, std::chrono::milliseconds time) const {
  std::unique_lock lock(mutex_);
  const auto found = [&] { return text_.find(what, from) != std::string::npos; };
  changed_.wait_for(lock, time, [&] { return ended_ || found(); });
  return found();
}

void Capture::wait_for_end(std::chrono::milliseconds time) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return ended_; });
}

}  // namespace hubbub::test
