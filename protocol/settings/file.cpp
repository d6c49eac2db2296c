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

namespace {

/// Where a link leads, and a link there, whether or not there is anything; what is none stays as it is.
fs::path followed(fs::path path, std::error_code& code) {
  constexpr int most_links = 40;  // as path_resolution(7) has it
  std::error_code is_none;
  for (int links = 0; !code && fs::is_symlink(path, is_none); ++links) {
    if (links == most_links) code = std::make_error_code(std::errc::too_many_symbolic_link_levels);
    if (!code) path = path.parent_path() / fs::read_symlink(path, code);
  }
  return path;
}

}  // namespace

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
  const fs::path target = followed(path, code);
  // Where a link leads is somebody else's to make: a disk may be missing that is to be mounted there.
  if (!code && target == path && target.has_parent_path()) fs::create_directories(target.parent_path(), code);
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
