#include "test/durability/rival.hpp"

#include <algorithm>
#include <utility>

namespace hubbub::durability {
namespace {

constexpr std::chrono::milliseconds between_words{40};

}  // namespace

Rival::Rival(const std::string& name, std::string own, std::vector<std::string> rooms, std::uint64_t seed)
    : Peer(name, Greeting::patient), own_(std::move(own)), rooms_(std::move(rooms)), dice_(seed) {}

void Rival::talk(bool wanted, std::string label) {
  talks_ = wanted;
  label_ = std::move(label);
}

void Rival::on_connect() {
  is_in_ = false;
  tenure_ = own_ + '-' + label_ + '-' + std::to_string(++tenures_);
  for (const auto& room : rooms_) send({{"type", "join"}, {"room", room}, {"replay", 0}, {"ref", room}});
}

void Rival::tick(Clock::time_point now) {
  if (!talks_ || !is_in_ || now < next_) return;
  next_ = now + between_words;
  const auto id = tenure_ + '-' + std::to_string(said_.size());
  said_.push_back({.room = rooms_[dice_.below(rooms_.size())],
                   .id = id,
                   .text = "it is me, " + id,
                   .unordered = true,
                   .tenure = tenure_});
  send({{"type", "say"}, {"room", said_.back().room}, {"text", said_.back().text}, {"id", id}});
}

void Rival::on_event(const Event& event, std::string_view type) {
  if (type == "joined" && text_in(event, "ref") == rooms_.back()) is_in_ = true;
  // Where a room could not be joined it is silent until it comes back.
  if (type == "error" && !text_in(event, "ref").empty()) is_in_ = false;
  const auto id = text_in(event, "id");
  if (!id.starts_with(tenure_ + '-')) return;
  const auto said = std::ranges::find(said_.rbegin(), said_.rend(), id, &Said::id);
  if (said == said_.rend()) return;
  if (type == "error") said->refused = true;
  if (type != "message") return;
  said->acknowledged = true;
  seen_[std::string(text_in(event, "room"))].push_back(sighting_of(event));
}

}  // namespace hubbub::durability
