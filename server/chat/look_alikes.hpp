#pragma once

#include <boost/intrusive/set.hpp>
#include <cstdint>
#include <string>

#include "protocol/name.hpp"
#include "server/chat/person.hpp"

namespace hubbub::chat {

/// The names that are held now, by what they look like, so that nobody can pass for somebody who is here: a
/// name that mixes the letters of scripts (protocol::mixes_alphabets) and another one that looks the same are
/// not held at once. Two names that are written in one script each may look alike, as сор in Cyrillic and cop
/// in Latin: both are what people are called.
///
/// Of a skeleton only a hash is kept. Those with the same hash are in the order of their skeletons, which are
/// made anew to compare them: whoever chooses names whose hashes meet costs a search its depth in skeletons,
/// half a microsecond each, and not their number.
class LookAlikes {
 public:
  /// Somebody other than the person who holds a name that looks like this one, where one of the two mixes
  /// alphabets; null: nobody. Whoever holds the very same name is not looked for.
  Person* find(const protocol::Name& name, const Person& but);
  /// The person holds its name from now on, and until remove(), before which the name may not change.
  void add(Person& person);
  static void remove(Person& person);

 private:
  /// What a name looks like, with its hash.
  struct Look {
    explicit Look(const protocol::Name& name);
    std::string skeleton;
    std::uint32_t hash;
  };
  struct Order {
    bool operator()(const Look& a, const Person& b) const;
    bool operator()(const Person& a, const Look& b) const;
  };
  /// Of the names that look alike those that mix alphabets are never more than one.
  using Held = boost::intrusive::multiset<Person, boost::intrusive::base_hook<LookHook>,
                                          boost::intrusive::compare<Order>,
                                          boost::intrusive::constant_time_size<false>>;
  static Person* find_in(Held& held, const Look& look, const Person& but);

  Held plain_;
  Held mixed_;
};

}  // namespace hubbub::chat
