#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/name.hpp"

namespace hubbub::chat::random {

/// What a client knows that applies what it is given, event after event, and remembers it over connections.
/// Throws std::runtime_error where it is given what contradicts what it was given before.
class Follower {
 public:
  struct Place {
    bool is_in = false;
    std::uint64_t last = 0;                      ///< up to there it has everything since `base`
    std::uint64_t base = 0;                      ///< from there on it has everything
    std::map<std::uint64_t, std::string> texts;  ///< by number; of what is deleted: none
  };

  /// A `join` was sent; with `since`: it goes on from what it has.
  void joins(const std::string& room, bool goes_on) { goes_on_[room] = goes_on; }
  /// The connection has ended.
  void cut() {
    for (auto& [room, place] : places_) place.is_in = false;
    has_ended_ = false;
  }
  void take(const protocol::Event& event) {
    require(!has_ended_, "something comes behind bye");
    is_answer_ = !event.ref.empty();
    std::visit(*this, event.body);
  }

  const std::map<std::string, Place>& places() const { return places_; }
  std::uint64_t last(const std::string& room) const {
    const auto found = places_.find(room);
    return found == places_.end() ? 0 : found->second.last;
  }
  const std::string& name() const { return name_; }
  bool has_ended() const { return has_ended_; }

  void operator()(const protocol::MessagePtr& message) {
    if (message->room.empty()) return;
    auto& place = place_of(message->room);
    rises(place, message->seq);
    keep(place, *message);
  }
  void operator()(const protocol::event::Edited& edited) {
    auto& place = place_of(edited.room);
    rises(place, edited.change);
    apply(place, edited);
  }
  void operator()(const protocol::event::Deleted& deleted) {
    auto& place = place_of(deleted.room);
    rises(place, deleted.change);
    apply(place, deleted);
  }
  void operator()(const protocol::event::Joined& joined) {
    auto& place = places_[joined.room];
    if (!is_answer_) {  // it was slow, and has caught up
      require(place.is_in, "told of a room that it has left");
      require(joined.complete, "a slow reader misses something");
      require(joined.last >= place.last, "joined is behind what has come");
      place.last = joined.last;
      return;
    }
    require(!place.is_in, "joined twice");
    const bool goes_on = goes_on_[joined.room] && joined.complete;
    place.is_in = true;
    if (!goes_on) {
      place.texts.clear();
      place.base = joined.history.empty() ? joined.last : joined.history.front()->seq - 1;
      place.last = place.base;
    }
    for (const auto& change : joined.changes) {
      require(goes_on || joined.history.empty(), "changes for one who has nothing");
      std::visit([&](const auto& one) { apply(place, one); }, change);
    }
    for (const auto& message : joined.history) {
      rises(place, message->seq);
      keep(place, *message);
    }
    require(joined.last >= place.last, "joined is behind its history");
    place.last = joined.last;
  }
  void operator()(const protocol::event::Left& left) { places_[left.room].is_in = false; }
  void operator()(const protocol::event::Kicked& kicked) {
    if (kicked.you || protocol::same_name(kicked.name, name_)) places_[kicked.room].is_in = false;
  }
  void operator()(const protocol::event::Closed& closed) { places_[closed.room].is_in = false; }
  void operator()(const protocol::event::Welcome& welcome) { name_ = welcome.name; }
  void operator()(const protocol::event::Renamed& renamed) {
    if (protocol::same_name(renamed.old_name, name_)) name_ = renamed.new_name;
  }
  void operator()(const protocol::event::LoggedIn& logged_in) { name_ = logged_in.name; }
  void operator()(const protocol::event::LoggedOut& logged_out) { name_ = logged_out.name; }
  void operator()(const protocol::event::Bye& /*bye*/) { has_ended_ = true; }
  template <class Other>
  void operator()(const Other& /*other*/) {}

 private:
  static void require(bool holds, const std::string& why) {
    if (!holds) throw std::runtime_error(why);
  }
  Place& place_of(const std::string& room) {
    auto& place = places_[room];
    require(place.is_in, "given something of " + room + ", in which it is not");
    return place;
  }
  static void rises(Place& place, std::uint64_t number) {
    require(number > place.last, std::to_string(number) + " comes behind " + std::to_string(place.last));
    place.last = number;
  }
  static void keep(Place& place, const protocol::Message& message) {
    place.texts[message.seq] = message.is_deleted() ? std::string() : message.text;
  }
  static void apply(Place& place, const protocol::event::Edited& edited) {
    if (const auto known = place.texts.find(edited.seq); known != place.texts.end())
      known->second = edited.text;
  }
  static void apply(Place& place, const protocol::event::Deleted& deleted) {
    for (const auto seq : deleted.seqs)
      if (const auto known = place.texts.find(seq); known != place.texts.end()) known->second.clear();
  }

  std::map<std::string, Place> places_;  ///< by the room's name
  std::map<std::string, bool> goes_on_;
  std::string name_;
  bool is_answer_ = false;
  bool has_ended_ = false;
};

}  // namespace hubbub::chat::random
