#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "server/journal/sqlite/database.hpp"
#include "test/ops/sample_journal.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/process.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

namespace fs = std::filesystem;

inline Outcome tool(const fs::path& directory, std::vector<std::string> words) {
  words.insert(words.begin(), {"--state-dir", directory.string()});
  return run_hubbubd(std::move(words));
}

/// What `verify` says of the journal there: "5 messages in …".
inline std::string verdict(const fs::path& directory) {
  const auto told = tool(directory, {"verify"}).out;
  const auto name = (directory / "journal.sqlite3: ").string();
  return told.starts_with(name) ? told.substr(name.size()) : told;
}

inline void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

inline std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

/// Where restores have put what was there, in the order of their times.
inline std::vector<fs::path> kept_in(const fs::path& directory) {
  std::vector<fs::path> kept;
  for (const auto& name : names_in(directory)) {
    if (name.starts_with("before-restore-20")) kept.push_back(directory / name);
  }
  return kept;
}

inline mode_t mode_of(const fs::path& file) {
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  return status.st_mode & mode_t{07777};
}

/// A state directory with a journal of five messages, and a backup of it; then two more were said.
struct Scene {
  Scene() {
    REQUIRE(tool(sample.directory(), {"backup", backup.string()}).exit_code == 0);
    sample.database().execute(
        "INSERT INTO message VALUES(2, 107, 3, 6000, NULL, 'anna', 'new', NULL, 0, NULL, NULL, NULL),"
        "(2, 108, 4, 6000, NULL, 'anna', 'newer', NULL, 0, NULL, NULL, NULL);"
        "UPDATE room SET last = 108 WHERE id = 2");
    write(state / "search.sqlite3", "an index");
  }
  Outcome restore() const { return tool(state, {"restore", backup.string()}); }

  SampleJournal sample;
  TemporaryDirectory folder;
  fs::path state = sample.directory();
  fs::path backup = folder.path() / "backup.sqlite3";
};

}  // namespace hubbub::test
