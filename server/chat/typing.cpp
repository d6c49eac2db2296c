#include "server/chat/typing.hpp"

#include <algorithm>
#include <utility>

#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

namespace event = protocol::event;

namespace {

/// The event for those who have nothing else to read.
class Passing {
 public:
  explicit Passing(const event::Typing& typing) : event_{.body = typing, .ref = {}}, rendered_(event_) {}

  void to(Participant& participant) {
    if (participant.is_direct()) participant.share(rendered_.in(participant.format()), nullptr);
  }

 private:
  protocol::Event event_;
  Rendered rendered_;
};

}  // namespace

/// It is not answered, but for what is wrong with it.
void handler::typing(Call& call, const request::Typing& asked) {
  event::Typing typing{.room = {}, .to = {}, .from = {}, .state = asked.state};
  const PersonPtr self(&call.session.person());
  if (asked.room) {
    const auto room = joined_room(call, *asked.room);
    if (!room) return;
    typing.room = room->name().shown;
    return call.hub.typing().tell(self, room->key(), std::move(typing));
  }
  const auto name = protocol::parse_name(*asked.with);
  if (!name) return call.answer.fail(name.error());
  typing.to = name->shown;
  const auto conversation =
      call.session.is_guest() ? std::nullopt : call.hub.conversations().parties(call.session, *asked.with);
  if (conversation) typing.to = call.hub.conversations().other_name(call.session, *conversation);
  call.hub.typing().tell(self, conversation ? conversation_key(*conversation) : Typing::target(*name),
                         std::move(typing));
}

void Typing::tell(const PersonPtr& from, const std::string& target, event::Typing typing) {
  const auto now = hub_.now().steady;
  auto& last = last_[{from.get(), target}];
  last.from = from;
  if (now < last.until) {
    // What has been told is told again only when it might be believed to be over.
    if (typing.state == last.told) typing.state.clear();
    last.next = std::move(typing);
    return;
  }
  last.until = now + pause;
  last.told = typing.state;
  last.next = {};
  deliver(*from, target, typing);
}

void Typing::said(const Person& from, const std::string& target) {
  if (last_.empty()) return;
  const auto found = last_.find({&from, target});
  if (found == last_.end()) return;
  found->second.next = {};
  found->second.told.clear();
}

void Typing::tick() {
  const auto now = hub_.now().steady;
  for (auto next = last_.begin(); next != last_.end();) {
    auto& [key, last] = *next;
    if (now < last.until) {
      ++next;
    } else if (last.next.state.empty() || last.from->sessions().empty()) {
      next = last_.erase(next);
    } else {
      last.until = now + pause;
      last.told = last.next.state;
      deliver(*last.from, key.second, std::exchange(last.next, {}));
      ++next;
    }
  }
}

void Typing::deliver(Person& from, const std::string& target, event::Typing typing) {
  if (show(from, target, typing)) hub_.directory().typed(from, target, typing);
}

/// By the name that the person bears now. Whether it may be told.
bool Typing::show(Person& from, const std::string& target, event::Typing& typing) {
  typing.from = from.name().shown;
  typing.account = hub_.logins().account_name(from);
  if (!typing.room.empty()) return show_in_room(from, target, typing);
  const auto name = protocol::parse_name(typing.to);
  if (!name) return false;
  const auto account = hub_.conversations().account_of(*name);
  if (from.account() != 0 && account != 0) {
    Passing passing(typing);
    hub_.logins().each_session(account, [&](Session& session) {
      if (&session.person() != &from) passing.to(session.delivery());
    });
    return true;
  }
  hub_.directory().find(*name, [self = PersonPtr(&from), typing](const PersonPtr& person) {
    if (!person || person == self) return;
    Passing passing(typing);
    for (auto& session : person->sessions())
      if (!session.is_closed()) passing.to(session.delivery());
  });
  return true;
}

bool Typing::show_in_room(Person& from, const std::string& key, const event::Typing& typing) {
  const auto room = hub_.rooms().find(key);
  const auto most = hub_.settings().presence_members;
  // In a large room somebody always types.
  if (!room || (most > 0 && room->size() > most)) return false;
  // Nobody waits for what may not be said. Of somebody on another node that has looked.
  auto& sessions = from.sessions();
  const bool may_speak =
      sessions.empty() || std::any_of(sessions.begin(), sessions.end(), [&](Session& session) {
        return session.stays().find(room->name().shown) == room &&
               !hub_.moderation().why_silent(session, *room);
      });
  if (!may_speak) return false;
  Passing passing(typing);
  for (const auto& member : room->broadcast().admitted())
    if (&member->person() != &from) passing.to(*member);
  return true;
}

}  // namespace hubbub::chat
