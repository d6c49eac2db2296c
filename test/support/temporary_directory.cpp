#include "test/support/temporary_directory.hpp"

#include <cstdlib>
#include <fstream>
#include <string>
#include <system_error>

namespace hubbub::test {

TemporaryDirectory::TemporaryDirectory() {
  // Short, since a unix socket's path in it has to fit into 107 bytes (unix(7)).
  std::string pattern = (std::filesystem::temp_directory_path() / "hubbub-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::system_error(errno, std::generic_category(), pattern);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryDirectory::write(std::string_view name, std::string_view content) const {
  auto file = path_ / name;
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

}  // namespace hubbub::test
