#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Cuts typed text into words. A blank is a tab or any space (Unicode's Zs): an input method for Chinese
/// types wide spaces (U+3000), and text from a web page has no-break spaces (U+00A0).
namespace hubbub::protocol::typed {

/// The text without the blanks around it.
std::string_view trimmed(std::string_view text);

/// The first word, and the rest without the blanks around it. The text must not begin with a blank.
std::pair<std::string_view, std::string_view> split(std::string_view text);

/// The first word of a text that does not begin with a blank, its ASCII letters in lower case, as in names of
/// commands.
std::string first_word(std::string_view text);

/// Whether it is of ASCII digits alone, as a number is; also if it is empty.
bool is_digits(std::string_view text);

/// The name of a room without a leading "#", narrow or wide, as other systems write it, and without the
/// blanks around the name.
std::string_view room(std::string_view text);

/// A line that is a command; its name may be unknown.
struct Command {
  std::string name;       ///< without the slash, ASCII letters in lower case; empty: "/" alone
  std::string_view rest;  ///< the text behind the name, without the blanks around it
};

/// The command in a line; nothing: the line is a message. A line that begins with "/", but not with "//", is
/// a command. Behind blanks, or with a wide slash (U+FF0F), the name must be all letters: `  /join x` is a
/// command, which must not be sent to the room by mistake; `  // remark` and `  /etc/passwd` are messages.
std::optional<Command> command(std::string_view line);

/// The text behind a slash and blanks at the beginning of a line: `/ join x`, ` / join x`. Its first word
/// tells whether a command was meant. Nothing: the line does not begin so.
std::optional<std::string_view> parted(std::string_view line);

}  // namespace hubbub::protocol::typed
