// What people do to those on other nodes: typing, inviting, announcing, asking them to give way.
#include <algorithm>
#include <string>
#include <utility>

#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/chat/shared_directory.hpp"

namespace hubbub::chat {
namespace {

namespace presence = journal::presence;
using journal::Committed;
using journal::Outcome;
using journal::PresenceRecord;

}  // namespace

bool SharedDirectory::is_elsewhere(std::uint64_t account) const {
  return std::any_of(present_.begin(), present_.end(), [account](const auto& each) {
    return !each.second.is_own && each.second.person->account() == account;
  });
}

void SharedDirectory::announce(const protocol::event::Announcement& announcement) {
  hub_->in_flight().append(
      presence::Announced{.text = announcement.text, .by = announcement.by, .at = announcement.time},
      [](const Committed& /*committed*/) {});
}

void SharedDirectory::apply(const presence::Announced& announced) const {
  hub_->moderation().announce({.text = announced.text, .by = announced.by, .time = announced.at}, nullptr);
}

void SharedDirectory::invited(const Person& person, const std::string& room, const std::string& by) {
  for (const auto& [epoch, number] : presences_of(person)) {
    hub_->in_flight().append(
        presence::Urged{
            .what = presence::Urged::What::invited, .epoch = epoch, .person = number, .room = room, .by = by},
        [](const Committed& /*committed*/) {});
  }
}

void SharedDirectory::typed(const Person& person, const std::string& target,
                            const protocol::event::Typing& typing) {
  const auto number = numbers_.find(&person);
  if (elsewhere() == 0 || number == numbers_.end() || hub_->in_flight().is_full()) return;
  presence::Typed typed{.person = number->second, .target = target, .state = typing.state};
  if (typing.room.empty()) {
    const auto name = protocol::parse_name(typing.to);
    const auto* const bearer = name ? bearer_of(name->key) : nullptr;
    // An account may be here by another name than its own.
    const bool is_here_alone =
        bearer != nullptr ? !bearer->is_elsewhere() : !name || hub_->conversations().account_of(*name) == 0;
    if (is_here_alone) return;
    typed.target = typing.to;
    typed.is_private = true;
  }
  hub_->in_flight().append(std::move(typed), [](const Committed& /*committed*/) {});
}

void SharedDirectory::apply(const presence::Typed& typed, const PresenceRecord& record) {
  const auto found = present_.find({record.epoch, typed.person});
  if (found == present_.end() || found->second.is_own) return;
  protocol::event::Typing told{.room = {}, .to = {}, .from = {}, .state = typed.state};
  if (typed.is_private) {
    told.to = typed.target;
  } else {
    const auto room = hub_->rooms().find(typed.target);
    if (!room) return;
    told.room = room->name().shown;
  }
  hub_->typing().came(*found->second.person, typed.target, told);
}

void SharedDirectory::make_way(const PersonPtr& person, std::function<void()> then) {
  const auto keys = presences_of(*person);
  if (keys.empty()) return then();
  wait_for(*person, std::move(then));
  for (const auto& [epoch, number] : keys) {
    hub_->in_flight().append(
        presence::Urged{.what = presence::Urged::What::give_way, .epoch = epoch, .person = number},
        [this, person](const Committed& committed) {
          if (committed.outcome != Outcome::stored) look_who_gave_way(*person);
        });
  }
}

void SharedDirectory::wait_for(const Person& person, std::function<void()> then) {
  constexpr std::chrono::seconds longest{5};
  making_way_.emplace(&person, Waiting{.then = std::move(then), .until = hub_->now().steady + longest});
}

/// It bears another name, or has gone, or nobody can be asked, or it takes too long.
void SharedDirectory::look_who_gave_way(const Person& person) {
  const auto [first, last] = making_way_.equal_range(&person);
  std::vector<std::function<void()>> waiting;
  for (auto next = first; next != last; ++next) waiting.push_back(std::move(next->second.then));
  making_way_.erase(first, last);
  for (const auto& then : waiting) then();
}

void SharedDirectory::apply(const presence::Urged& urged) {
  const auto found = present_.find({urged.epoch, urged.person});
  if (found == present_.end() || !found->second.is_own) return;
  const auto person = found->second.person;
  switch (urged.what) {
    case presence::Urged::What::doubt:
      for (auto& session : person->sessions()) session.doubt();
      return;
    case presence::Urged::What::give_way:
      return hub_->logins().give_way_if_not_its(person);
    case presence::Urged::What::invited: {
      const protocol::Event event{
          .body = protocol::event::Invited{.room = urged.room, .name = person->name().shown, .by = urged.by},
          .ref = {}};
      Rendered rendered(event);
      for (auto& session : person->sessions())
        if (!session.is_closed()) session.delivery().share(rendered.in(session.delivery().format()), nullptr);
      return;
    }
    case presence::Urged::What::put_out:
      if (const auto room = hub_->rooms().find(urged.room))
        hub_->moderation().put_out(room, *person, urged.by, urged.reason);
      return;
  }
}

}  // namespace hubbub::chat
