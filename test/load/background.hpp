#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "test/load/options.hpp"

namespace hubbub::load {

/// What else a server does while messages are measured. One loop does both, so that the generator needs one
/// processor.
class Background {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Background() = default;
  virtual ~Background() = default;
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Does what is due, without waiting. `quiet`: no message is under way or soon due, so that a millisecond
  /// is not measured. Errors: std::runtime_error, for a server that does not do its part.
  virtual void turn(Time now, bool quiet) = 0;
  /// How often the server has done its part.
  virtual std::uint64_t done() const = 0;
};

/// All that the options ask for.
struct Backgrounds {
  std::unique_ptr<Background> handshakes{};  ///< null: none
  std::unique_ptr<Background> scrapes{};     ///< null: none

  explicit Backgrounds(const Options& options);
  void turn(Background::Time now, bool quiet) const;
};

}  // namespace hubbub::load
