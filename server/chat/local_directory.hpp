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

/// The names that are held now, by what they look like, so that no person can pass for another: a name that
/// mixes the letters of scripts (protocol::mixes_alphabets) and another one that looks the same are not held
/// at once. Two names that are written in one script each may look alike, as сор in Cyrillic and cop in
/// Latin: both are ordinary names.
///
/// Only a hash of each skeleton is kept. Names with the same hash are in the order of their skeletons, which
/// are made anew for each comparison: even if a client chooses names whose hashes collide, a search makes as
/// many skeletons as the tree is deep, half a microsecond each, not as many as there are names.
class LookAlikes {
 public:
  /// A person other than `but` who holds a name that looks like this one, where one of the two names mixes
  /// alphabets; null: none. A holder of the very same name is looked for elsewhere (LocalDirectory::holder).
  Person* find(const protocol::Name& name, const Person& but);
  /// All who hold a name that looks like this one.
  std::vector<PersonPtr> all(const protocol::Name& name);
  /// The person holds its name until remove(); until then the name must not change.
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
  /// Of names that look alike, at most one mixes alphabets.
  using Held = boost::intrusive::multiset<Person, boost::intrusive::base_hook<LookHook>,
                                          boost::intrusive::compare<Order>,
                                          boost::intrusive::constant_time_size<false>>;
  static Person* find_in(Held& held, const Look& look, const Person& but);

  Held plain_;
  Held mixed_;
};

/// The directory of a daemon that is alone. It answers before the call returns; only the outcome of a private
/// message comes later, when the recipient's connection has taken it (PrivateMessages).
class LocalDirectory : public Directory {
 public:
  void claim(const PersonPtr& person, std::optional<protocol::Name> name, std::uint64_t account,
             ClaimHandler handler) override;
  void bear(Person& person, const protocol::Name& name) override;
  void give_back(const Person& person, const protocol::Name& name, std::uint64_t grant) override;
  void release(Person& person, std::string_view reason) override;
  void find(const protocol::Name& name, FindHandler handler) override;
  void bearers(const protocol::Name& name, BearersHandler handler) override;
  std::uint64_t account_of(const protocol::Name& name) const override;
  void names(const std::string& after, std::size_t limit, NamesHandler handler) override;
  void tell(const protocol::Name& to, protocol::Message message, TellHandler handler) override;

 protected:
  struct Holder {
    const protocol::Name* name = nullptr;
    Person* bearer = nullptr;  ///< null: held for a person who does not bear it yet
  };
  Holder holder(const Person& person, const protocol::Name& name);
  protocol::Name free_guest_name(const Person& guest);
  /// Who bears it; null: nobody.
  Person* bearer_of(std::string_view key);
  void set_name(Person& person, const protocol::Name& name);
  void take_name(Person& person);
  /// Whether a session of it can be told something.
  static bool is_open(Person& person);
  /// To each of its sessions that are open.
  static void deliver(Person& person, protocol::Message message, TellHandler handler);

 private:
  struct Key {
    using type = std::string_view;  // NOLINT(readability-identifier-naming): Boost.Intrusive asks for it
    std::string_view operator()(const Person& person) const { return person.name().key; }
  };
  /// The name of a person in this set must not change.
  using Borne =
      boost::intrusive::set<Person, boost::intrusive::base_hook<NameHook>,
                            boost::intrusive::key_of_value<Key>, boost::intrusive::constant_time_size<false>>;
  struct Held {
    const Person* person;
    protocol::Name name;
  };

  Borne borne_;
  std::size_t count_ = 0;  ///< of `borne_`, whose size() would count
  LookAlikes look_alikes_;
  std::vector<Held> held_;  ///< an entry for each Claim
  std::uint64_t guests_ = 0;
};

}  // namespace hubbub::chat
