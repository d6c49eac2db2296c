// Puts what /set -s keeps into the file.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "client/settings.hpp"
#include "protocol/system.hpp"

namespace hubbub::client {
namespace {

namespace fs = std::filesystem;
using protocol::Code;
using protocol::Error;

Error cannot_keep(const fs::path& path, const std::string& why) {
  return {Code::storage_failed, "cannot write the settings " + path.string() + ": " + why};
}

/// Puts a file with those bytes in the place of the old one, with its mode, so that at any moment there is a
/// whole one. 0, or what went wrong.
int replace(const fs::path& path, std::string_view bytes) {
  std::string fresh = path.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(fresh.data(), O_CLOEXEC);  // with mode 0600
  if (descriptor < 0) return errno;
  struct stat old {};
  const bool has_mode = ::stat(path.c_str(), &old) != 0 || ::fchmod(descriptor, old.st_mode & 07777) == 0;
  int error = has_mode ? protocol::write_all(descriptor, bytes) : errno;
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  ::close(descriptor);
  if (error == 0 && ::rename(fresh.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(fresh.c_str());
  return error;
}

/// What the path leads to, should it be a link; the path itself where nothing is there.
fs::path target_of(const fs::path& path) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  return error ? path : target;
}

}  // namespace

std::optional<Error> keep_setting(const std::string& path, const PersonalSettings& settings,
                                  std::string_view key) {
  if (path.empty()) return Error{Code::storage_failed, "there is no place for settings: $HOME is not set"};
  const auto value = get_setting(settings, key);
  if (!value) return value.error();
  const fs::path file = target_of(path);
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) return cannot_keep(path, error.message());
  std::ostringstream text;
  if (fs::exists(file, error)) {
    std::ifstream old(file, std::ios::binary);
    if (old.peek() != std::ifstream::traits_type::eof()) text << old.rdbuf();
    if (!old.is_open() || old.bad()) return cannot_keep(path, "it cannot be read");
  }
  const auto changed = with_setting(text.str(), key, *value, path);
  if (!changed) return changed.error();
  const int failed = replace(file, *changed);
  return failed == 0 ? std::nullopt : std::optional(cannot_keep(path, std::strerror(failed)));
}

}  // namespace hubbub::client
