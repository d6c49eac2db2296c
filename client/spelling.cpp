#include "client/spelling.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace hubbub::client {
namespace {

std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> costs(to.size() + 1);
  std::iota(costs.begin(), costs.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(costs[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = costs[j + 1];
      costs[j + 1] = std::min({changed, diagonal + 1, costs[j] + 1});
    }
  }
  return costs.back();
}

}  // namespace

const std::string* nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest = 64;
  if (word.size() > longest) return nullptr;
  const std::string* best = nullptr;
  std::size_t fewest = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t letters = distance(word, candidate);
    if (letters < fewest) best = &candidate;
    fewest = std::min(fewest, letters);
  }
  return best;
}

}  // namespace hubbub::client
