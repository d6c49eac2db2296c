#include "server/journal/dedupe.hpp"

#include "protocol/limits.hpp"

namespace hubbub::journal {
namespace {

// Neither part can hold a NUL, so the pair cannot be read in two ways.
std::string key_of(const std::string& sender, const std::string& id) {
  std::string key;
  key.reserve(sender.size() + 1 + id.size());
  return key.append(sender).append(1, '\0').append(id);
}

}  // namespace

const DedupeWindow::Original* DedupeWindow::find(const std::string& sender, const std::string& id) const {
  if (id.empty()) return nullptr;
  const auto found = known_.find(key_of(sender, id));
  return found == known_.end() ? nullptr : &found->second.original;
}

void DedupeWindow::add(const std::string& sender, const std::string& id, Original original) {
  const auto ordinal = messages_++;
  if (id.empty()) return;
  const auto [place, is_new] = known_.try_emplace(key_of(sender, id), Known{original, ordinal});
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
