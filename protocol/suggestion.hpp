#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Suggestions for an unknown command.
namespace hubbub::protocol::suggestion {

/// Where the command was typed: only commands that exist there are suggested.
enum class FrontEnd { text, terminal };

struct Candidate {
  std::string_view name;
  /// The command sends its text to other people, or ends the session: it is not suggested where a harmless
  /// command may have been meant.
  bool is_heard = false;
};

/// The candidate for a mistyped name: the only one that begins with it, or the nearest one by the restricted
/// Damerau-Levenshtein distance, at most 1 for a name of up to four letters, else 2. A candidate that
/// is_heard is found only by its own letters in another order. nullptr: none is near enough.
const Candidate* nearest(std::string_view typed, std::span<const Candidate> candidates);

/// Commands of irssi, WeeChat, Discord and Slack that do not exist here, and the answer to each.
struct Habit {
  std::string_view words;          ///< the commands, separated by blanks
  std::string_view answer;         ///< a clause
  std::string_view in_terminal{};  ///< the answer in the terminal client; empty: `answer`

  std::string_view answer_in(FrontEnd where) const {
    return where == FrontEnd::terminal && !in_terminal.empty() ? in_terminal : answer;
  }
};
std::span<const Habit> habits();

/// A clause about a command known from IRC, Discord, Slack and the like: the equivalent here, or that there
/// is none. Nothing: the word is in no Habit.
std::optional<std::string_view> habit(std::string_view name, FrontEnd where);

}  // namespace hubbub::protocol::suggestion
