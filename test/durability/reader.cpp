#include "test/durability/reader.hpp"

#include <algorithm>
#include <utility>

namespace hubbub::durability {
namespace {

constexpr int page_size = 500;

std::vector<Sighting> sightings_of(const Event& event, std::string_view field) {
  std::vector<Sighting> messages;
  for (const auto& message : event.at(field).as_array()) messages.push_back(sighting_of(message.as_object()));
  return messages;
}

void append(std::vector<Sighting>& to, std::vector<Sighting> messages) {
  std::ranges::move(messages, std::back_inserter(to));
}

}  // namespace

Reader::Reader(std::string name, const std::vector<std::string>& rooms) : Peer(std::move(name)) {
  for (const auto& room : rooms) seen_[room] = {};
}

bool Reader::is_behind() const { return !ahead_.empty(); }

void Reader::on_connect() {
  ahead_.clear();
  for (const auto& [room, messages] : seen_) {
    send({{"type", "join"}, {"room", room}, {"since", last(room)}});
  }
}

void Reader::on_event(const Event& event, std::string_view type) {
  if (type == "joined") on_joined(event);
  if (type == "history") on_history(event);
  if (type == "message") on_message(event);
}

void Reader::on_joined(const Event& event) {
  const std::string room(text_in(event, "room"));
  auto history = sightings_of(event, "history");
  if (event.at("complete").as_bool() || history.empty()) {
    append(seen_[room], std::move(history));
  } else {
    ahead_[room] = std::move(history);
    page(room);
  }
}

/// What the page has of the messages before those that are known already.
void Reader::on_history(const Event& event) {
  const std::string room(text_in(event, "room"));
  auto& ahead = ahead_.at(room);
  auto& seen = seen_[room];
  auto messages = sightings_of(event, "messages");
  const bool reached =
      event.at("complete").as_bool() || messages.empty() || messages.back().seq >= ahead.front().seq;
  std::erase_if(messages, [&](const auto& message) { return message.seq >= ahead.front().seq; });
  append(seen, std::move(messages));
  if (!reached) return page(room);
  append(seen, std::move(ahead));
  ahead_.erase(room);
}

void Reader::on_message(const Event& event) {
  const std::string room(text_in(event, "room"));
  const auto ahead = ahead_.find(room);
  (ahead == ahead_.end() ? seen_[room] : ahead->second).push_back(sighting_of(event));
}

std::uint64_t Reader::last(const std::string& room) const {
  const auto& messages = seen_.at(room);
  return messages.empty() ? 0 : messages.back().seq;
}

void Reader::page(const std::string& room) {
  send({{"type", "history"}, {"room", room}, {"after", last(room)}, {"limit", page_size}});
}

}  // namespace hubbub::durability
