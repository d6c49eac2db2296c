#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

namespace hubbub::durability {

struct InsertOptions {
  std::chrono::milliseconds time{3000};
  std::size_t batch = 100;  ///< rows in a transaction
  std::size_t text = 100;   ///< bytes
};

/// Rows a second that a bare loop over SQLite's C interface makes durable in a fresh database in that
/// directory, with the journal's table, a write-ahead log and synchronous=FULL: the upper bound for the
/// journal.
double raw_inserts(const std::filesystem::path& directory, const InsertOptions& options);

}  // namespace hubbub::durability
