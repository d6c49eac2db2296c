#include "test/durability/talker.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hubbub::durability {
namespace {

constexpr std::chrono::milliseconds before_it_is_said_again{200};

// What it does instead of saying something, one time in so many.
constexpr std::size_t topic_one_in = 30;
constexpr std::size_t rename_one_in = 20;

}  // namespace

Talker::Talker(const std::string& name, TalkerOptions options, Pulse& pulse)
    : Reader(name, options.rooms, Greeting::patient),
      name_at_first_(name),
      options_(std::move(options)),
      pulse_(pulse),
      dice_(options_.seed) {}

void Talker::talk(bool wanted, std::string label) {
  talks_ = wanted;
  label_ = std::move(label);
}

/// Of a new name that was asked for it is not known whether it was given: both are this one's.
void Talker::on_connect() {
  is_settled_ = false;
  renaming_.clear();
  topics_under_way_ = 0;
  Reader::on_connect();
}

void Talker::tick(Clock::time_point now) {
  Reader::tick(now);
  if (!is_in() || is_behind()) return;
  if (!std::exchange(is_settled_, true)) {
    for (const auto index : under_way_) say(all_[index]);
    said_again_ += under_way_.size();
  }
  say_again_what_was_refused(now);
  if (talks_ && now >= next_) act(now);
}

void Talker::act(Clock::time_point now) {
  if (!renaming_.empty() || under_way_.size() >= options_.window) return;
  next_ = now + options_.pace;
  if (dice_.one_in(topic_one_in)) {
    const auto text = "topic " + std::to_string(++topics_set_) + " of " + name_at_first_ + ' ' + label_;
    ++topics_under_way_;
    return send({{"type", "topic"},
                 {"room", options_.rooms[dice_.below(options_.rooms.size())]},
                 {"text", text},
                 {"ref", "topic"}});
  }
  if (dice_.one_in(rename_one_in) && is_done()) return take_other_name();
  say_something(now);
}

void Talker::fill_window() {
  if (!is_settled_ || !connected() || !welcomed() || !renaming_.empty()) return;
  while (under_way_.size() < options_.window) say_something(Clock::now());
  turn();
}

void Talker::take_other_name() {
  renaming_ = name() == name_at_first_ ? name_at_first_ + "-b" : name_at_first_;
  send({{"type", "rename"}, {"name", renaming_}, {"ref", "rename"}});
}

/// Mostly in the room of the one before, mostly short, and in several scripts.
void Talker::say_something(Clock::time_point now) {
  constexpr std::array<std::string_view, 4> phrases{"hello", "привет", "你好", "\"so\" \\ he said\n"};
  constexpr std::size_t longest = 3500;
  const bool stay = !all_.empty() && !dice_.one_in(8);
  auto id = name_at_first_ + '-' + label_ + '-' + std::to_string(all_.size());
  std::string text(phrases.at(dice_.below(phrases.size())));
  text += ", no. " + id;
  text.append(dice_.one_in(20) ? dice_.below(longest) : dice_.below(60), '.');
  by_id_.emplace(id, all_.size());
  under_way_.push_back(all_.size());
  all_.push_back(
      {.sender = name(),
       .said = {.room = stay ? all_.back().said.room : options_.rooms[dice_.below(options_.rooms.size())],
                .id = std::move(id),
                .text = std::move(text)},
       .order = ++orders_,
       .since = now});
  say(all_.back());
}

void Talker::say(Message& message) {
  ++message.sent;
  send({{"type", "say"},
        {"room", message.said.room},
        {"text", message.said.text},
        {"id", message.said.id},
        {"ref", "say"}});
}

void Talker::on_event(const Event& event, std::string_view type) {
  Reader::on_event(event, type);
  const auto ref = text_in(event, "ref");
  if (type == "error" && ref == "say") on_refused(text_in(event, "id"));
  if (ref == "rename") on_renamed(event);
  if (ref == "topic") --topics_under_way_;
}

void Talker::on_renamed(const Event& event) {
  if (text_in(event, "type") == "renamed") set_name(std::string(text_in(event, "new")));
  renaming_.clear();
}

void Talker::on_seen(const Sighting& message) {
  const auto known = by_id_.find(message.id);
  if (known == by_id_.end()) return;
  auto& own = all_[known->second];
  const auto found = std::ranges::find(under_way_, known->second);
  if (found == under_way_.end()) return;
  under_way_.erase(found);
  own.said.acknowledged = true;
  pulse_.beat(own.since, Clock::now());
}

/// It was sent again, and had come before, or is about to be read as history.
bool Talker::is_answer_alone(const std::string& room, const Sighting& message, std::uint64_t newest) {
  const auto known = by_id_.find(message.id);
  if (known == by_id_.end() || message.seq > newest || all_[known->second].sent < 2) return false;
  told_[room].push_back(message);
  return true;
}

/// Where every time that it was sent was answered so it is stored nowhere, and may be given up.
void Talker::on_refused(std::string_view id) {
  const auto index = by_id_.at(std::string(id));
  auto& message = all_[index];
  ++refusals_;
  ++message.refused;
  const auto found = std::ranges::find(under_way_, index);
  if (found == under_way_.end()) return;
  under_way_.erase(found);
  const bool is_nowhere = message.refused == message.sent;
  if (!is_nowhere) message.said.unordered = true;
  if (is_nowhere && dice_.one_in(3)) {
    message.said.refused = true;
  } else {
    again_.push_back({index, Clock::now() + before_it_is_said_again});
  }
}

void Talker::say_again_what_was_refused(Clock::time_point now) {
  while (!again_.empty() && again_.front().due <= now) {
    const auto index = again_.front().index;
    again_.pop_front();
    auto& message = all_[index];
    message.order = ++orders_;
    under_way_.push_back(index);
    ++said_again_;
    say(message);
  }
}

std::map<std::string, std::vector<Said>> Talker::said() const {
  std::vector<const Message*> in_order;
  for (const auto& message : all_) in_order.push_back(&message);
  std::ranges::sort(in_order, {}, &Message::order);
  std::map<std::string, std::vector<Said>> by_name;
  for (const auto* const message : in_order) by_name[message->sender].push_back(message->said);
  return by_name;
}

std::optional<Clock::time_point> Talker::waits_since() const {
  if (under_way_.empty()) return std::nullopt;
  const auto since = [this](std::size_t index) { return all_[index].since; };
  return since(*std::ranges::min_element(under_way_, {}, since));
}

std::string Talker::what_is_waited_for() const {
  std::string text = name();
  if (!connected()) return text + " is not connected";
  if (!welcomed()) return text + " is not welcome";
  if (!is_in()) text += " is not in all rooms,";
  if (is_behind()) text += " reads history,";
  if (topics_under_way_ > 0) text += " waits for topics,";
  if (!renaming_.empty()) text += " wants to be " + renaming_ + ',';
  for (const auto index : under_way_) text += ' ' + all_[index].said.id;
  return text + " under way, " + std::to_string(again_.size()) + " to be said again";
}

}  // namespace hubbub::durability
