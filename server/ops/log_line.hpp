#pragma once

#include <climits>
#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/timestamp.hpp"
#include "server/ops/log.hpp"

/// How an event of the log is written as one line: words in, words out, no descriptor in sight.
namespace hubbub::ops::log {

/// A Format once it is known what stderr is.
struct Style {
  Format format = Format::plain;  ///< never `automatic`
  bool colours = false;
};

/// What happened.
struct Event {
  std::string_view what;
  FieldSpan fields;
};

/// The event's words, then its fields. Whatever could break the line, drive a terminal or
/// reorder what is shown is written as an escape: "\n", "\u{202e}", and "\xff" for a byte that is no UTF-8.
std::string event_text(const Event& event);

/// The whole line with its line feed; as JSON no longer than `longest_json_line`. `channel` is taken as it
/// is.
std::string line(const Style& style, Level level, protocol::Timestamp time, std::string_view channel,
                 const Event& event);

/// A line of JSON that were cut short would be none: it is its texts that are, and end in "..." then.
inline constexpr std::size_t longest_json_line = PIPE_BUF;

}  // namespace hubbub::ops::log
