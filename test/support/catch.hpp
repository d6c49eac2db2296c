#pragma once

// Catch2 under either of its names: version 2 (Debian 12) or 3.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>

/// Version 3's name for what version 2 calls Contains.
namespace Catch::Matchers {
inline auto ContainsSubstring(const std::string& text) { return Contains(text); }
}  // namespace Catch::Matchers

// Version 2's own name is an error here already, rather than where version 3 is.
#pragma GCC poison Contains
#endif
