#include "protocol/settings/kinds.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::settings {
namespace {

/// A unit and its size, such as "KiB" and 1024; a list has the largest unit first.
using Unit = std::pair<std::string_view, std::int64_t>;
using Units = std::array<Unit, 5>;

constexpr Units size_units{{{"GiB", std::int64_t{1} << 30U},
                            {"MiB", std::int64_t{1} << 20U},
                            {"KiB", std::int64_t{1} << 10U},
                            {"B", 1},
                            {"", 1}}};
/// In milliseconds.
constexpr Units duration_units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t longest_duration = 36'500 * std::int64_t{86'400'000};

/// "64KiB", "64 KiB" or "64" as a number of the smallest unit; nothing for other text, and for numbers
/// too large to count.
std::optional<std::int64_t> with_unit(std::string_view text, const Units& units) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto* const unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.first == text; });
  if (unit == units.end() || number > std::numeric_limits<std::int64_t>::max() / unit->second)
    return std::nullopt;
  return number * unit->second;
}

/// The number in the largest unit that divides it without a remainder, in quotes.
std::string in_units(std::int64_t number, const Units& units) {
  const auto* const unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return number % u.second == 0; });
  return in_quotes(std::to_string(number / unit->second).append(unit->first));
}

Complaint name_it(std::string& text, const protocol::Result<protocol::Name>& name) {
  if (!name) return shown(text) + " cannot be one: " + protocol::for_terminal(name.error().text);
  text = name->shown;
  return std::nullopt;
}

}  // namespace

Complaint not_a(const Value& value, std::string_view kind_and_remedy) {
  return shown(value) + " is no " + std::string(kind_and_remedy);
}

Complaint Flag::read(const Value& value, bool& into) {
  const auto* flag = std::get_if<bool>(&value);
  if (flag == nullptr) return not_a(value, "choice between true and false");
  into = *flag;
  return std::nullopt;
}

Complaint Count::read(const Value& value, std::size_t& into, std::string_view remedy) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number < 0) return not_a(value, "count; write " + std::string(remedy));
  into = static_cast<std::size_t>(*number);
  return std::nullopt;
}

Complaint Rate::read(const Value& value, double& into) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  const auto* decimal = std::get_if<double>(&value);
  const double rate = whole != nullptr ? static_cast<double>(*whole) : decimal != nullptr ? *decimal : -1;
  if (!std::isfinite(rate) || rate < 0)
    return not_a(value, "rate; write a number, such as 10 or 0.5, 0 for no limit");
  into = rate;
  return std::nullopt;
}

Complaint Size::read(const Value& value, std::size_t& into) {
  std::optional<std::int64_t> bytes;
  if (const auto* number = std::get_if<std::int64_t>(&value)) bytes = *number;
  if (const auto* text = std::get_if<std::string>(&value)) bytes = with_unit(*text, size_units);
  if (!bytes || *bytes < 0) return not_a(value, R"(size; write bytes, or "16KiB")");
  into = static_cast<std::size_t>(*bytes);
  return std::nullopt;
}

std::string Size::print(std::size_t bytes) {
  if (bytes % 1024 != 0 || bytes == 0) return std::to_string(bytes);
  return in_units(static_cast<std::int64_t>(bytes), size_units);
}

Complaint Duration::read(const Value& value, std::chrono::milliseconds& into) {
  std::optional<std::int64_t> milliseconds;
  if (value == Value(std::int64_t{0})) milliseconds = 0;
  if (const auto* text = std::get_if<std::string>(&value)) milliseconds = with_unit(*text, duration_units);
  if (!milliseconds)
    return not_a(value, R"(time span; write "300ms", "10s", "5m", "24h" or "30d", 0 for none)");
  if (*milliseconds > longest_duration) return shown(value) + " is more than 100 years; write 0 for no limit";
  into = std::chrono::milliseconds(*milliseconds);
  return std::nullopt;
}

std::string Duration::print(std::chrono::milliseconds duration) {
  return duration.count() == 0 ? "0" : in_units(duration.count(), duration_units);
}

bool is_clean(const std::string& text) {
  if (text.empty()) return true;
  const auto cleaned = protocol::clean_text(text, 0);
  return cleaned.has_value() && *cleaned == text;
}

bool is_one_line(const std::string& text) {
  return is_clean(text) && text.find_first_of("\n\t") == std::string::npos;
}

std::optional<std::size_t> place_among(const Texts& words, const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  const auto* text = std::get_if<std::string>(&value);
  const std::string word = number != nullptr ? std::to_string(*number) : text != nullptr ? *text : "";
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - words.begin());
}

std::string none_of(const Texts& words, const Value& value) {
  return shown(value) + " is not known; there are " + listed_in_quotes(words);
}

Complaint read_list(const Value& value, Texts& into, std::string_view list_and_remedy,
                    Complaint (*each)(std::string& text)) {
  const auto* texts = std::get_if<Texts>(&value);
  if (texts == nullptr) return not_a(value, list_and_remedy);
  Texts corrected = *texts;
  for (auto& text : corrected) {
    if (auto complaint = each(text)) return complaint;
  }
  into = std::move(corrected);
  return std::nullopt;
}

Complaint Phrases::read(const Value& value, Texts& into) {
  return read_list(value, into, R"(list of words; write ["release", "小明"])",
                   [](std::string& text) -> Complaint {
                     constexpr std::size_t most_bytes = 100;
                     const auto clean = protocol::clean_text(text, most_bytes);
                     if (!clean) return shown(text) + " cannot be one: " + clean.error().text;
                     if (is_one_line(text) && text.find_first_not_of(" ,") != std::string::npos)
                       return std::nullopt;
                     return shown(text) + " cannot be one; write one line of plain text";
                   });
}

Complaint Names::read(const Value& value, Texts& into) {
  return read_list(value, into, R"(list of names; write ["bob", "eve"])",
                   [](std::string& text) { return name_it(text, protocol::parse_name(text)); });
}

Complaint Rooms::read(const Value& value, Texts& into) {
  return read_list(value, into, R"(list of names; write ["lobby", "dev"])", [](std::string& text) {
    return name_it(text, protocol::parse_room(protocol::typed::room(text)));
  });
}

}  // namespace hubbub::settings
