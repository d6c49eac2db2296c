#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

namespace hubbub::test {

/// The bytes of a file; empty: there is no such file.
inline std::string bytes_of(const std::filesystem::path& file) {
  std::ostringstream bytes;
  // Not through iterators: byte by byte that takes long under a sanitizer.
  if (std::ifstream in(file, std::ios::binary); in.peek() != std::ifstream::traits_type::eof())
    bytes << in.rdbuf();
  return std::move(bytes).str();
}

}  // namespace hubbub::test
