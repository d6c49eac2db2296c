#include "client/terminal/history_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/algorithm/string/replace.hpp>
#include <cstdint>
#include <fstream>
#include <system_error>
#include <utility>

#include "protocol/settings/file.hpp"
#include "protocol/system.hpp"

namespace hubbub::client::terminal {
namespace {

namespace fs = std::filesystem;

/// Most bytes that are read, from the end of an oversized file.
constexpr std::uintmax_t most_bytes = std::uintmax_t{8} * 1024 * 1024;

/// The file, open and locked, and still the one at its path.
class Locked {
 public:
  explicit Locked(const fs::path& path) {
    std::error_code ignored;
    fs::create_directories(path.parent_path(), ignored);
    while (open(path) && !is_current(path)) ::close(std::exchange(descriptor_, -1));
  }
  ~Locked() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

  int get() const { return descriptor_; }

 private:
  bool open(const fs::path& path) {
    constexpr mode_t mine_alone = 0600;
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, mine_alone);
    return descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX) == 0;
  }

  /// False: another client has replaced the file by a shorter one meanwhile.
  bool is_current(const fs::path& path) const {
    struct stat held {};
    struct stat named {};
    if (::fstat(descriptor_, &held) != 0 || ::stat(path.c_str(), &named) != 0) return false;
    return held.st_ino == named.st_ino && held.st_dev == named.st_dev;
  }

  int descriptor_ = -1;
};

std::string escaped(std::string entry) {
  boost::algorithm::replace_all(entry, "\\", "\\\\");
  boost::algorithm::replace_all(entry, "\n", "\\n");
  return entry;
}

std::string unescaped(std::string_view line) {
  std::string entry;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool is_escape = line[at] == '\\' && at + 1 < line.size();
    if (is_escape) ++at;
    entry += is_escape && line[at] == 'n' ? '\n' : line[at];
  }
  return entry;
}

}  // namespace

std::vector<std::string> HistoryFile::load() const {
  if (path_.empty()) return {};
  const Locked lock(path_);
  std::ifstream file(path_, std::ios::binary);
  std::error_code ignored;
  if (fs::file_size(path_, ignored) > most_bytes)
    file.seekg(-static_cast<std::streamoff>(most_bytes), std::ios::end);
  std::vector<std::string> entries;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) entries.push_back(unescaped(line));
  }
  const bool grown = entries.size() > 2 * most_entries;
  if (entries.size() > most_entries) entries.erase(entries.begin(), entries.end() - most_entries);
  if (!grown) return entries;
  std::string bytes;
  for (const std::string& entry : entries) bytes += escaped(entry) + '\n';
  settings::replace(path_, bytes);  // in one step: at any moment a complete file is there
  return entries;
}

void HistoryFile::append(std::string_view entry) const {
  if (path_.empty()) return;
  const Locked file(path_);
  if (file.get() >= 0) protocol::write_all(file.get(), escaped(std::string(entry)) + '\n');
}

fs::path history_path() {
  const fs::path state = protocol::base_directory("XDG_STATE_HOME", ".local/state");
  return state.empty() ? state : state / "hubbub" / "history";
}

}  // namespace hubbub::client::terminal
