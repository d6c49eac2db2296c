#include "test/load/scrapes.hpp"

#include <array>
#include <stdexcept>

namespace hubbub::load {

Scrapes::Scrapes(std::uint16_t port, std::size_t rate)
    : port_(port), interval_(Time::duration(std::chrono::seconds(1)) / static_cast<long>(rate)) {}

void Scrapes::turn(Time now, bool /*quiet*/) {
  if (socket_.is_open()) return hear();
  if (now < due_) return;
  due_ = due_ == Time() ? now + interval_ : due_ + interval_;
  begin();
}

void Scrapes::begin() {
  page_.clear();
  socket_ = Socket::make();
  socket_.connect(port_);
  socket_.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

void Scrapes::hear() {
  std::array<char, 16384> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t count = socket_.read(bytes.data(), bytes.size());
  if (count == Socket::nothing_yet) return;
  if (count > 0) {
    page_.append(bytes.data(), static_cast<std::size_t>(count));
    return;
  }
  socket_.close();
  if (!page_.starts_with("HTTP/1.1 200 ")) {
    throw std::runtime_error("there is no /metrics: " + page_.substr(0, page_.find('\r')));
  }
  ++done_;
}

}  // namespace hubbub::load
