#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/model/roster.hpp"

namespace hubbub::client::terminal {

/// What the word in front of the cursor could become: commands, rooms or names, by what stands before it.
/// `before`: the line up to the cursor. A name that begins a line is addressed: "alice:".
std::vector<std::string> completions(std::string_view before, const Roster& roster);

}  // namespace hubbub::client::terminal
