#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Finds the intended word for a mistyped one.
namespace hubbub::protocol {

/// Number of bytes to add, drop or change to turn one word into the other. Exchanging two neighbours costs
/// `exchange`: 1 gives the restricted Damerau-Levenshtein distance, 2 Levenshtein's.
std::size_t edit_distance(std::string_view from, std::string_view to, std::size_t exchange);

/// The candidate with the least Levenshtein distance; the first of equals. The distance may be at most 2, or
/// one in `bytes_per_slip` of the word's bytes if that is more. nullptr: no candidate is near enough, or the
/// word has more than 64 bytes.
const std::string* nearest(std::string_view word, const std::vector<std::string>& candidates,
                           std::size_t bytes_per_slip = 3);

}  // namespace hubbub::protocol
