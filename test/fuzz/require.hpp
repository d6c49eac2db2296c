#pragma once

#include <cstdio>
#include <cstdlib>

namespace hubbub::fuzz {

/// Ends the run, so that libFuzzer keeps the input, when what must always hold does not.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace hubbub::fuzz
