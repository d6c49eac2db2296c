#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/chat/directory.hpp"
#include "server/chat/look_alikes.hpp"

namespace hubbub::chat {

/// The directory of a daemon that is alone. It answers at once, before the call returns; only what becomes of
/// a private message is known when the recipient's connection has taken it (PrivateMessages).
class LocalDirectory final : public Directory {
 public:
  void claim(Person& person, std::optional<protocol::Name> name, ClaimHandler handler) override;
  void bear(Person& person, const protocol::Name& name) override;
  void release(Person& person, const protocol::Name& name) override;
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
    Person* person;
    protocol::Name name;
  };
  struct Holder {
    const protocol::Name* name = nullptr;
    Person* bearer = nullptr;  ///< null: it is held for somebody who has yet to bear it
  };

  Holder holder(const Person& person, const protocol::Name& name);
  protocol::Name free_guest_name(const Person& guest);
  void leave(Person& person);

  Borne borne_;
  std::size_t count_ = 0;  ///< of borne_, which would have to count
  LookAlikes look_alikes_;
  std::vector<Held> held_;  ///< claims that are not borne yet: one at most, unless handlers keep them
  std::uint64_t guests_ = 0;
};

}  // namespace hubbub::chat
