#pragma once

#include <boost/container/set.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/name.hpp"
#include "server/chat/person.hpp"

namespace hubbub::chat {

/// The members of a room, in the order of the keys of their names. A member is a person, with as many
/// sessions as are in the room; sessions on other nodes count too, so a member need not be a participant
/// here.
class Roster {
 public:
  using Names = std::map<std::string, std::string, std::less<>>;  ///< as shown, by key
  /// What is known of a member in this room.
  struct Member {
    const Person* person;
    mutable std::uint32_t sessions;  ///< mutable: no part of the order
  };
  struct ByKey {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard library's name
    static std::string_view key(const Member& member) { return member.person->name().key; }
    static std::string_view key(std::string_view key) { return key; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return key(a) < key(b);
    }
  };
  using Members = boost::container::set<Member, ByKey>;

  /// One session more of that person is in the room. Whether it is the first. The person outlives its place
  /// here.
  bool enter(const Person& person);
  /// One session less. Whether it was the last. Nothing where the person is no member.
  bool leave(const Person& person);
  /// By how many sessions the person is here, where those on another node are one; 0: not.
  std::uint32_t sessions_of(const Person& person) const;
  std::size_t size() const { return members_.size(); }
  /// The member whose name has that key; null: there is none.
  const Person* find(std::string_view key) const {
    const auto member = members_.find(key);
    return member == members_.end() ? nullptr : member->person;
  }

  void each(const std::function<void(const Person& person)>& visit) const {
    for (const auto& member : members_) visit(*member.person);
  }

  struct Page {
    std::vector<std::string> names;  ///< as shown
    bool more = false;
  };
  /// The names after the one with the key `after`, at most `limit`.
  Page names(const std::string& after, std::size_t limit) const;
  Names names_by_key() const;

  /// Takes out the member whose name is about to change, until put_back(). Empty if the person is no member.
  Members::node_type take_out(const Person& person);
  void put_back(Members::node_type member) { members_.insert(std::move(member)); }

 private:
  Members members_;
};

}  // namespace hubbub::chat
