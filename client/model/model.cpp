#include "client/model/model.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::same_name;

using Strings = std::vector<std::string>;
namespace event = protocol::event;

namespace {

/// Collects names, each once, without the reader's own.
class Names {
 public:
  explicit Names(const std::string& me) : me_(me) {}

  void add(const Strings& names) {
    for (const std::string& name : names) {
      if (name != me_ && given_.insert(name).second) names_.push_back(name);
    }
  }
  Strings result() { return std::move(names_); }

 private:
  const std::string& me_;
  std::set<std::string> given_;
  Strings names_;
};

/// Replaces the names of one list in a set by those of another.
void change(NameSet& set, const Strings& out, const Strings& in) {
  if (out == in) return;
  for (const std::string& name : out) set.remove(name);
  for (const std::string& name : in) set.add(name);
}

}  // namespace

Model::Model(Preferences preferences) { prefer(std::move(preferences)); }

void Model::prefer(Preferences preferences) {
  // Only the difference to the old preferences: typed changes (/ignore, /mute) survive when another setting
  // changes.
  change(ignored_, preferences_.ignore, preferences.ignore);
  change(muted_, preferences_.mute, preferences.mute);
  preferences_ = std::move(preferences);
  find_words();
}

/// The words that count as mentions: the reader's name and the highlighted words.
void Model::find_words() {
  Strings words = preferences_.highlight;
  if (!me_.empty()) words.push_back(me_);
  words_ = Mentions(words);
}

bool Model::unignore(std::string_view name) {
  const bool shunned = shunned_.remove(name);
  return ignored_.remove(name) || shunned;
}

std::optional<std::vector<Item>> Model::turn_to(std::string_view room, Timestamp now, std::size_t context) {
  Room* found = entered(room);
  if (found == nullptr) return std::nullopt;
  going_to_.clear();
  std::vector<Item> items;
  if (is_current(*found)) return items;
  look_at(*found);
  items.push_back({now, Heading{found->name(), found->topic()}});
  std::ranges::move(found->take_unread(context, now), std::back_inserter(items));
  return items;
}

void Model::look_at(const Room& room) {
  current_ = room.name();
  std::erase(trail_, current_);
  trail_.push_back(current_);
  doorway_.clear();
  marked_ = false;
  look_on();
}

const Room* Model::find(std::string_view room) const {
  // The server always spells a name the same way; people do not.
  auto found = std::ranges::find(rooms_, room, &Room::name);
  if (found == rooms_.end())
    found = std::ranges::find_if(rooms_, [&](const Room& r) { return r.is_called(room); });
  return found == rooms_.end() ? nullptr : &*found;
}

Room* Model::entered(std::string_view room) { return const_cast<Room*>(std::as_const(*this).find(room)); }

std::string Model::room_at(std::size_t number) const {
  const auto found = std::ranges::find(rooms_, number, &Room::number);
  return found == rooms_.end() ? std::string() : found->name();
}

std::string Model::room_beside(int steps) const {
  const auto here = std::ranges::find(rooms_, current_, &Room::name);
  if (here == rooms_.end()) return {};
  const auto count = static_cast<std::ptrdiff_t>(rooms_.size());
  const std::ptrdiff_t there = ((here - rooms_.begin() + steps) % count + count) % count;
  return rooms_[static_cast<std::size_t>(there)].name();
}

std::string Model::most_urgent() const {
  const auto urgency = [this](const Room& room) {
    const int rank = mutes(room.name()) ? 2 : room.mentions() > 0 ? 0 : 1;
    return std::tuple(rank, room.unread_since());
  };
  const Room* first = nullptr;
  for (const Room& room : rooms_) {
    const std::size_t waiting = mutes(room.name()) ? room.mentions() : room.unread();
    if (waiting == 0 || is_current(room)) continue;
    if (first == nullptr || urgency(room) < urgency(*first)) first = &room;
  }
  return first == nullptr ? std::string() : first->name();
}

std::vector<Glance> Model::glance() const {
  std::vector<Glance> rooms;
  rooms.reserve(rooms_.size());
  for (const Room& room : rooms_) {
    rooms.push_back({.name = room.name(),
                     .number = room.number(),
                     .unread = room.unread(),
                     .mentions = room.mentions(),
                     .muted = mutes(room.name()),
                     .current = is_current(room)});
  }
  return rooms;
}

Strings Model::people() const {
  Names names(me_);
  if (const Room* room = find(current_)) names.add(room->people());
  names.add(correspondents_);
  for (const Room& room : rooms_) names.add(room.people());
  return names.result();
}

Strings Model::people_to_write_to() const {
  Names names(me_);
  names.add(correspondents_);
  names.add(people());
  return names.result();
}

std::vector<Item> Model::hits(const event::History& history, const protocol::request::History& asked,
                              std::size_t first) const {
  std::istringstream words(asked.search.value_or(""));
  const Strings wanted(std::istream_iterator<std::string>(words), {});
  const Mentions finder(wanted, Mentions::Purpose::search);
  std::vector<Item> items;
  for (const protocol::MessagePtr& message : history.messages) {
    // An older server ignores `from`.
    const bool is_other = asked.from && !same_name(message->from, *asked.from);
    if (is_other || ignores(message->from)) continue;
    items.push_back({message->time, Hit{{message, finder.find(message->text), false}}});
  }
  for (std::size_t at = 0; at < items.size(); ++at)
    std::get<Hit>(items[at].what).number = first + items.size() - 1 - at;
  return items;
}

/// The new room gets the lowest free number; the other rooms keep theirs.
Room& Model::add_room(Room room) {
  std::size_t number = 1;
  auto place = rooms_.begin();
  for (; place != rooms_.end() && place->number() == number; ++place) ++number;
  room.set_number(number);
  return *rooms_.insert(place, std::move(room));
}

// ---- what has been read

/// What is in the current room has been read.
void Model::look_on() {
  if (const Room* room = find(current_)) marks_.look(room->name(), room->newest());
}

std::optional<protocol::request::Read> Model::next_read() {
  return is_logged_in() ? marks_.next() : std::nullopt;
}

/// An empty account: a guest.
void Model::belong_to(const std::string& account) {
  if (account == account_) return;
  account_ = account;
  marks_.clear();
  // The conversations of another account are others.
  if (!account.empty() && account != last_account_ && !std::exchange(last_account_, account).empty())
    forget_numbers(true);
  look_on();
}

void Model::forget_numbers(bool only_private) {
  for (Room& room : rooms_) {
    if (!only_private || room.is_private()) room.forget_numbers();
  }
  for (Whisper& whisper : whispers_) whisper.said = without_number(std::move(whisper.said));
}

/// With another epoch the numbers of messages mean others than before.
void Model::number_anew(const std::string& epoch) {
  if (epoch.empty() || epoch == epoch_) return;
  if (std::exchange(epoch_, epoch).empty()) return;
  marks_.clear();
  forget_numbers(false);
}

}  // namespace hubbub::client
