#pragma once

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

/// What happened: the event's words, then its fields. Whatever could break the line, drive a terminal or
/// reorder what is shown is written as an escape: "\n", "\u{202e}", and "\xff" for a byte that is no UTF-8.
std::string event_text(std::string_view what, Fields fields);

/// The whole line with its line feed. `channel` and `text` are taken as they are.
std::string line(const Style& style, Level level, protocol::Timestamp time, std::string_view channel,
                 std::string_view text);

}  // namespace hubbub::ops::log
