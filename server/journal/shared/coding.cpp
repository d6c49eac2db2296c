#include "server/journal/shared/coding.hpp"

#include <limits>

namespace hubbub::journal::shared {
namespace {

constexpr unsigned bits = 7;
constexpr std::uint64_t more = 0x80;

}  // namespace

void Encoder::number(std::uint64_t number) {
  for (; number >= more; number >>= bits) bytes_ += static_cast<char>((number & (more - 1)) | more);
  bytes_ += static_cast<char>(number);
}

void Encoder::field(const std::string& text) {
  number(text.size());
  bytes_ += text;
}

/// Small numbers below zero are small, too: 0, -1, 1, -2 … are 0, 1, 2, 3 …
void Encoder::field(const protocol::Timestamp& time) {
  const auto count = static_cast<std::int64_t>(time.time_since_epoch().count());
  const auto twice = static_cast<std::uint64_t>(count) << 1U;
  number(count < 0 ? ~twice : twice);
}

std::string_view Decoder::take(std::uint64_t size) {
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const auto taken = rest_.substr(0, static_cast<std::size_t>(size));
  rest_.remove_prefix(taken.size());
  return taken;
}

/// There is one way alone to write a number: the last byte is not zero, unless it is the only one.
std::uint64_t Decoder::number() {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < std::numeric_limits<std::uint64_t>::digits; shift += bits) {
    const auto next = take(1);
    if (next.empty()) return 0;
    const std::uint64_t byte = static_cast<unsigned char>(next.front());
    const std::uint64_t part = byte & (more - 1);
    const bool is_too_large = (part << shift) >> shift != part;
    const bool is_needless = byte == 0 && shift > 0;
    if (is_too_large || is_needless) break;
    number |= part << shift;
    if (byte < more) return number;
  }
  fail();
  return 0;
}

void Decoder::field(std::string& text) { text = take(number()); }

void Decoder::field(bool& flag) {
  const auto read = number();
  if (read > 1) return fail();
  flag = read == 1;
}

void Decoder::field(std::uint32_t& value) {
  const auto read = number();
  if (read > std::numeric_limits<std::uint32_t>::max()) return fail();
  value = static_cast<std::uint32_t>(read);
}

void Decoder::field(protocol::Timestamp& time) {
  const auto read = number();
  const auto half = static_cast<std::int64_t>(read >> 1U);
  time = protocol::Timestamp(std::chrono::milliseconds((read & 1U) != 0 ? ~half : half));
}

}  // namespace hubbub::journal::shared
