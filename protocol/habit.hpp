#pragma once

#include <span>
#include <string_view>

#include "protocol/suggestion.hpp"

/// What people are used to from elsewhere.
namespace hubbub::protocol::suggestion {

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

}  // namespace hubbub::protocol::suggestion
