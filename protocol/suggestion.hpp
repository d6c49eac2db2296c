#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What to answer to a command that there is not.
namespace hubbub::protocol::suggestion {

/// Where it was typed. What is advised has to be there.
enum class FrontEnd { text, terminal };

struct Candidate {
  std::string_view name;
  /// Others get to read what is typed behind it, or one is gone: such a one is not offered to those who may
  /// have meant something harmless.
  bool is_heard = false;
};

/// The candidate that a mistyped name was meant for: one letter of a short name, two of a longer one may be
/// added, dropped, changed or exchanged with their neighbour (the restricted Damerau-Levenshtein distance);
/// or the only one that begins so. One that is heard is found only by its own letters in another order.
/// nullptr: none is near.
const Candidate* nearest(std::string_view typed, std::span<const Candidate> candidates);

/// Commands of irssi, WeeChat, Discord and Slack that there are not here, and what people are told of them.
struct Habit {
  std::string_view words;          ///< separated by blanks
  std::string_view answer;         ///< a clause
  std::string_view in_terminal{};  ///< empty: the same

  std::string_view answer_in(FrontEnd where) const {
    return where == FrontEnd::terminal && !in_terminal.empty() ? in_terminal : answer;
  }
};
std::span<const Habit> habits();

/// What does the same here as a command that people know from IRC, Discord, Slack and the like, or that
/// nothing does: a clause. Nothing: the word is not known from there.
std::optional<std::string_view> habit(std::string_view name, FrontEnd where);

}  // namespace hubbub::protocol::suggestion
