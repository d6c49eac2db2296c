#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/model/model.hpp"

namespace hubbub::client::terminal {

/// What the word in front of the cursor could become, the likeliest first: commands, rooms, names, settings,
/// by what stands before it. `before`: the line up to the cursor. A name that begins a line is addressed:
/// "alice:". All of it is safe for a terminal.
std::vector<std::string> completions(std::string_view before, const Model& model);

}  // namespace hubbub::client::terminal
