#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace hubbub::protocol {

/// What ends a line. `telnet`: also "\r\0", which some Telnet clients send for the return key (RFC 854, "The
/// NVT printer and keyboard").
enum class LineEnding { line_feed, telnet };

/// Cuts a byte stream into lines, without copying: what is not yet a whole line stays with the
/// caller. A line ends at "\n"; one "\r" before it is dropped.
///
///   LineSplitter lines(bytes, limit);
///   while (auto line = lines.next()) use(*line);
///   keep(bytes.substr(lines.consumed()));   // an unfinished line, or nothing
///   if (lines.too_long()) give_up();
class LineSplitter {
 public:
  /// `limit`: bytes of a line without its ending; 0 is no limit.
  LineSplitter(std::string_view bytes, std::size_t limit, LineEnding ending = LineEnding::line_feed)
      : bytes_(bytes), limit_(limit), ending_(ending) {}

  /// The next whole line; nothing when the rest is unfinished or the next line is too long.
  std::optional<std::string_view> next();

  /// Bytes that the lines returned so far took up, their endings included.
  std::size_t consumed() const { return consumed_; }

  /// Whether the next line, finished or not, is longer than the limit. Nothing after it is read.
  bool too_long() const { return too_long_; }

 private:
  std::string_view bytes_;
  std::size_t limit_;
  LineEnding ending_;
  std::size_t consumed_ = 0;
  bool too_long_ = false;
};

}  // namespace hubbub::protocol
