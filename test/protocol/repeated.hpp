#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hubbub::test {

inline std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (; times > 0; --times) text += piece;
  return text;
}

}  // namespace hubbub::test
