#include "test/durability/older_journal.hpp"

#include <sqlite3.h>

#include <csignal>
#include <memory>
#include <stdexcept>
#include <thread>

#include "test/support/bytes_of.hpp"
#include "test/support/process.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::durability {
namespace {

namespace fs = std::filesystem;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

[[noreturn]] void fail(sqlite3* database) { throw std::runtime_error(sqlite3_errmsg(database)); }

Handle open(const fs::path& state_dir) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open((state_dir / "journal.sqlite3").c_str(), &opened);
  Handle database(opened);
  if (code != SQLITE_OK) fail(database.get());
  return database;
}

/// A daemon that is being started.
class Start {
 public:
  Start(const fs::path& state_dir, std::vector<std::string> launcher)
      : process_({.arguments = command(state_dir, std::move(launcher))}) {}

  test::Process& process() { return process_; }

 private:
  std::vector<std::string> command(const fs::path& state_dir, std::vector<std::string> launcher) const {
    const auto config = home_.write("hubbubd.toml", keeps_older_journals).string();
    launcher.insert(launcher.end(), {HUBBUBD, "--config", config, "--listen", "tcp://127.0.0.1:0",
                                     "--state-dir", state_dir.string()});
    return launcher;
  }

  test::TemporaryDirectory home_;
  test::Process process_;
};

}  // namespace

std::vector<std::string> older_journals() {
  return {"version_1.sql", "version_2.sql", "version_2_stamped.sql"};
}

void make_older_journal(const std::string& name, const fs::path& state_dir) {
  const auto sql = test::bytes_of(fs::path(HUBBUB_FIXTURES) / name);
  if (sql.empty()) throw std::runtime_error("there is no journal " + name);
  fs::create_directories(state_dir);
  const auto database = open(state_dir);
  const auto all = "BEGIN; " + sql + " COMMIT; PRAGMA journal_mode = WAL";
  if (sqlite3_exec(database.get(), all.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(database.get());
}

int version_left(const fs::path& state_dir) {
  const test::TemporaryDirectory copy;
  fs::copy(state_dir, copy.path(), fs::copy_options::recursive);
  const auto database = open(copy.path());
  int version = 0;
  const auto note = [](void* into, int, char** values, char**) {
    *static_cast<int*>(into) = std::stoi(values[0]);
    return 0;
  };
  if (sqlite3_exec(database.get(), "PRAGMA user_version", note, &version, nullptr) != SQLITE_OK)
    fail(database.get());
  return version;
}

std::map<std::string, std::vector<Said>> said_in_older_journals() {
  const auto kept = [](const std::string& id, const std::string& text) {
    return Said{.room = room_in_older_journals, .id = id, .text = text, .acknowledged = true};
  };
  return {{"Алиса",
           {kept("a2", "привет 2"), kept("a3", "привет 3"), kept("a4", "привет 4"), kept("a5", "привет 5")}},
          {"bob", {kept("b3", "waves 3")}}};
}

int start_and_stop(const fs::path& state_dir, const std::vector<std::string>& launcher) {
  Start start(state_dir, launcher);
  auto& process = start.process();
  if (process.err().wait_for("listening on ", 0, test::patience)) process.signal(SIGTERM);
  const auto code = process.wait_exit();
  if (code == has_stopped || code == has_refused || code == was_killed) return *code;
  throw std::runtime_error("the daemon has broken down at its start (" +
                           (code ? "exit code " + std::to_string(*code) : "it does not end") + "):\n" +
                           process.err().text());
}

void start_and_kill(const fs::path& state_dir, std::chrono::microseconds after) {
  Start start(state_dir, {});
  std::this_thread::sleep_for(after);
  start.process().signal(SIGKILL);
  if (!start.process().wait_exit()) throw std::runtime_error("the daemon outlives SIGKILL");
}

}  // namespace hubbub::durability
