#include "server/chat/look_alikes.hpp"

#include "protocol/look_alike.hpp"

namespace hubbub::chat {

Session* LookAlikes::find_in(const Held& held, const std::string& skeleton, const Session& but) {
  for (auto next = held.lower_bound({skeleton, {}}); next != held.end() && next->first.first == skeleton;
       ++next) {
    if (next->second != &but) return next->second;
  }
  return nullptr;
}

Session* LookAlikes::find(const protocol::Name& name, const Session& but) const {
  const bool is_mixed = protocol::mixes_alphabets(name);
  if (mixed_.empty() && !is_mixed) return nullptr;
  const auto skeleton = protocol::skeleton(name);
  auto* const mixed = find_in(mixed_, skeleton, but);
  return mixed != nullptr || !is_mixed ? mixed : find_in(plain_, skeleton, but);
}

void LookAlikes::add(const protocol::Name& name, Session& session) {
  auto& held = protocol::mixes_alphabets(name) ? mixed_ : plain_;
  held.emplace(std::pair(protocol::skeleton(name), name.key), &session);
}

void LookAlikes::remove(const protocol::Name& name) {
  auto& held = protocol::mixes_alphabets(name) ? mixed_ : plain_;
  held.erase({protocol::skeleton(name), name.key});
}

}  // namespace hubbub::chat
