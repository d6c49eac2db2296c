#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "protocol/event.hpp"

namespace hubbub::protocol {

/// What the last lists of devices, bans, reports and webhooks had, in their order: a list numbers what it has
/// from 1, and `/revoke 1` is about the first.
class Listed {
 public:
  /// Most that is remembered of a list; what comes behind has no number.
  static constexpr std::size_t most = 1000;

  /// Remembers what a list has; other events change nothing. `goes_on`: it is a further page of the last one.
  void note(const Event& event, bool goes_on = false);

  std::span<const std::uint64_t> devices() const { return devices_; }
  std::span<const std::uint64_t> bans() const { return bans_; }
  std::span<const std::uint64_t> reports() const { return reports_; }
  std::span<const std::uint64_t> webhooks() const { return webhooks_; }

 private:
  std::vector<std::uint64_t> devices_;
  std::vector<std::uint64_t> bans_;
  std::vector<std::uint64_t> reports_;
  std::vector<std::uint64_t> webhooks_;
};

}  // namespace hubbub::protocol
