#include "protocol/timestamp.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace hubbub::protocol {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// RFC 3339 writes years with four digits.
constexpr Timestamp earliest = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr Timestamp latest = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - milliseconds{1};

/// Writes the value with that many digits at `place`.
void put(char* place, unsigned value, std::size_t digits) {
  for (std::size_t at = digits; at > 0; value /= 10) place[--at] = static_cast<char>('0' + value % 10);
}

/// Reads from the front of a text; after the first mismatch every read fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  /// A number of exactly that many digits.
  int number(std::size_t digits) {
    int value = 0;
    const auto [end, error] =
        std::from_chars(rest_.data(), rest_.data() + std::min(digits, rest_.size()), value);
    const auto used = static_cast<std::size_t>(end - rest_.data());
    ok_ = ok_ && error == std::errc{} && used == digits && rest_.front() != '-';
    if (ok_) rest_.remove_prefix(digits);
    return ok_ ? value : 0;
  }

  /// One of these characters.
  char one_of(std::string_view allowed) {
    ok_ = ok_ && !rest_.empty() && allowed.find(rest_.front()) != std::string_view::npos;
    if (!ok_) return '\0';
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }

  /// The digits after a point, if there is one, cut to milliseconds.
  milliseconds fraction() {
    if (!ok_ || rest_.empty() || rest_.front() != '.') return {};
    rest_.remove_prefix(1);
    const std::size_t digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    ok_ = digits > 0;
    int value = 0;
    for (std::size_t at = 0; at < 3; ++at) value = value * 10 + (at < digits ? rest_[at] - '0' : 0);
    rest_.remove_prefix(digits);
    return milliseconds{value};
  }

  bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

void append(std::string& out, Timestamp time) {
  time = std::clamp(time, earliest, latest);
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  const auto part = [](auto count) { return static_cast<unsigned>(count); };
  std::array<char, 25> text = {"0000-00-00T00:00:00.000Z"};
  put(text.data(), part(static_cast<int>(date.year())), 4);
  put(&text[5], part(date.month()), 2);
  put(&text[8], part(date.day()), 2);
  put(&text[11], part(clock.hours().count()), 2);
  put(&text[14], part(clock.minutes().count()), 2);
  put(&text[17], part(clock.seconds().count()), 2);
  put(&text[20], part(clock.subseconds().count()), 3);
  out.append(text.data(), text.size() - 1);
}

std::string to_string(Timestamp time) {
  std::string text;
  append(text, time);
  return text;
}

std::optional<Timestamp> timestamp_from(std::string_view text) {
  Scanner scan(text);
  const std::chrono::year year{scan.number(4)};
  scan.one_of("-");
  const std::chrono::month month{static_cast<unsigned>(scan.number(2))};
  scan.one_of("-");
  const std::chrono::day day{static_cast<unsigned>(scan.number(2))};
  scan.one_of("Tt ");
  const hours hour{scan.number(2)};
  scan.one_of(":");
  const minutes minute{scan.number(2)};
  scan.one_of(":");
  const seconds second{scan.number(2)};
  const milliseconds fraction = scan.fraction();
  const char zone = scan.one_of("Zz+-");
  minutes offset{0};
  if (zone == '+' || zone == '-') {
    const hours ahead{scan.number(2)};
    scan.one_of(":");
    const minutes and_more{scan.number(2)};
    if (ahead >= hours{24} || and_more >= minutes{60}) return std::nullopt;
    offset = zone == '+' ? ahead + and_more : -(ahead + and_more);
  }
  const std::chrono::year_month_day date{year, month, day};
  if (!scan.done() || !date.ok()) return std::nullopt;
  // A leap second is written as second 60 (RFC 3339, 5.6); the system clock counts it as the next second.
  if (hour >= hours{24} || minute >= minutes{60} || second > seconds{60}) return std::nullopt;
  return std::chrono::sys_days{date} + hour + minute + second + fraction - offset;
}

}  // namespace hubbub::protocol
