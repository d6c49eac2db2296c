#include "server/chat/look_alikes.hpp"

#include <functional>

#include "protocol/look_alike.hpp"

namespace hubbub::chat {

LookAlikes::Look::Look(const protocol::Name& name)
    : skeleton(protocol::skeleton(name)),
      hash(static_cast<std::uint32_t>(std::hash<std::string>()(skeleton))) {}

bool LookAlikes::Order::operator()(const Look& a, const Person& b) const {
  return a.hash != b.look ? a.hash < b.look : a.skeleton < protocol::skeleton(b.name());
}

bool LookAlikes::Order::operator()(const Person& a, const Look& b) const {
  return a.look != b.hash ? a.look < b.hash : protocol::skeleton(a.name()) < b.skeleton;
}

Person* LookAlikes::find_in(Held& held, const Look& look, const Person& but) {
  const auto alike = held.equal_range(look, Order());
  for (auto next = alike.first; next != alike.second; ++next) {
    if (&*next != &but) return &*next;
  }
  return nullptr;
}

Person* LookAlikes::find(const protocol::Name& name, const Person& but) {
  const bool is_mixed = protocol::mixes_alphabets(name);
  if (mixed_.empty() && !is_mixed) return nullptr;
  const Look look(name);
  auto* const mixed = find_in(mixed_, look, but);
  return mixed != nullptr || !is_mixed ? mixed : find_in(plain_, look, but);
}

void LookAlikes::add(Person& person) {
  const Look look(person.name());
  auto& held = protocol::mixes_alphabets(person.name()) ? mixed_ : plain_;
  person.look = look.hash;
  held.insert_before(held.upper_bound(look, Order()), person);
}

void LookAlikes::remove(Person& person) { person.LookHook::unlink(); }

}  // namespace hubbub::chat
