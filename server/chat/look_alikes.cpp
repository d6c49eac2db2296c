#include "server/chat/look_alikes.hpp"

#include <functional>

#include "protocol/look_alike.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

LookAlikes::Look::Look(const protocol::Name& name)
    : skeleton(protocol::skeleton(name)),
      hash(static_cast<std::uint32_t>(std::hash<std::string>()(skeleton))) {}

bool LookAlikes::Order::operator()(const Look& a, const Session& b) const {
  return a.hash != b.look ? a.hash < b.look : a.skeleton < protocol::skeleton(b.name());
}

bool LookAlikes::Order::operator()(const Session& a, const Look& b) const {
  return a.look != b.hash ? a.look < b.hash : protocol::skeleton(a.name()) < b.skeleton;
}

Session* LookAlikes::find_in(Held& held, const Look& look, const Session& but) {
  const auto alike = held.equal_range(look, Order());
  for (auto next = alike.first; next != alike.second; ++next) {
    if (&*next != &but) return &*next;
  }
  return nullptr;
}

Session* LookAlikes::find(const protocol::Name& name, const Session& but) {
  const bool is_mixed = protocol::mixes_alphabets(name);
  if (mixed_.empty() && !is_mixed) return nullptr;
  const Look look(name);
  auto* const mixed = find_in(mixed_, look, but);
  return mixed != nullptr || !is_mixed ? mixed : find_in(plain_, look, but);
}

void LookAlikes::add(Session& session) {
  const Look look(session.name());
  auto& held = protocol::mixes_alphabets(session.name()) ? mixed_ : plain_;
  session.look = look.hash;
  held.insert_before(held.upper_bound(look, Order()), session);
}

void LookAlikes::remove(Session& session) { session.LookHook::unlink(); }

}  // namespace hubbub::chat
