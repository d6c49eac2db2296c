// Random orders of events: every client receives what the protocol promises.
#include <cstdlib>
#include <string>

#include "test/chat/random/play.hpp"
#include "test/support/catch.hpp"
#include "test/support/environment.hpp"

namespace hubbub::chat::random {
namespace {

/// Why these steps break a promise; empty: they do not.
std::string fault(const std::vector<Step>& steps, std::uint32_t seed) {
  try {
    play(steps, seed);
    return {};
  } catch (const Broken& why) {
    return why.what();
  }
}

/// A small part of the steps that still breaks a promise, found by leaving out long and then shorter runs of
/// steps.
std::vector<Step> shrink(std::vector<Step> steps, std::uint32_t seed) {
  for (std::size_t stretch = steps.size() / 2; stretch > 0; stretch /= 2) {
    for (std::size_t begin = 0; begin + stretch <= steps.size();) {
      auto fewer = steps;
      const auto from = fewer.begin() + static_cast<std::ptrdiff_t>(begin);
      fewer.erase(from, from + static_cast<std::ptrdiff_t>(stretch));
      if (fault(fewer, seed).empty()) {
        begin += stretch;
      } else {
        steps = std::move(fewer);
      }
    }
  }
  return steps;
}

}  // namespace

// HUBBUB_SEED and HUBBUB_RUNS choose the seeds: HUBBUB_RUNS=10000 test_chat "[random]"
TEST_CASE("in whatever order things happen, everybody receives what is promised", "[random]") {
  const auto first = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 300);
  for (auto seed = first; seed < first + runs; ++seed) {
    const auto steps = steps_from(seed, 200 + seed % 400);
    if (fault(steps, seed).empty()) continue;
    const auto few = shrink(steps, seed);
    ::setenv("HUBBUB_TRACE", "1", 1);  // prints all requests and events on stderr
    FAIL("seed " << seed << ": " << fault(few, seed) << "\nafter\n" << to_string(few));
  }
  SUCCEED();
}

}  // namespace hubbub::chat::random
