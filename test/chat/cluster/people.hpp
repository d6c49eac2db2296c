#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "test/chat/cluster/nodes.hpp"

namespace hubbub::chat::cluster {

/// The rooms that people go into.
inline const std::vector<std::string> rooms{"tea", "den", "hall"};

/// What people do on the nodes, by chance: some of the names that they take are accounts'.
class People {
 public:
  explicit People(Nodes& nodes);

  void play(int steps);
  /// Whoever is left can come into a room, speak there, and is heard by all who are in it.
  void try_everybody();
  std::size_t said() const { return said_; }

  /// On one node somebody is forbidden to speak, and on another one he speaks at that moment: what was said
  /// to him in the end, and how many messages there are. `before`: what is asked for in the room by the one
  /// who forbids it.
  using Told = std::pair<std::string, std::size_t>;
  Told forbidden_while_speaking(const request::Any& forbid, const std::vector<request::Any>& before = {});
  /// An account is in a room on one node, and takes a name that is banned there on another one. Returns
  /// whether it is in the room before, and then.
  std::pair<bool, bool> takes_a_banned_name();
  /// A room in which nothing was said is closed, and on another node somebody comes in behind that, or has
  /// left it to come again. Returns who is in it then on all nodes, and what he is there.
  std::pair<Names, std::string> comes_into_a_closed_room(bool was_there);
  /// A room that has been closed is begun anew on two nodes at once. Returns who is in it then on all nodes,
  /// each with what it is there.
  Names begin_a_closed_room_at_once();
  /// A node stops while it is found out there that what somebody has said is to be looked at again, behind
  /// which he has said something else. Returns the names of those who are left.
  Names stops_while_somebody_speaks();

 private:
  void begin_accounts();
  Somebody& come(Node& node);
  void come_in(Somebody& somebody);
  void log_in_or_out(Somebody& somebody);
  /// By that token, or as a guest.
  Somebody& come_to_tea(Node& node, const std::string& token);
  void somebody_does_something(Node& node);
  void somebody_asks(Somebody& somebody);
  void somebody_changes(Somebody& somebody, const std::string& room);
  void somebody_rules(Somebody& somebody, const std::string& room);
  std::string text(char kind) { return kind + std::to_string(++texts_); }
  /// Mostly one in which he is.
  std::string some_room(const Somebody& somebody);
  std::string some_name() { return "n" + std::to_string(nodes_.dice().below(9)); }
  /// Mostly one of those who are there.
  std::string some_name_in(const Somebody& somebody, const std::string& room);
  void all_do(const std::function<void(Somebody&)>& ask);

  Nodes& nodes_;
  std::size_t said_ = 0;
  std::size_t texts_ = 0;
  std::size_t came_ = 0;
  std::vector<std::string> tokens_;  ///< of the accounts' devices, by account
  std::vector<std::uint64_t> account_numbers_;
};

}  // namespace hubbub::chat::cluster
