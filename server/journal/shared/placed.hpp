#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "protocol/timestamp.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/shared/batch.hpp"

namespace hubbub::journal::shared {

/// What one item of the log is for the tables.
struct Placed {
  std::uint64_t position = 0;  ///< of the entry; of what a node does, that of the last entry before
  protocol::Timestamp time{};  ///< as the entry says; of what a node does: none
  std::string node{};          ///< whose it is
  std::uint64_t epoch = 0;     ///< of that start of the node
  /// In the order of their numbers, which they have by their place. `Draft::checked` is a position.
  std::vector<Draft> drafts{};
  std::optional<Beginning> beginning{};  ///< of the first entry
};

/// Numbers of an entry's records.
inline constexpr std::uint64_t numbers_of_entry = 1024;
static_assert(most_records <= numbers_of_entry);

/// The number of the record at that place; `base`: of the log (Beginning).
constexpr std::uint64_t number_of(std::uint64_t base, std::uint64_t position, std::uint64_t index) {
  return base + numbers_of_entry * position + index;
}
/// The last number that an entry up to that position can have.
constexpr std::uint64_t last_number(std::uint64_t base, std::uint64_t position) {
  return number_of(base, position, numbers_of_entry - 1);
}

}  // namespace hubbub::journal::shared
