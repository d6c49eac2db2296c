#include "protocol/spelling.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace hubbub::protocol {

std::size_t edit_distance(std::string_view from, std::string_view to, std::size_t exchange) {
  // costs[j]: the distance from the first i bytes of `from` to the first j of `to`. `above` is the
  // row before, `further_above` the row before that.
  std::vector<std::size_t> costs(to.size() + 1);
  std::iota(costs.begin(), costs.end(), std::size_t{0});
  auto above = costs;
  auto further_above = costs;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::swap(further_above, above);
    std::swap(above, costs);
    costs[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t changed = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      costs[j] = std::min({changed, above[j] + 1, costs[j - 1] + 1});
      const bool exchanged = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (exchanged) costs[j] = std::min(costs[j], further_above[j - 2] + exchange);
    }
  }
  return costs.back();
}

const std::string* nearest(std::string_view word, const std::vector<std::string>& candidates,
                           std::size_t bytes_per_slip) {
  constexpr std::size_t longest = 64;
  if (word.size() > longest) return nullptr;
  const std::string* best = nullptr;
  std::size_t fewest = std::max<std::size_t>(2, word.size() / bytes_per_slip) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t slips = edit_distance(word, candidate, 2);
    if (slips < fewest) best = &candidate;
    fewest = std::min(fewest, slips);
  }
  return best;
}

}  // namespace hubbub::protocol
