#include "server/tools/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace hubbub::tools {

void refuse_to_write(const std::string& file, int error) {
  if (error == EEXIST)
    throw std::runtime_error(file + " is there already and stays as it is; name another file");
  throw std::runtime_error("cannot write " + file + ": " + std::strerror(error));
}

void sync(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) refuse_to_write(path, errno);
  const int error = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  // Some file systems cannot sync a directory, and need not.
  if (error != 0 && error != EINVAL) refuse_to_write(path, error);
}

void sync_directory_of(const std::string& file) {
  const auto directory = std::filesystem::path(file).parent_path();
  sync(directory.empty() ? "." : directory.native());
}

}  // namespace hubbub::tools
