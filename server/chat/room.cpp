#include "server/chat/room.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace hubbub::chat {

using protocol::Event;
namespace event = protocol::event;

void Room::add(std::shared_ptr<Participant> member) {
  places_.emplace(member.get(), members_.size());
  joined_.push_back(member->name().shown);
  members_.push_back(std::move(member));
  presence_due_ = true;
}

void Room::remove(const Participant& member, std::string reason) {
  const auto found = places_.find(&member);
  if (found == places_.end()) return;
  const auto place = found->second;
  places_.erase(found);
  left_.push_back({.name = member.name().shown, .reason = std::move(reason)});
  presence_due_ = true;
  if (place + 1 < members_.size()) {
    members_[place] = std::move(members_.back());
    places_[members_[place].get()] = place;
  }
  members_.pop_back();
}

void Room::renamed(const std::string& old_name, const std::string& new_name) {
  std::replace(joined_.begin(), joined_.end(), old_name, new_name);
}

event::Members Room::names(const std::string& after, std::size_t limit) const {
  std::vector<const protocol::Name*> found;
  for (const auto& member : members_) {
    if (after.empty() || member->name().key > after) found.push_back(&member->name());
  }
  const auto by_key = [](const auto* a, const auto* b) { return a->key < b->key; };
  event::Members page{
      .room = name_.shown, .count = members_.size(), .names = {}, .more = found.size() > limit};
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(limit, found.size()));
  std::partial_sort(found.begin(), end, found.end(), by_key);
  std::transform(found.begin(), end, std::back_inserter(page.names),
                 [](const auto* name) { return name->shown; });
  return page;
}

void Room::send(const Event& event, const Participant* except) {
  Rendered rendered(event);
  for (const auto& member : members_) {
    if (member.get() != except) member->deliver(rendered.in(member->format()));
  }
}

bool Room::gather(Delivery delivery) {
  const bool is_first = batch_.empty();
  if (!delivery.repeated) last_ = delivery.message->seq;
  if (delivery.sender != nullptr && (delivery.repeated || !delivery.ref.empty()))
    personal_.push_back(delivery.sender);
  batch_.push_back(std::move(delivery));
  return is_first;
}

/// A batch in one format: the text that all share, and where each message ends in it.
struct Room::Lines {
  const Format* format;
  Bytes text;
  std::vector<std::size_t> ends;
};

Room::Lines Room::render_batch(const Format& format) const {
  std::string text;
  std::vector<std::size_t> ends;
  ends.reserve(batch_.size());
  for (const auto& delivery : batch_) {
    if (!delivery.repeated) format.render(*delivery.message, {}, text);
    ends.push_back(text.size());
  }
  return {&format, std::make_shared<const std::string>(std::move(text)), std::move(ends)};
}

// The same lines in the same order, but with what is for this member alone: its refs, and the
// originals of what it has said again.
Bytes Room::personal_copy(const Participant& member, const Lines& lines) const {
  std::string text;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    const auto& delivery = batch_[i];
    if (delivery.sender == &member && (delivery.repeated || !delivery.ref.empty())) {
      lines.format->render(*delivery.message, delivery.ref, text);
    } else {
      text += std::string_view(*lines.text).substr(begin, lines.ends[i] - begin);
    }
    begin = lines.ends[i];
  }
  return std::make_shared<const std::string>(std::move(text));
}

void Room::deliver() {
  std::vector<Lines> formats;
  const auto lines_in = [&](const Format& format) -> const Lines& {
    for (const auto& lines : formats) {
      if (lines.format == &format) return lines;
    }
    return formats.emplace_back(render_batch(format));
  };
  for (const auto& member : members_) {
    const auto& lines = lines_in(member->format());
    const bool is_personal =
        !personal_.empty() && std::find(personal_.begin(), personal_.end(), member.get()) != personal_.end();
    if (is_personal) {
      member->deliver(personal_copy(*member, lines));
    } else if (!lines.text->empty()) {
      member->deliver(lines.text);
    }
  }
  batch_.clear();
  personal_.clear();
}

bool Room::tell_presence(std::size_t limit, Time now) {
  event::Presence presence{.room = name_.shown, .count = members_.size(), .joined = {}, .left = {}};
  const auto most = std::max(members_.size(), joined_.size() + left_.size());
  if (limit == 0 || most <= limit) {
    presence.joined.swap(joined_);
    presence.left.swap(left_);
  } else {
    joined_.clear();
    left_.clear();
    if (now - counted_ < std::chrono::seconds{1}) return false;
    counted_ = now;
  }
  presence_due_ = false;
  send({.body = std::move(presence), .ref = {}});
  return true;
}

}  // namespace hubbub::chat
