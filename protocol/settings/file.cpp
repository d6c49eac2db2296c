#include "protocol/settings/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace hubbub::settings {
namespace {

namespace fs = std::filesystem;

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(descriptor) == 0;
}

}  // namespace

std::variant<std::string, int> contents(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // An empty file sets failbit on the left side only; a folder opens, and fails when it is read.
  if (file) text << file.rdbuf();
  if (!file.is_open() || file.bad() || errno != 0) return errno;
  return text.str();
}

int replace(const std::string& path, std::string_view bytes) {
  std::error_code code;
  fs::path target = fs::canonical(path, code);
  if (code) target = path;
  fs::create_directories(target.parent_path(), code);
  if (code) return code.value();
  std::string fresh = target.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(fresh.data(), O_CLOEXEC);  // with mode 0600
  if (descriptor < 0) return errno;
  struct stat old {};
  const bool has_mode = ::stat(target.c_str(), &old) != 0 || ::fchmod(descriptor, old.st_mode & 07777) == 0;
  const bool is_written = has_mode && write_all(descriptor, bytes);
  int error = is_written ? 0 : errno;
  ::close(descriptor);
  if (error == 0 && ::rename(fresh.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(fresh.c_str());
  return error;
}

}  // namespace hubbub::settings
