#include "protocol/duration.hpp"

#include <random>

#include "test/support/catch.hpp"

using namespace hubbub::protocol;

TEST_CASE("a span of time is numbers with their units, the larger unit first") {
  struct Example {
    std::string text;
    std::uint64_t milliseconds;
  };
  const auto example = GENERATE(values<Example>({{"0s", 0},
                                                 {"30s", 30'000},
                                                 {"10m", 600'000},
                                                 {"10min", 600'000},
                                                 {"2h", 7'200'000},
                                                 {"7d", 604'800'000},
                                                 {"1w", 604'800'000},
                                                 {"1h30m", 5'400'000},
                                                 {"1D12H", 129'600'000},
                                                 {"007s", 7'000},
                                                 {"90m", 5'400'000},
                                                 {"36500d", longest_duration_ms}}));
  CAPTURE(example.text);
  CHECK(looks_like_duration(example.text));
  CHECK(duration_ms(example.text) == example.milliseconds);
}

TEST_CASE("what is no span of time is none") {
  const std::string text =
      GENERATE(as<std::string>(), "", "s", "5", "5x", "m5", "-5s", "+5s", "5.5h", "5 s", " 5s", "5s ", "5ms",
               "5s5m", "5m5m", "5m5min", "1h30", "5мин", "５m", "5m!", "0x5s", "5\0s");
  CAPTURE(text);
  CHECK_FALSE(looks_like_duration(text));
  CHECK_FALSE(duration_ms(text));
}

TEST_CASE("a span of time that is too long looks like one, and has no milliseconds") {
  const std::string text =
      GENERATE(as<std::string>(), "36501d", "5215w", "36500d1s", "3153600001s", "18446744073709551615s",
               "18446744073709551616s", "99999999999999999999999999w", "36500d23h");
  CAPTURE(text);
  CHECK(looks_like_duration(text));
  CHECK_FALSE(duration_ms(text));
}

TEST_CASE("a sum of parts is never more than the most, whatever the parts are") {
  std::mt19937 random(7);
  for (int times = 0; times < 2000; ++times) {
    std::string text;
    std::uint64_t sum = 0;
    bool too_long = false;
    constexpr std::pair<const char*, std::uint64_t> units[] = {
        {"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}};
    for (const auto& [unit, size] : units) {
      if (random() % 2 == 0) continue;
      const std::uint64_t number = random() % 3 == 0 ? random() : random() % 4000;
      text += std::to_string(number) + unit;
      too_long = too_long || number > longest_duration_ms / size;
      if (!too_long) sum += number * size;
      too_long = too_long || sum > longest_duration_ms;
    }
    if (text.empty()) continue;
    CAPTURE(text);
    CHECK(looks_like_duration(text));
    CHECK(duration_ms(text).has_value() != too_long);
    if (!too_long) CHECK(duration_ms(text) == sum);
  }
}

TEST_CASE("a span of time is read as it is said") {
  CHECK(duration_in_words(30'000) == "30 seconds");
  CHECK(duration_in_words(1'000) == "1 second");
  CHECK(duration_in_words(5'400'000) == "1 hour 30 minutes");
  CHECK(duration_in_words(604'800'000) == "7 days");
  CHECK(duration_in_words(1'500) == "1 second 500 ms");
  CHECK(duration_in_words(0) == "0 ms");
}
