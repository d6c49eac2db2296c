#include "protocol/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "protocol/utf8.hpp"

namespace hubbub::protocol {
namespace {

/// Unicode's replacement character.
constexpr std::string_view replacement = "\uFFFD";

/// Bytes that stand for themselves in a JSON string: printable ASCII, but for `"` and `\`.
constexpr std::array<bool, 256> plain = [] {
  std::array<bool, 256> table{};
  for (unsigned byte = 0x20; byte < 0x7F; ++byte) table.at(byte) = byte != '"' && byte != '\\';
  return table;
}();

bool needs_escape(char32_t value) {
  return is_control(value) || is_line_separator(value) || value == '"' || value == '\\';
}

/// Number of bytes at the beginning that need no escape.
std::size_t plain_bytes(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size()) {
    if (plain[static_cast<unsigned char>(text[count])]) {
      count += std::max<std::size_t>(plain_ascii_blocks<'"', '\\'>(text.substr(count)), 1);
      continue;
    }
    const CodePoint next = front_code_point(text.substr(count));
    if (next.bytes == 0 || needs_escape(next.value)) break;
    count += next.bytes;
  }
  return count;
}

void append_escape(std::string& out, char32_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::string_view short_ones = "\"\\\n\t";
  if (const auto at = value < 0x80 ? short_ones.find(static_cast<char>(value)) : std::string_view::npos;
      at != std::string_view::npos) {
    out.append(1, '\\').append(1, "\"\\nt"[at]);
    return;
  }
  out += "\\u";
  for (unsigned shift = 16; shift > 0; shift -= 4) out += digits[(value >> (shift - 4)) & 0xFU];
}

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace

JsonWriter::JsonWriter(std::string& out, std::string_view type) : out_(out) {
  out_ += R"({"type":")";
  out_ += type;
  out_ += '"';
}

void JsonWriter::field(std::string_view name, std::string_view text) {
  begin_field(name);
  quoted(text);
}

void JsonWriter::field(std::string_view name, std::uint64_t number) {
  begin_field(name);
  append_number(out_, number);
}

void JsonWriter::field(std::string_view name, double number) {
  begin_field(name);
  append_number(out_, std::isfinite(number) ? number : 0.0);
}

void JsonWriter::field(std::string_view name, Timestamp time) {
  begin_field(name);
  out_ += '"';
  append(out_, time);
  out_ += '"';
}

void JsonWriter::begin_array(std::string_view name) {
  begin_field(name);
  out_ += '[';
}

void JsonWriter::element(std::string_view value) {
  separate();
  quoted(value);
}

void JsonWriter::element(std::uint64_t number) {
  separate();
  append_number(out_, number);
}

void JsonWriter::begin_object(std::string_view name) {
  begin_field(name);
  out_ += '{';
}

void JsonWriter::begin_element() {
  separate();
  out_ += '{';
}

/// Writes a comma, except before the first member of an object or array. The last byte tells: a string,
/// whatever it holds, ends in `"` and not in a bracket.
void JsonWriter::separate() {
  if (out_.back() != '{' && out_.back() != '[') out_ += ',';
}

void JsonWriter::begin_field(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void JsonWriter::quoted(std::string_view value) {
  out_ += '"';
  while (true) {
    const std::size_t run = plain_bytes(value);
    out_ += value.substr(0, run);
    value.remove_prefix(run);
    if (value.empty()) break;
    const CodePoint next = front_code_point(value);
    if (next.bytes == 0) {
      out_ += replacement;
    } else {
      append_escape(out_, next.value);
    }
    value.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  out_ += '"';
}

}  // namespace hubbub::protocol
