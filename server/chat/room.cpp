#include "server/chat/room.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "protocol/limits.hpp"

namespace hubbub::chat {

using protocol::Event;
namespace event = protocol::event;

namespace {

/// Of a message, rendered: what its line holds besides its fields, and those; escapes come on top.
std::size_t expected_size(const protocol::Message& message) {
  constexpr std::size_t frame = 120;
  return frame + message.room.size() + message.from.size() + message.text.size() + message.id.size();
}

}  // namespace

// --- who is there

void Room::admit(const Participant& joiner) {
  const auto found =
      std::find_if(joining_.begin(), joining_.end(), [&](const auto& one) { return one.get() == &joiner; });
  presence_.came(joiner.name());
  places_.emplace(joiner.name().key, members_.size());
  members_.push_back(std::move(*found));
  joining_.erase(found);
}

void Room::remove(const Participant& member, std::string reason) {
  std::erase_if(joining_, [&](const auto& one) { return one.get() == &member; });
  const auto found = places_.find(member.name().key);
  if (found == places_.end() || members_[found->second].get() != &member) return;
  presence_.went(member.name(), std::move(reason));
  const auto place = found->second;
  places_.erase(found);
  if (place + 1 < members_.size()) {
    members_[place] = std::move(members_.back());
    places_[members_[place]->name().key] = place;
  }
  members_.pop_back();
}

void Room::renaming(const Participant& member) {
  const auto found = places_.find(member.name().key);
  renaming_ = found->second;
  places_.erase(found);
}

void Room::renamed(const Participant& member, const protocol::Name& before) {
  places_.emplace(member.name().key, renaming_);
  presence_.renamed(before, member.name());
}

event::Members Room::names(const std::string& after, std::size_t limit, const Participant* to) {
  presence_.shown(to == nullptr ? nullptr : &to->name());
  event::Members page{.room = name_.shown, .count = members_.size(), .names = {}, .more = false};
  for (auto next = places_.upper_bound(after); next != places_.end(); ++next) {
    if (page.names.size() == limit) {
      page.more = true;
      break;
    }
    page.names.push_back(members_[next->second]->name().shown);
  }
  return page;
}

event::Joined Room::standing(std::uint64_t last, const Participant* to) {
  return {.room = name_.shown,
          .topic = std::string(topic()),
          .count = size(),
          .members = names({}, protocol::page_names, to).names,
          .last = last,
          .epoch = std::string(epoch_),
          .history = {},
          .complete = true};
}

Event Room::state(bool complete) {
  auto joined = standing(delivered_);
  joined.complete = complete;
  return {.body = std::move(joined), .ref = {}};
}

Presence::Names Room::members_by_key() const {
  Presence::Names names;
  for (const auto& [key, place] : places_) names.emplace(key, members_[place]->name().shown);
  return names;
}

bool Room::tell_presence(const Presence::Moment& moment) {
  if (!presence_.is_due()) return true;
  const auto told = presence_.tell(
      name_.shown, size(), [this] { return members_by_key(); }, moment);
  for (const auto& presence : told) tell_members({.body = presence, .ref = {}});
  const bool is_done = !presence_.is_due();
  if (is_done && !presence_.is_large() && presence_.has_lost_track()) tell_members(state(true));
  return is_done;
}

void Room::tell_members(const Event& event) const {
  Rendered rendered(event);
  for_each_member([&](Participant& member) { member.share(rendered.in(member.format()), this); });
}

// --- what is said

void Room::send(const Event& event, const Participant* except) const {
  Rendered rendered(event);
  for_each([&](Participant& member) {
    if (&member != except) member.share(rendered.in(member.format()), this);
  });
}

bool Room::gather(Said said) {
  if (!said.repeated) last_ = said.message->seq;
  if (said.sender != nullptr && (said.repeated || said.is_own || !said.ref.empty())) {
    personal_[said.sender].push_back(batch_.size());
  }
  batch_.push_back(std::move(said));
  return batch_.size() == 1;
}

/// A batch in one format: the text that all share, and where each message ends in it.
struct Room::Lines {
  const Format* format;
  Bytes text;
  std::vector<std::size_t> ends;
};

// Lines may wait for slow readers for a long time: they should not take much more memory than they are long.
Room::Lines Room::render_batch(const Format& format) const {
  std::string text;
  std::size_t expected = 0;
  for (const auto& said : batch_) expected += expected_size(*said.message);
  text.reserve(expected);
  std::vector<std::size_t> ends;
  ends.reserve(batch_.size());
  for (const auto& said : batch_) {
    if (!said.repeated) format.render(*said.message, {}, text);
    ends.push_back(text.size());
  }
  return {&format, protocol::make_bytes(std::move(text)), std::move(ends)};
}

/// The seq of what is stored before that place of the batch.
std::uint64_t Room::seq_before(std::size_t place) const {
  while (place-- > 0) {
    if (!batch_[place].repeated) return batch_[place].message->seq;
  }
  return delivered_;
}

// The same lines in the same order, but with what is for this member alone in its place: its refs, and
// the originals of what it has said again. What lies between is shared with everybody else.
void Room::deliver_personally(Participant& member, const Lines& lines, const Own& own) const {
  std::size_t begin = 0;
  const auto share_until = [&](std::size_t end) {
    if (end > begin) member.share(Slice(lines.text, begin, end), this);
  };
  for (const auto i : own) {
    share_until(i == 0 ? 0 : lines.ends[i - 1]);
    const auto& said = batch_[i];
    std::string line;
    lines.format->render(*said.message, said.ref, line);
    const Place place = said.repeated ? Place{.room = this, .seq = seq_before(i)}
                                      : Place{.room = this, .seq = said.message->seq, .instead = true};
    member.own(protocol::make_bytes(std::move(line)), place);
    begin = lines.ends[i];
  }
  share_until(lines.text->text.size());
}

void Room::deliver() {
  if (batch_.empty()) return;
  std::vector<Lines> formats;
  const auto lines_in = [&](const Format& format) -> const Lines& {
    for (const auto& lines : formats) {
      if (lines.format == &format) return lines;
    }
    return formats.emplace_back(render_batch(format));
  };
  for_each([&](Participant& member) {
    const auto& lines = lines_in(member.format());
    const auto own = personal_.empty() ? personal_.end() : personal_.find(&member);
    if (own != personal_.end()) {
      deliver_personally(member, lines, own->second);
    } else if (!lines.text->text.empty()) {
      member.share(lines.text, this);
    }
  });
  delivered_ = last_;
  batch_.clear();
  personal_.clear();
}

}  // namespace hubbub::chat
