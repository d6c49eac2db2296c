#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace hubbub::test {

/// The bytes of a file; empty: there is no such file.
inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace hubbub::test
