#pragma once

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <boost/intrusive/slist.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstdint>
#include <utility>

#include "protocol/name.hpp"
#include "protocol/timestamp.hpp"

namespace hubbub::chat {

class Session;

/// A session's place in the list of all sessions: a hook in the session, which leaves the list when it is
/// destroyed.
using SessionHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
using SessionList = boost::intrusive::list<Session, boost::intrusive::base_hook<SessionHook>,
                                           boost::intrusive::constant_time_size<false>>;

template <class Tag>
using PersonHook = boost::intrusive::set_base_hook<boost::intrusive::tag<Tag>,
                                                   boost::intrusive::link_mode<boost::intrusive::auto_unlink>,
                                                   boost::intrusive::optimize_size<true>>;

/// A person's place in the order of names: a hook of 24 bytes in the person, which leaves the order when it
/// is destroyed.
using NameHook = PersonHook<struct ByName>;

/// The same in the order of what names look like.
struct LookHook : PersonHook<struct ByLook> {
  std::uint32_t look = 0;  ///< hash of the name's skeleton, while the person is in that order
};

/// A session's place among the sessions of its person: a hook in the session.
using SiblingHook =
    boost::intrusive::slist_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;
using Sessions = boost::intrusive::slist<Session, boost::intrusive::base_hook<SiblingHook>,
                                         boost::intrusive::constant_time_size<false>>;

/// A person, apart from the connections. Presence begins with a person's first session and ends with the
/// last; what is told to a person is delivered to each of its sessions.
class Person : public NameHook,
               public LookHook,
               public boost::intrusive_ref_counter<Person, boost::thread_unsafe_counter> {
 public:
  Person() = default;
  /// A person who bears that name already, such as one on another node.
  explicit Person(protocol::Name name) : name_(std::move(name)) {}
  Person(const Person&) = delete;
  Person& operator=(const Person&) = delete;
  ~Person() = default;

  /// Empty until it bears one.
  const protocol::Name& name() const { return name_; }
  /// For the directory alone.
  void set_name(protocol::Name name) { name_ = std::move(name); }

  /// The number of the account that its sessions are logged in to; 0: a guest.
  std::uint64_t account() const { return account_; }
  void set_account(std::uint64_t account) { account_ = account; }
  /// Since when it has borne its name.
  protocol::Timestamp named_at() const { return named_at_; }
  void set_named_at(protocol::Timestamp time) { named_at_ = time; }
  /// Its name is about to change: until then it says nothing more. Counted, as there may be several reasons.
  bool is_silent() const { return silent_ > 0; }
  void set_silent(bool silent) { silent ? ++silent_ : --silent_; }

  Sessions& sessions() { return sessions_; }
  bool sessions_empty() const { return sessions_.empty(); }
  /// On how many other nodes it is, as one person.
  bool is_elsewhere() const { return elsewhere_ > 0; }
  void note_elsewhere(bool comes) { comes ? ++elsewhere_ : --elsewhere_; }

 private:
  protocol::Name name_;
  Sessions sessions_;
  std::uint64_t account_ = 0;
  protocol::Timestamp named_at_{};
  std::uint8_t silent_ = 0;
  std::uint16_t elsewhere_ = 0;
};

using PersonPtr = boost::intrusive_ptr<Person>;

}  // namespace hubbub::chat
