#include "server/journal/make_journal.hpp"

#include <chrono>
#include <fstream>
#include <string>
#include <utility>

#include "server/journal/memory.hpp"
#include "server/journal/shared/etcd_log.hpp"
#include "server/journal/shared/shared_journal.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/journal/sqlite/sqlite_journal.hpp"

namespace hubbub::journal {
namespace {

using protocol::Code;
using protocol::Error;

Error cannot_open(const std::string& directory, const char* why) {
  return {Code::storage_failed, "cannot open the journal in " + directory + ": " + why};
}

template <class Make>
protocol::Result<std::unique_ptr<Journal>> make_on_disk(const Settings& settings, Make make) {
  try {
    return std::unique_ptr<Journal>(make());
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
  if (settings.engine == "sqlite") {
    return make_on_disk(settings,
                        [&] { return std::make_unique<sqlite::SqliteJournal>(settings, now, loop); });
  }
  const auto since_epoch = std::chrono::duration_cast<std::chrono::microseconds>(now.wall.time_since_epoch());
  return std::unique_ptr<Journal>(
      std::make_unique<MemoryJournal>(settings, static_cast<std::uint64_t>(since_epoch.count()), now));
}

namespace {

protocol::Result<std::string> first_line_of(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.empty()) {
    return Error{Code::storage_failed, "cannot read a password in " + path +
                                           " (cluster.password_file); its first line is to be the password"};
  }
  return line;
}

}  // namespace

protocol::Result<std::unique_ptr<Journal>> make_node_journal(const Settings& settings,
                                                             const shared::ClusterSettings& cluster,
                                                             bool begin_anew, const Moment& now,
                                                             boost::asio::io_context& loop) {
  auto known = cluster;
  if (!known.password_file.empty()) {
    auto password = first_line_of(known.password_file);
    if (!password) return password.error();
    known.password = *std::move(password);
  }
  auto log = shared::EtcdLog::make(loop, known);
  if (!log) return log.error();
  return make_on_disk(settings, [&] {
    return std::make_unique<shared::SharedJournal>(settings, known, now, loop, std::move(*log), begin_anew);
  });
}

}  // namespace hubbub::journal
