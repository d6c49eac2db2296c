#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace hubbub::test {

/// The number that a variable of the environment says; `otherwise`, if it is not set.
inline std::uint32_t number_from(const char* variable, std::uint32_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<std::uint32_t>(std::stoul(text));
}

}  // namespace hubbub::test
