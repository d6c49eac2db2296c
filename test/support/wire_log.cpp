#include "test/support/wire_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace hubbub::test {
namespace {

/// -1: nothing is to be recorded.
int open_file() {
  const char* const directory = std::getenv("HUBBUB_WIRE_LOG");
  if (directory == nullptr) return -1;
  std::string path = std::string(directory) + "/XXXXXX";
  const int file = ::mkostemp(path.data(), O_APPEND | O_CLOEXEC);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "HUBBUB_WIRE_LOG: " + path);
  return file;
}

/// The process's file, which stays open until the process ends.
int file_of_process() {
  static const int file = open_file();
  return file;
}

int next_connection() {
  static std::atomic<int> connections = 0;
  return ++connections;
}

}  // namespace

WireLog::WireLog() : file_(file_of_process()), connection_(next_connection()) {}

void WireLog::sent(std::string_view bytes) {
  if (file_ < 0) return;
  for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    unfinished_ += bytes.substr(0, end);
    record('>', unfinished_);
    unfinished_.clear();
    bytes.remove_prefix(end + 1);
  }
  unfinished_ += bytes;
}

/// Writes at once: the daemon may end the test, and threads may record at the same time.
void WireLog::record(char direction, std::string_view line) const {
  if (file_ < 0) return;
  std::string text = std::to_string(connection_);
  text.append({' ', direction, ' '}).append(line) += '\n';
  if (::write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::system_error(errno, std::generic_category(), "HUBBUB_WIRE_LOG");
}

}  // namespace hubbub::test
