#pragma once

#include <climits>
#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/timestamp.hpp"
#include "server/ops/log.hpp"

/// How an event of the log is written as one line; no I/O.
namespace hubbub::ops::log {

/// A Format after it has been chosen for stderr.
struct Style {
  Format format = Format::plain;  ///< never `automatic`
  bool colours = false;
};

/// An event of the log.
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

/// Limit of a JSON line: a line that is cut short would be no JSON, so the texts in it are cut, and end in
/// "...".
inline constexpr std::size_t longest_json_line = PIPE_BUF;

}  // namespace hubbub::ops::log
