#include "server/journal/make_journal.hpp"

#include <chrono>

#include "server/journal/memory.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/journal/sqlite/sqlite_journal.hpp"

namespace hubbub::journal {
namespace {

using protocol::Code;
using protocol::Error;

Error cannot_open(const std::string& directory, const char* why) {
  return {Code::storage_failed, "cannot open the journal in " + directory + ": " + why};
}

protocol::Result<std::unique_ptr<Journal>> make_sqlite(const Settings& settings, const Moment& now,
                                                       boost::asio::io_context& loop) {
  try {
    return std::unique_ptr<Journal>(std::make_unique<sqlite::SqliteJournal>(settings, now, loop));
  } catch (const sqlite::Unusable& fault) {
    return Error{Code::storage_failed, fault.what()};
  } catch (const sqlite::DatabaseError& fault) {
    return cannot_open(settings.directory, fault.what());
  }
}

}  // namespace

std::vector<std::string> engines() { return {"sqlite", "memory"}; }

protocol::Result<std::unique_ptr<Journal>> make_journal(const Settings& settings, const Moment& now,
                                                        boost::asio::io_context& loop) {
  if (settings.engine == "sqlite") return make_sqlite(settings, now, loop);
  const auto since_epoch = std::chrono::duration_cast<std::chrono::microseconds>(now.wall.time_since_epoch());
  return std::unique_ptr<Journal>(
      std::make_unique<MemoryJournal>(settings, static_cast<std::uint64_t>(since_epoch.count()), now));
}

}  // namespace hubbub::journal
