#include "server/tools/id_window.hpp"

#include <algorithm>
#include <utility>

#include "protocol/limits.hpp"

namespace hubbub::tools {

std::optional<std::int64_t> IdWindow::add(std::string_view sender, std::string_view id, Place place) {
  now_ = std::max(now_, place.time);
  expire(place.ordinal);
  auto key = journal::id_key(sender, id);
  const auto [known, is_new] = known_.try_emplace(key, place.seq);
  if (!is_new) return known->second;
  by_age_.emplace_back(place, std::move(key));
  return std::nullopt;
}

void IdWindow::expire(std::int64_t ordinal) {
  while (!by_age_.empty()) {
    const auto& [place, key] = by_age_.front();
    const bool recent = ordinal - place.ordinal < std::int64_t{protocol::dedupe_messages};
    if (recent || now_ - place.time < protocol::dedupe_age) return;
    known_.erase(key);
    by_age_.pop_front();
  }
}

}  // namespace hubbub::tools
