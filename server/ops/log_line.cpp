#include "server/ops/log_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <type_traits>

#include "protocol/text.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::ops::log {
namespace {

/// Characters that reorder the text around them (UAX #9: marks, overrides, isolates), and line ends that are
/// no line feed.
bool misleads_the_eye(char32_t point) {
  const bool is_mark = point == 0x061C || point == 0x200E || point == 0x200F;
  return is_mark || protocol::is_direction_override(point) || protocol::is_line_separator(point);
}

std::string hex(std::uint32_t number, std::size_t digits) {
  std::array<char, 8> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, 16).ptr;
  const auto length = static_cast<std::size_t>(end - buffer.data());
  return std::string(digits > length ? digits - length : 0, '0').append(buffer.data(), length);
}

std::string escape_of(char32_t point) {
  switch (point) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return "\\u{" + hex(point, 1) + "}";
  }
}

/// For JSON (RFC 8259): "\\u001b"; beyond the first plane as a surrogate pair.
void append_json_escape(std::string& out, char32_t point) {
  constexpr char32_t beyond = 0x10000;
  if (point < beyond) {
    out.append("\\u").append(hex(point, 4));
    return;
  }
  const char32_t rest = point - beyond;
  append_json_escape(out, 0xD800 + (rest >> 10U));
  append_json_escape(out, 0xDC00 + (rest & 0x3FFU));
}

enum class Escapes { of_a_word, in_quotes, of_json };

/// Appends `text` so that it stays one line. In quotes, the quote and the backslash are escaped too, so that
/// the text can be read back. In JSON, too, characters that would drive a terminal or reorder the text are
/// escaped, since people read such a log, and a byte that is no UTF-8 is shown as in the other formats.
void append_escaped(std::string& out, std::string_view text, Escapes escapes) {
  const bool is_json = escapes == Escapes::of_json;
  while (!text.empty()) {
    const auto [point, bytes] = protocol::front_code_point(text);
    if (bytes == 0) {
      out.append(is_json ? R"(\\x)" : R"(\x)").append(hex(static_cast<unsigned char>(text.front()), 2));
    } else if (protocol::is_control(point) || misleads_the_eye(point)) {
      is_json ? append_json_escape(out, point) : void(out += escape_of(point));
    } else {
      if (escapes != Escapes::of_a_word && (point == '"' || point == '\\')) out += '\\';
      out += text.substr(0, bytes);
    }
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
}

/// Whether a value is clear without quotes.
bool is_plain_word(std::string_view value) {
  return !value.empty() && value.find_first_of(" \"\\=") == std::string_view::npos;
}

void append_value(std::string& out, std::string_view value) {
  if (is_plain_word(value)) return append_escaped(out, value, Escapes::of_a_word);
  out += '"';
  append_escaped(out, value, Escapes::in_quotes);
  out += '"';
}
void append_value(std::string& out, std::int64_t value) { out += std::to_string(value); }
void append_value(std::string& out, std::uint64_t value) { out += std::to_string(value); }

/// How a level looks, in the order of the levels.
struct Look {
  char priority;  ///< of syslog(3), which the systemd journal reads from a "<N>" at the start of a line
  std::string_view colour;  ///< quiet levels are faint, loud ones yellow and red (ECMA-48, SGR)
};
constexpr std::array<Look, 5> looks = {
    {{'7', "\x1b[2m"}, {'7', "\x1b[2m"}, {'6', "\x1b[32m"}, {'4', "\x1b[33m"}, {'3', "\x1b[1;31m"}}};

const Look& look_of(Level level) { return looks.at(static_cast<std::size_t>(level)); }

/// "2026-11-21 10:30:00.125" on the wall clock of the machine's time zone.
std::string local_time(protocol::Timestamp time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds = second.time_since_epoch().count();
  std::tm broken_down{};
  localtime_r(&seconds, &broken_down);
  std::array<char, 32> buffer{};
  const auto length = std::strftime(buffer.data(), buffer.size(), "%Y-%m-%d %H:%M:%S.", &broken_down);
  const auto milliseconds = std::to_string((time - second).count());
  return std::string(buffer.data(), length).append(3 - milliseconds.size(), '0') + milliseconds;
}

std::string level_column(Level level, bool colours) {
  constexpr std::size_t width = 7;  // of "warning"
  const auto name = to_string(level);
  std::string column;
  if (colours) column += look_of(level).colour;
  column += name;
  if (colours) column += "\x1b[0m";
  return column.append(width - name.size(), ' ');
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  return std::string(protocol::prefix(text, most)) + "...";
}

/// `most`: bytes of the longest text in it.
std::string json_line(Level level, protocol::Timestamp time, std::string_view channel, const Event& event,
                      std::size_t most) {
  std::string line;
  const auto add = [&line](std::string_view key, std::string_view text) {
    line.append(line.empty() ? "{\"" : ",\"").append(key).append("\":\"");
    append_escaped(line, text, Escapes::of_json);
    line += '"';
  };
  const auto add_field = [&](std::string_view key, auto value) {
    if constexpr (std::is_same_v<decltype(value), std::string_view>) {
      add(key, shortened(value, most));
    } else {
      line.append(",\"").append(key).append("\":").append(std::to_string(value));
    }
  };
  add("time", protocol::to_string(time));
  add("level", to_string(level));
  add("channel", channel);
  add("event", shortened(event.what, most));
  for (const auto& field : event.fields) {
    std::visit([&](auto value) { add_field(field.key, value); }, field.value);
  }
  return line.append("}\n");
}

std::string json_line(Level level, protocol::Timestamp time, std::string_view channel, const Event& event) {
  std::size_t most = longest_json_line;
  auto line = json_line(level, time, channel, event, most);
  while (line.size() > longest_json_line) line = json_line(level, time, channel, event, most /= 2);
  return line;
}

}  // namespace

std::string event_text(const Event& event) {
  std::string text;
  append_escaped(text, event.what, Escapes::of_a_word);
  for (const auto& field : event.fields) {
    text.append(1, ' ').append(field.key).append(1, '=');
    std::visit([&](auto value) { append_value(text, value); }, field.value);
  }
  return text;
}

std::string line(const Style& style, Level level, protocol::Timestamp time, std::string_view channel,
                 const Event& event) {
  if (style.format == Format::json) return json_line(level, time, channel, event);
  std::string line;
  if (style.format == Format::systemd) {
    line.append(1, '<').append(1, look_of(level).priority).append(1, '>');
  } else {
    line += style.format == Format::human ? local_time(time) : protocol::to_string(time);
    line += ' ';
    line += level_column(level, style.colours);
    line += ' ';
  }
  return line.append(channel).append(": ").append(event_text(event)).append(1, '\n');
}

}  // namespace hubbub::ops::log
