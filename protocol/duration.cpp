#include "protocol/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "protocol/ascii.hpp"
#include "protocol/text.hpp"

namespace hubbub::protocol {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t milliseconds;
};
/// The largest first.
constexpr std::array<Unit, 6> typed_units = {
    {{"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"min", 60'000}, {"s", 1'000}}};
constexpr std::array<Unit, 4> units_in_words = {
    {{"day", 86'400'000}, {"hour", 3'600'000}, {"minute", 60'000}, {"second", 1'000}}};

/// What stands at the front of a span of time: "90m".
struct Part {
  std::optional<std::uint64_t> milliseconds;  ///< nothing: more than longest_duration_ms
  std::uint64_t unit = 0;
  std::size_t bytes = 0;
};

std::optional<Part> front_part(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc::invalid_argument) return std::nullopt;
  const auto digits = static_cast<std::size_t>(behind - text.data());
  const std::string_view rest = text.substr(digits);
  const std::string word = ascii_lower(rest.substr(0, rest.find_first_of("0123456789")));
  const auto* const unit = std::ranges::find(typed_units, word, &Unit::name);
  if (unit == typed_units.end()) return std::nullopt;
  Part part{.milliseconds = {}, .unit = unit->milliseconds, .bytes = digits + word.size()};
  if (error == std::errc() && number <= longest_duration_ms / unit->milliseconds)
    part.milliseconds = number * unit->milliseconds;
  return part;
}

/// The milliseconds, of which there are none if they are too many. Nothing: it does not look like a duration.
std::optional<std::optional<std::uint64_t>> read(std::string_view text) {
  std::optional<std::uint64_t> sum = 0;
  std::uint64_t last_unit = typed_units.front().milliseconds + 1;
  do {
    const auto part = front_part(text);
    if (!part || part->unit >= last_unit) return std::nullopt;
    last_unit = part->unit;
    text.remove_prefix(part->bytes);
    sum = sum && part->milliseconds ? std::optional(*sum + *part->milliseconds) : std::nullopt;
    if (sum && *sum > longest_duration_ms) sum.reset();
  } while (!text.empty());
  return sum;
}

}  // namespace

bool looks_like_duration(std::string_view text) { return read(text).has_value(); }

std::optional<std::uint64_t> duration_ms(std::string_view text) {
  const auto milliseconds = read(text);
  return milliseconds ? *milliseconds : std::nullopt;
}

std::string duration_in_words(std::uint64_t milliseconds) {
  std::string words;
  for (const Unit& unit : units_in_words) {
    const std::uint64_t count = milliseconds / unit.milliseconds;
    milliseconds %= unit.milliseconds;
    if (count > 0) words.append(words.empty() ? "" : " ").append(counted(count, unit.name));
  }
  if (milliseconds > 0 || words.empty())
    words.append(words.empty() ? "" : " ").append(std::to_string(milliseconds)).append(" ms");
  return words;
}

}  // namespace hubbub::protocol
