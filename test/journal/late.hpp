#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "server/journal/sqlite/pages.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {

/// Stays away until that is the newest message stored in the lobby, and has lain for longer than it took to
/// store it.
inline void be_late_for(const std::filesystem::path& directory, const std::string& text) {
  sqlite::Pages pages(sqlite::journal_file(directory.string()));
  const auto start = std::chrono::steady_clock::now();
  auto now = start;
  for (bool stored = false; !stored; now = std::chrono::steady_clock::now()) {
    const auto page = pages.read({.room = "lobby", .limit = 1}, {});
    stored = !page.messages.empty() && page.messages[0]->text == text;
    REQUIRE(now - start < std::chrono::seconds{20});
  }
  const auto end = now + 2 * (now - start);
  while (std::chrono::steady_clock::now() < end) {
  }
}

}  // namespace hubbub::journal
