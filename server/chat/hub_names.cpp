// Who goes by which name.
#include <utility>

#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

namespace event = protocol::event;

std::shared_ptr<Session> Hub::bearer(const protocol::Name& name, const Session& but) {
  const auto taken = names_.find(name.key);
  if (taken != names_.end() && &*taken != &but.person()) return taken->sessions().front().shared_from_this();
  auto* const look_alike = look_alikes_.find(name, but.person());
  return look_alike == nullptr ? nullptr : look_alike->sessions().front().shared_from_this();
}

void Hub::take_name(Session& session, protocol::Name name) {
  auto& person = session.person();
  if (session.is_welcome()) free_name(person);
  std::vector<std::pair<Room*, Roster::Members::node_type>> taken_out;
  for (const auto& stay : session.stays())
    taken_out.emplace_back(stay.room.get(), stay.room->take_out(person));
  const auto before = person.name();
  if (session.is_welcome()) ++renames_;
  person.set_name(std::move(name));
  names_.insert(person);
  ++named_;
  look_alikes_.add(person);
  for (auto& [room, member] : taken_out) room->put_back(std::move(member), before);
}

void Hub::free_name(Person& person) {
  LookAlikes::remove(person);
  person.NameHook::unlink();
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
  if (found == names_.end()) return nullptr;
  auto& session = found->sessions().front();
  return session.is_closed() ? nullptr : session.shared_from_this();
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
