#include "protocol/settings/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "protocol/system.hpp"

namespace hubbub::settings {

namespace fs = std::filesystem;

std::variant<std::string, int> contents(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // An empty file sets failbit only on `text`. A folder can be opened, and fails when it is read.
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
  int error = has_mode ? protocol::write_all(descriptor, bytes) : errno;
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  ::close(descriptor);
  if (error == 0 && ::rename(fresh.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(fresh.c_str());
  return error;
}

}  // namespace hubbub::settings
