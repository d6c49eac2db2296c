#include "server/chat/presence.hpp"

#include <algorithm>
#include <iterator>

#include "protocol/limits.hpp"

namespace hubbub::chat {
namespace {

namespace event = protocol::event;
using protocol::Name;

constexpr std::chrono::seconds count_interval{1};
// Departures that are remembered of a large room: some hundred KiB at most.
constexpr std::size_t most_gone = 1000;

/// Lines with so few names each that they are never too long, the departures last.
class Pieces {
 public:
  Pieces(const std::string& room, std::size_t count) : room_(room), count_(count) {}

  void joined(const std::string& name) { piece().joined.push_back(name); }
  void left(event::Departure gone) { piece().left.push_back(std::move(gone)); }
  /// The names that follow go into a new line.
  void cut() { names_ = protocol::page_names; }
  std::vector<event::Presence> take() { return std::move(pieces_); }

 private:
  event::Presence& piece() {
    if (pieces_.empty() || names_ == protocol::page_names) {
      pieces_.push_back({.room = room_, .count = count_, .joined = {}, .left = {}});
      names_ = 0;
    }
    ++names_;
    return pieces_.back();
  }

  const std::string& room_;
  std::size_t count_;
  std::size_t names_ = 0;  ///< in the last piece
  std::vector<event::Presence> pieces_;
};

template <class List>
auto find_key(List& list, const std::string& key) {
  return std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.key == key; });
}

template <class List, class Place>
std::size_t index(const List& list, Place place) {
  return static_cast<std::size_t>(place - list.begin());
}

}  // namespace

bool Presence::clashes_with_coming(const Name& name) const {
  const auto gone = find_key(left_, name.key);
  return gone != left_.end() && (gone->departure.name != name.shown || index(left_, gone) < left_shown_);
}

bool Presence::clashes_with_going(const Name& name) const {
  const auto come = find_key(joined_, name.key);
  return come != joined_.end() && index(joined_, come) < joined_shown_;
}

bool Presence::is_coming(const Name& name) const { return find_key(joined_, name.key) != joined_.end(); }

void Presence::came(const Name& name) {
  due_ = true;
  const auto gone = find_key(left_, name.key);
  if (gone != left_.end()) {
    left_.erase(gone);  // back before anybody was told: nothing has changed for the others
  } else {
    joined_.push_back(name);
  }
}

void Presence::went(const Name& name, std::string reason) {
  due_ = true;
  const auto come = find_key(joined_, name.key);
  if (come != joined_.end()) {
    joined_.erase(come);
  } else {
    left_.push_back({.key = name.key, .departure = {.name = name.shown, .reason = std::move(reason)}});
  }
}

void Presence::renamed(const Name& from, const Name& to) {
  if (!large_) return;
  large_->gone.erase(to.key);
  if (large_->told.erase(from.key) > 0) large_->told.emplace(to.key, to.shown);
}

void Presence::shown(const Name* to) {
  const bool is_newest = to != nullptr && !joined_.empty() && joined_.back().key == to->key;
  joined_shown_ = std::max(joined_shown_, joined_.size() - (is_newest ? 1 : 0));
  left_shown_ = left_.size();
}

std::vector<event::Presence> Presence::tell(const std::string& room, std::size_t count,
                                            const std::function<Names()>& members, const Moment& moment) {
  joined_shown_ = left_shown_ = 0;
  if (moment.limit != 0 && count > moment.limit) {
    if (!large_) become_large(members(), moment.renames);
    note_gone();
    if (moment.now - counted_ < count_interval) return {};  // and it stays due
    counted_ = moment.now;
    due_ = false;
    return {{.room = room, .count = count, .joined = {}, .left = {}}};
  }
  due_ = false;
  if (large_) become_small(members(), moment.renames);
  const bool is_twice = std::any_of(left_.begin(), left_.end(), [this](const Gone& gone) {
    return find_key(joined_, gone.key) != joined_.end();
  });
  Pieces pieces(room, count);
  if (is_twice) {
    for (auto& gone : left_) pieces.left(std::move(gone.departure));
    left_.clear();
    pieces.cut();
  }
  for (const auto& name : std::exchange(joined_, {})) pieces.joined(name.shown);
  for (auto& gone : std::exchange(left_, {})) pieces.left(std::move(gone.departure));
  return pieces.take();
}

/// Notes what the members know: the present members, without the pending joins and departures.
void Presence::become_large(Names members, std::uint64_t renames) {
  for (const auto& name : joined_) members.erase(name.key);
  for (const auto& gone : left_) members.emplace(gone.key, gone.departure.name);
  large_ = std::make_unique<Large>(Large{.told = std::move(members), .gone = {}, .renames = renames});
}

void Presence::note_gone() {
  for (auto& [key, departure] : std::exchange(left_, {})) {
    if (large_->gone.size() < most_gone || large_->told.contains(key)) {
      large_->gone.insert_or_assign(std::move(key), std::move(departure));
    } else {
      lost_track_ = true;
    }
  }
  for (const auto& name : std::exchange(joined_, {})) {
    // In another spelling the person is a new name for the members: the departure of the old one is still
    // told.
    const auto gone = large_->gone.find(name.key);
    if (gone != large_->gone.end() && gone->second.name == name.shown) large_->gone.erase(gone);
    // A participant may have been shown the names in between: the join is told even if the name was known
    // before.
    large_->told.erase(name.key);
  }
}

/// Makes all that the members do not know pending.
void Presence::become_small(const Names& members, std::uint64_t renames) {
  note_gone();
  const auto large = std::exchange(large_, nullptr);
  if (!large->gone.empty() && renames != large->renames) lost_track_ = true;
  for (const auto& [key, shown] : members) {
    const auto told = large->told.find(key);
    if (told == large->told.end() || told->second != shown || large->gone.contains(key))
      joined_.push_back({.shown = shown, .key = key});
  }
  for (auto& [key, departure] : large->gone) left_.push_back({.key = key, .departure = std::move(departure)});
}

}  // namespace hubbub::chat
