#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What a mistyped word was meant to be.
namespace hubbub::protocol {

/// How many bytes to add, drop or change to make one word of the other, where two neighbours that are
/// exchanged count as `exchange`: 1 gives the restricted Damerau-Levenshtein distance, 2 (two changes)
/// Levenshtein's.
std::size_t edit_distance(std::string_view from, std::string_view to, std::size_t exchange);

/// The candidate with the least Levenshtein distance, the first of several. nullptr: for each of them more
/// than two bytes, and more than one in `bytes_per_slip` of the word, would have to change.
const std::string* nearest(std::string_view word, const std::vector<std::string>& candidates,
                           std::size_t bytes_per_slip = 3);

}  // namespace hubbub::protocol
