#include <chrono>

#include "server/journal/journal.hpp"
#include "server/journal/memory.hpp"

namespace hubbub::journal {

std::vector<std::string> engines() { return {"memory"}; }

std::unique_ptr<Journal> make_journal(const Settings& settings, protocol::Timestamp now) {
  const auto since_epoch = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  return std::make_unique<MemoryJournal>(settings, static_cast<std::uint64_t>(since_epoch.count()));
}

}  // namespace hubbub::journal
