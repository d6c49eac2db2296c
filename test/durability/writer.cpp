#include "test/durability/writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hubbub::durability {

Writer::Writer(std::string name, std::vector<std::string> rooms, std::size_t window, std::uint64_t seed)
    : Peer(std::move(name)), rooms_(std::move(rooms)), window_(window), dice_(seed) {}

void Writer::say_more(std::size_t count) {
  unsaid_ += count;
  if (connected()) say_what_fits();
}

void Writer::on_connect() {
  for (const auto& room : rooms_) send({{"type", "join"}, {"room", room}, {"replay", 0}});
  for (const auto index : under_way_) say(said_[index]);
  said_again_ += under_way_.size();
  say_what_fits();
}

void Writer::on_event(const Event& event, std::string_view type) {
  if (type != "message") return;
  seen_[std::string(text_in(event, "room"))].push_back(sighting_of(event));
  if (text_in(event, "from") != name()) return;
  acknowledge(text_in(event, "id"));
  say_what_fits();
}

void Writer::say_what_fits() {
  while (unsaid_ > 0 && under_way_.size() < window_) {
    --unsaid_;
    under_way_.push_back(said_.size());
    said_.push_back(next());
    say(said_.back());
  }
}

void Writer::say(const Said& message) {
  send({{"type", "say"}, {"room", message.room}, {"text", message.text}, {"id", message.id}});
}

/// What comes back is nearly always the oldest that is under way.
void Writer::acknowledge(std::string_view id) {
  const auto found = std::ranges::find_if(under_way_, [&](auto index) { return said_[index].id == id; });
  if (found == under_way_.end()) return;
  said_[*found].acknowledged = true;
  under_way_.erase(found);
}

/// Mostly in the room of the one before, mostly short, and in several scripts.
Said Writer::next() {
  constexpr std::array<std::string_view, 4> words{"hello", "привет", "你好", "\"so\" \\ he said\n"};
  constexpr std::size_t longest = 3500;
  const std::string number = std::to_string(said_.size() + 1);
  const bool stay = !said_.empty() && dice_.below(8) != 0;
  std::string text(words.at(dice_.below(words.size())));
  text += " from " + name() + ", no. " + number;
  text.append(dice_.below(20) == 0 ? dice_.below(longest) : dice_.below(60), '.');
  return {.room = stay ? said_.back().room : rooms_[dice_.below(rooms_.size())],
          .id = name() + '-' + number,
          .text = std::move(text),
          .acknowledged = false};
}

}  // namespace hubbub::durability
