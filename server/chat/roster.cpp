#include "server/chat/roster.hpp"

namespace hubbub::chat {

bool Roster::enter(const Person& person) {
  const auto [member, is_first] = members_.insert({.person = &person, .sessions = 0});
  // Another one may bear that name still, who is about to go.
  if (member->person != &person) return false;
  ++member->sessions;
  return is_first;
}

std::uint32_t Roster::sessions_of(const Person& person) const {
  const auto member = members_.find(std::string_view(person.name().key));
  return member == members_.end() || member->person != &person ? 0 : member->sessions;
}

bool Roster::leave(const Person& person) {
  const auto member = members_.find(std::string_view(person.name().key));
  if (member == members_.end() || member->person != &person || --member->sessions > 0) return false;
  members_.erase(member);
  return true;
}

Roster::Page Roster::names(const std::string& after, std::size_t limit) const {
  Page page;
  for (auto next = members_.upper_bound(std::string_view(after)); next != members_.end(); ++next) {
    if (page.names.size() == limit) {
      page.more = true;
      break;
    }
    page.names.push_back(next->person->name().shown);
  }
  return page;
}

Roster::Names Roster::names_by_key() const {
  Names names;
  for (const auto& member : members_) names.emplace(member.person->name().key, member.person->name().shown);
  return names;
}

Roster::Members::node_type Roster::take_out(const Person& person) {
  const auto member = members_.find(std::string_view(person.name().key));
  return member == members_.end() || member->person != &person ? Members::node_type()
                                                               : members_.extract(member);
}

}  // namespace hubbub::chat
