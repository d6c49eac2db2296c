#pragma once

#include <boost/intrusive/set.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/name.hpp"
#include "server/chat/directory.hpp"
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
  static void remove(Person& person) { person.LookHook::unlink(); }
  /// Whether find() would take one for the other.
  static bool are_alike(const protocol::Name& a, const protocol::Name& b);

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

/// The directory of a daemon that is alone. It answers at once, before the call returns; only what becomes of
/// a private message is known when the recipient's connection has taken it (PrivateMessages).
class LocalDirectory final : public Directory {
 public:
  void claim(const PersonPtr& person, std::optional<protocol::Name> name, ClaimHandler handler) override;
  void bear(Person& person, const protocol::Name& name) override;
  void give_back(const Person& person, const protocol::Name& name) override;
  void release(Person& person) override;
  void find(const protocol::Name& name, FindHandler handler) override;
  void names(const std::string& after, std::size_t limit, NamesHandler handler) override;
  void tell(const protocol::Name& to, protocol::Message message, TellHandler handler) override;

 private:
  struct Key {
    using type = std::string_view;  // NOLINT(readability-identifier-naming): Boost.Intrusive asks for it
    std::string_view operator()(const Person& person) const { return person.name().key; }
  };
  /// A name may not change while its person is in here.
  using Borne =
      boost::intrusive::set<Person, boost::intrusive::base_hook<NameHook>,
                            boost::intrusive::key_of_value<Key>, boost::intrusive::constant_time_size<false>>;
  struct Held {
    const Person* person;
    protocol::Name name;
  };
  struct Holder {
    const protocol::Name* name = nullptr;
    Person* bearer = nullptr;  ///< null: it is held for somebody who has yet to bear it
  };

  Holder holder(const Person& person, const protocol::Name& name);
  protocol::Name free_guest_name(const Person& guest);

  Borne borne_;
  std::size_t count_ = 0;  ///< of borne_, which would have to count
  LookAlikes look_alikes_;
  std::vector<Held> held_;  ///< an entry for each Claim
  std::uint64_t guests_ = 0;
};

}  // namespace hubbub::chat
