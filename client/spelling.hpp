#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hubbub::client {

/// What somebody who wrote `word` most likely meant: the candidate with the fewest letters to add, drop or
/// change (Levenshtein). nullptr: all are so far away that it would be a riddle.
const std::string* nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace hubbub::client
