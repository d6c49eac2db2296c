#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hubbub::client::terminal {

/// What comes between the marks of a bracketed paste (xterm's control sequences, "Bracketed Paste Mode").
class Paste {
 public:
  /// More than that is dropped; no server takes it as one message.
  static constexpr std::size_t most_bytes = std::size_t{64} * 1024;

  /// The next byte after the first mark. True: the last mark is complete, and so is the paste.
  bool take(char byte);

  /// Nothing of it is wanted, and it goes on to its mark all the same. True: so it was before.
  bool drop();

  /// What was pasted, as something to be typed: no controls or other bytes that drive a terminal, since
  /// whoever copies does not see them; every line end is a line feed, and there is none at the end.
  std::string text() const;

 private:
  std::string bytes_;
  bool dropped_ = false;
  std::size_t matched_ = 0;  ///< bytes of the last mark that have come
};

}  // namespace hubbub::client::terminal
