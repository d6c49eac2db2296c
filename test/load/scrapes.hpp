#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "test/load/background.hpp"
#include "test/load/socket.hpp"

namespace hubbub::load {

/// Reads /metrics again and again, each time on a connection of its own.
class Scrapes final : public Background {
 public:
  /// `rate`: how often a second.
  Scrapes(std::uint16_t port, std::size_t rate);

  void turn(Time now, bool quiet) override;
  std::uint64_t done() const override { return done_; }

 private:
  void begin();
  void hear();

  std::uint16_t port_;
  Time::duration interval_;
  Time due_{};
  Socket socket_;  ///< open while one is under way
  std::string page_;
  std::uint64_t done_ = 0;
};

}  // namespace hubbub::load
