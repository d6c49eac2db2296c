#include "server/chat/erasing.hpp"

#include <algorithm>
#include <utility>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

bool Authorship::is_of(const protocol::Message& message) const {
  if (message.author != 0) return message.author == account;
  if (message.account.empty() || message.time < begun) return false;
  const auto name = protocol::parse_name(message.account);
  return name && name->key == name_key;
}

void Erasing::begin(Answer&& answer, const Authorship& author, Then then) {
  auto& hub = answer.session().hub();
  const std::shared_ptr<Erasing> erasing(new Erasing(hub, std::move(answer), author, std::move(then)));
  erasing->fall_silent();
}

void Erasing::fall_silent() {
  std::vector<PersonPtr> people;
  hub_.logins().each_session(author_.account, [&](Session& session) {
    const PersonPtr person(&session.person());
    if (std::find(people.begin(), people.end(), person) == people.end()) people.push_back(person);
  });
  for (const auto& each : hub_.conversations().list(author_.account)) places_.push_back(each.key);
  const auto left = std::make_shared<std::size_t>(people.size() + 1);
  const auto go_on = [self = shared_from_this(), left] {
    if (--*left == 0) self->next_place();
  };
  for (const auto& person : people) {
    hub_.logins().fall_silent(person, [self = shared_from_this(), go_on](const Logins::Silence& silence) {
      self->silences_.push_back(silence);
      go_on();
    });
  }
  go_on();
}

void Erasing::next_place() {
  constexpr std::size_t page_rooms = 100;
  if (places_.empty() && has_more_rooms_) {
    for (const auto& room : hub_.journal().rooms(behind_, page_rooms)) places_.emplace_back(room.key);
    has_more_rooms_ = places_.size() == page_rooms;
    if (!places_.empty()) behind_ = places_.back();
    std::reverse(places_.begin(), places_.end());
  }
  if (places_.empty()) {
    auto answer = std::move(answer_);
    silences_.clear();
    return then_(std::move(answer));
  }
  place_ = std::move(places_.back());
  places_.pop_back();
  after_ = 0;
  read();
}

void Erasing::read() {
  hub_.journal().read(
      {.room = place_,
       .after = after_,
       .limit = std::min<std::size_t>(protocol::page_messages, journal::most_deleted),
       .newest = false,
       .reader = answer_.session().number()},
      [self = shared_from_this()](const protocol::Result<journal::Page>& page) { self->take(page); });
}

void Erasing::take(const protocol::Result<journal::Page>& page) {
  if (!page) return fail(page.error());
  std::vector<std::uint64_t> seqs;
  for (const auto& message : page->messages)
    if (!message->is_deleted() && author_.is_of(*message)) seqs.push_back(message->seq);
  if (!page->messages.empty()) after_ = page->messages.back()->seq;
  if (!seqs.empty()) return drop(std::move(seqs), page->more);
  // An engine may answer within the call: a step at a time, so that none nests in the one before.
  hub_.in_flight().after_all(
      [self = shared_from_this(), more = page->more] { more ? self->read() : self->next_place(); });
}

void Erasing::drop(std::vector<std::uint64_t> seqs, bool more) {
  auto change = std::make_shared<const journal::ChangeRecord>(
      journal::ChangeRecord{.what = protocol::Change::What::deleted,
                            .seqs = std::move(seqs),
                            .by = answer_.session().name().shown,
                            .at = hub_.now().wall});
  hub_.in_flight().append({.room = place_, .change = std::move(change)}, {},
                          [self = shared_from_this(), more](const auto& recorded) {
                            if (!recorded) return self->fail(not_stored());
                            more ? self->read() : self->next_place();
                          });
}

void Erasing::fail(const protocol::Error& why) {
  silences_.clear();
  auto answer = std::move(answer_);
  if (answer.is_wanted()) answer.fail(why);
}

}  // namespace hubbub::chat
