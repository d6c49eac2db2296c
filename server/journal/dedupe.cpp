#include "server/journal/dedupe.hpp"

#include "protocol/limits.hpp"

namespace hubbub::journal {

const DedupeWindow::Original* DedupeWindow::find(const std::string& sender, const std::string& id) const {
  if (id.empty()) return nullptr;
  const auto found = known_.find(id_key(sender, id));
  return found == known_.end() ? nullptr : &found->second.original;
}

void DedupeWindow::add(const std::string& sender, const std::string& id, Original original) {
  const auto ordinal = messages_++;
  if (id.empty()) return;
  const auto [place, is_new] = known_.try_emplace(id_key(sender, id), Known{original, ordinal});
  if (is_new) by_age_.push_back(&*place);
}

void DedupeWindow::expire(protocol::Timestamp now) {
  while (!by_age_.empty()) {
    const auto& [key, oldest] = *by_age_.front();
    if (oldest.ordinal + protocol::dedupe_messages >= messages_) return;
    if (oldest.original.time + protocol::dedupe_age >= now) return;
    by_age_.pop_front();
    known_.erase(known_.find(key));
  }
}

}  // namespace hubbub::journal
