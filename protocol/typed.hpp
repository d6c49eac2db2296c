#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// How what a person types is cut into words. A blank is a tab or a space of any kind (Unicode's Zs): an
/// input method for Chinese types a wide one (U+3000), and text from a web page has those that do not break
/// (U+00A0).
namespace hubbub::protocol::typed {

/// Without the blanks around it.
std::string_view trimmed(std::string_view text);

/// The first word, and what follows it, without the blanks around that. The text begins with no blank.
std::pair<std::string_view, std::string_view> split(std::string_view text);

/// The first word of a text that begins with no blank, its ASCII letters in small, as the names of commands
/// are.
std::string first_word(std::string_view text);

/// The name of a room without the "#" that other systems write before it, narrow or wide, and the blanks
/// around it.
std::string_view room(std::string_view text);

/// A line that is a command, whether there is one of that name or not.
struct Command {
  std::string name;       ///< without the slash, ASCII letters in small; empty: "/" stands alone
  std::string_view rest;  ///< what follows the name, without the blanks around it
};

/// The command that the line is, or nothing: it is to be said. What begins with "/" is one, unless with "//".
/// Behind blanks, or with a wide slash (U+FF0F), only a word of letters is one: `  /join x`, which was not
/// meant for everybody's eyes, but not `  // remark` or `  /etc/passwd`, of which nothing is to be lost.
std::optional<Command> command(std::string_view line);

/// What follows a slash and blanks, where that is all that stands before it: `/ join x`, ` / join x`. Whether
/// it was meant for a command is to be told by its first word. Nothing: the line begins otherwise.
std::optional<std::string_view> parted(std::string_view line);

}  // namespace hubbub::protocol::typed
