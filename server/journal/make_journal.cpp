#include "server/journal/make_journal.hpp"

#include <chrono>

#include "server/journal/memory.hpp"

namespace hubbub::journal {

std::vector<std::string> engines() { return {"memory"}; }

protocol::Result<std::unique_ptr<Journal>> make_journal(const Settings& settings, protocol::Timestamp now,
                                                        boost::asio::io_context&) {
  const auto since_epoch = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  return std::unique_ptr<Journal>(
      std::make_unique<MemoryJournal>(settings, static_cast<std::uint64_t>(since_epoch.count())));
}

}  // namespace hubbub::journal
