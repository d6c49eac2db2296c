#include "test/durability/reader.hpp"

#include <algorithm>
#include <utility>

namespace hubbub::durability {
namespace {

constexpr int page_size = 500;
constexpr std::chrono::milliseconds before_the_next_try{100};

std::vector<Sighting> sightings_of(const Event& event, std::string_view field) {
  std::vector<Sighting> messages;
  for (const auto& message : event.at(field).as_array()) messages.push_back(sighting_of(message.as_object()));
  return messages;
}

void append(std::vector<Sighting>& to, std::vector<Sighting> messages) {
  std::ranges::move(messages, std::back_inserter(to));
}

}  // namespace

Reader::Reader(std::string name, const std::vector<std::string>& rooms, Greeting greeting)
    : Peer(std::move(name), greeting) {
  for (const auto& room : rooms) seen_[room] = {};
}

bool Reader::is_behind() const { return !ahead_.empty(); }

void Reader::on_connect() {
  ahead_.clear();
  refused_.clear();
  outside_.clear();
  for (const auto& [room, messages] : seen_) {
    outside_.insert(room);
    join(room);
  }
}

void Reader::join(const std::string& room) {
  Event request{{"type", "join"}, {"room", room}, {"since", last(room)}, {"ref", "join " + room}};
  // Of one server that is killed the journal may be another one afterwards, which the judge is to see.
  if (is_patient() && epochs_.size() == 1) request["epoch"] = *epochs_.begin();
  send(request);
}

void Reader::tick(Clock::time_point now) {
  if (now < asks_again_) return;
  asks_again_ = now + before_the_next_try;
  for (const auto& room : std::exchange(refused_, {})) join(room);
}

void Reader::on_event(const Event& event, std::string_view type) {
  if (type == "joined") on_joined(event);
  if (type == "history") on_history(event);
  if (type == "message") on_message(event);
  if (type == "topic") note_topic(std::string(text_in(event, "room")), text_in(event, "text"));
  constexpr std::string_view of_join = "join ";
  const auto ref = text_in(event, "ref");
  if (type == "error" && ref.starts_with(of_join)) refused_.emplace(ref.substr(of_join.size()));
}

void Reader::note_topic(const std::string& room, std::string_view topic) {
  const auto known = topics_.find(room);
  if (known == topics_.end() ? !topic.empty() : known->second.back() != topic)
    topics_[room].emplace_back(topic);
}

void Reader::on_joined(const Event& event) {
  const std::string room(text_in(event, "room"));
  outside_.erase(room);
  epochs_.emplace(text_in(event, "epoch"));
  note_topic(room, text_in(event, "topic"));
  auto history = sightings_of(event, "history");
  for (const auto& message : history) on_seen(message);
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
  for (const auto& message : messages) on_seen(message);
  append(seen, std::move(messages));
  if (!reached) return page(room);
  append(seen, std::move(ahead));
  ahead_.erase(room);
}

void Reader::on_message(const Event& event) {
  const std::string room(text_in(event, "room"));
  const auto ahead = ahead_.find(room);
  auto& messages = ahead == ahead_.end() ? seen_[room] : ahead->second;
  auto message = sighting_of(event);
  const bool is_old = is_answer_alone(room, message, messages.empty() ? 0 : messages.back().seq);
  on_seen(message);
  if (!is_old) messages.push_back(std::move(message));
}

std::uint64_t Reader::last(const std::string& room) const {
  const auto& messages = seen_.at(room);
  return messages.empty() ? 0 : messages.back().seq;
}

void Reader::page(const std::string& room) {
  send({{"type", "history"}, {"room", room}, {"after", last(room)}, {"limit", page_size}});
}

}  // namespace hubbub::durability
