#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

namespace hubbub::durability {

struct InsertOptions {
  std::chrono::milliseconds time{3000};
  std::size_t batch = 100;  ///< rows of a transaction
  std::size_t text = 100;   ///< bytes
};

/// Rows a second that a bare loop over SQLite's C interface makes durable in a fresh database in that
/// directory: the journal's table, a write-ahead log, synchronous=FULL. What there is to be had.
double raw_inserts(const std::filesystem::path& directory, const InsertOptions& options);

}  // namespace hubbub::durability
