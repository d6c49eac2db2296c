#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/model/model.hpp"

namespace hubbub::client::terminal {

/// Completions of the word in front of the cursor, the likeliest first: commands, rooms, names or settings,
/// depending on the words before it. `before`: the line up to the cursor. A name at the beginning of a line
/// gets a colon: "alice:". All completions are safe for a terminal.
std::vector<std::string> completions(std::string_view before, const Model& model);

}  // namespace hubbub::client::terminal
