#include "protocol/suggestion.hpp"

#include <algorithm>
#include <cstddef>

#include "protocol/habit.hpp"
#include "protocol/spelling.hpp"

namespace hubbub::protocol::suggestion {
namespace {

bool holds(std::string_view words, std::string_view wanted) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == wanted) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

/// The only one that begins with what was typed, and is not heard; nullptr: there is none, or more than one.
const Candidate* only_one_beginning(std::string_view typed, std::span<const Candidate> candidates) {
  constexpr std::size_t shortest = 2;
  const auto begins = [&](const Candidate& candidate) { return candidate.name.starts_with(typed); };
  if (typed.size() < shortest || std::count_if(candidates.begin(), candidates.end(), begins) != 1)
    return nullptr;
  const auto only = std::find_if(candidates.begin(), candidates.end(), begins);
  return only->is_heard ? nullptr : &*only;
}

}  // namespace

const Candidate* nearest(std::string_view typed, std::span<const Candidate> candidates) {
  if (const auto* const only = only_one_beginning(typed, candidates)) return only;
  constexpr std::size_t shortest = 3;  // a letter or two would be a riddle
  constexpr std::size_t longest = 32;
  constexpr std::size_t short_name = 4;
  if (typed.size() < shortest || typed.size() > longest) return nullptr;
  const Candidate* best = nullptr;
  std::size_t fewest = typed.size() <= short_name ? 2 : 3;
  for (const Candidate& candidate : candidates) {
    const std::string_view name = candidate.name;
    if (name.size() + 1 < shortest) continue;
    if (candidate.is_heard && !std::is_permutation(typed.begin(), typed.end(), name.begin(), name.end()))
      continue;
    const std::size_t letters = edit_distance(typed, name, 1);
    if (letters < fewest) best = &candidate;
    fewest = std::min(fewest, letters);
  }
  return best;
}

std::optional<std::string_view> habit(std::string_view name, FrontEnd where) {
  const std::span<const Habit> known = habits();
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const Habit& each) { return holds(each.words, name); });
  if (name.empty() || found == known.end()) return std::nullopt;
  return found->answer_in(where);
}

}  // namespace hubbub::protocol::suggestion
