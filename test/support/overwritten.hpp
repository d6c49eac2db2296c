#pragma once

#include <algorithm>
#include <string>

namespace hubbub::test {

/// Whether nothing is left of a text in the memory of its string.
inline bool is_overwritten(const std::string& text) {
  return text.empty() &&
         std::all_of(text.data(), text.data() + text.capacity(), [](char byte) { return byte == 0; });
}

}  // namespace hubbub::test
