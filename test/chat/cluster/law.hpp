#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "server/chat/may.hpp"
#include "server/chat/ruling.hpp"
#include "test/chat/cluster/record.hpp"

namespace hubbub::chat::cluster {

/// What holds at a place of the log, as records of people and rulings make it, and nothing else.
class Law {
 public:
  /// Throws Wrong where somebody has said something who may not.
  void apply(std::uint64_t number, const journal::Committed& committed);

 private:
  struct Person {
    std::string name;  ///< its key
    std::uint64_t account = 0;
    std::map<std::string, Rank> rooms{};  ///< what it is there, besides the roles of accounts
    std::set<std::string> put_out{};      ///< of these rooms, and has not come again
  };
  using Key = std::pair<std::uint64_t, std::uint64_t>;  ///< epoch of the node, and number there
  struct Room {
    std::map<std::uint64_t, Ban> bans{};
    std::map<std::uint64_t, Rank> roles{};
    std::uint64_t owner = 0;
    /// Accounts that have run it as guests do. What one came by on one node it keeps as long as it is there
    /// by way of another one.
    std::set<std::uint64_t> ran{};
  };

  void come_again(const journal::PresenceRecord& record);
  void apply(const journal::PresenceRecord& record);
  void apply(const journal::presence::Named& named, const Key& key);
  void apply(const std::string& room, const journal::StateRecord& record);
  void all_left(const std::string& room);
  void give(Person& person, const std::string& room, std::uint64_t rank);
  void hear(const std::string& name, const protocol::Message& message) const;
  bool is_protected(const std::string& name, const protocol::Message& message) const;

  std::map<Key, Person> people_;
  std::map<std::string, Room> rooms_;
};

}  // namespace hubbub::chat::cluster
