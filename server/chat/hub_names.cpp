// Who goes by which name.
#include <utility>

#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

namespace event = protocol::event;

std::string_view NameKey::operator()(const Session& session) const { return session.name().key; }

std::shared_ptr<Session> Hub::bearer(const protocol::Name& name, const Session& but) {
  const auto taken = names_.find(name.key);
  if (taken != names_.end() && &*taken != &but) return taken->shared_from_this();
  auto* const look_alike = look_alikes_.find(name, but);
  return look_alike == nullptr ? nullptr : look_alike->shared_from_this();
}

void Hub::take_name(Session& session, protocol::Name name) {
  if (session.is_welcome()) free_name(session);
  for (const auto& room : session.rooms()) room->renaming(session);
  const auto before = session.name();
  if (session.is_welcome()) ++renames_;
  session.set_name(std::move(name));
  names_.insert(session);
  ++named_;
  look_alikes_.add(session);
  for (const auto& room : session.rooms()) room->renamed(session, before);
}

void Hub::free_name(Session& session) {
  LookAlikes::remove(session);
  session.NameHook::unlink();
  --named_;
}

protocol::Name Hub::free_guest_name(const Session& guest) {
  for (;;) {
    const auto text = "guest-" + std::to_string(++guests_);
    protocol::Name name{.shown = text, .key = text};
    if (!bearer(name, guest)) return name;
  }
}

std::shared_ptr<Session> Hub::find_session(const protocol::Name& name) {
  const auto found = names_.find(name.key);
  return found == names_.end() || found->is_closed() ? nullptr : found->shared_from_this();
}

event::Members Hub::names(const std::string& after, std::size_t limit) const {
  event::Members page{.room = {}, .count = named_, .names = {}, .more = false};
  for (auto next = names_.upper_bound(after); next != names_.end(); ++next) {
    if (page.names.size() == limit) {
      page.more = true;
      break;
    }
    page.names.push_back(next->name().shown);
  }
  return page;
}

}  // namespace hubbub::chat
