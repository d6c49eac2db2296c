#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/ops/histogram.hpp"

namespace hubbub::journal {

/// What an operator is shown of a journal, since the start.
struct Measures {
  ops::Histogram commit_seconds{ops::bounds_of_seconds};  ///< to store a batch
  ops::Histogram batch_messages{ops::bounds_of_counts};   ///< drafts of a batch
  std::uint64_t faults = 0;                               ///< of the disk, as often as they were logged
  bool is_writable = true;                                ///< the last time that something was written
};

/// A file on disk, and its size in bytes.
struct FileSize {
  std::string_view name;
  std::uint64_t bytes = 0;
};

}  // namespace hubbub::journal
