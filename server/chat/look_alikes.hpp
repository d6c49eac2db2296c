#pragma once

#include <boost/intrusive/set.hpp>
#include <cstdint>
#include <string>

#include "protocol/name.hpp"

namespace hubbub::chat {

class Session;

/// A session's place among the names that are held, by what they look like: 28 bytes in the session itself,
/// which leaves it when it goes.
struct LookHook : boost::intrusive::set_base_hook<boost::intrusive::tag<struct ByLook>,
                                                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>,
                                                  boost::intrusive::optimize_size<true>> {
  std::uint32_t look = 0;  ///< hash of the name's skeleton, while it is among them
};

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
  /// Somebody other than the session who holds a name that looks like this one, where one of the two mixes
  /// alphabets; null: nobody. Whoever holds the very same name is not looked for.
  Session* find(const protocol::Name& name, const Session& but);
  /// The session holds its name from now on, and until remove(), before which the name may not change.
  void add(Session& session);
  static void remove(Session& session);

 private:
  /// What a name looks like, with its hash.
  struct Look {
    explicit Look(const protocol::Name& name);
    std::string skeleton;
    std::uint32_t hash;
  };
  struct Order {
    bool operator()(const Look& a, const Session& b) const;
    bool operator()(const Session& a, const Look& b) const;
  };
  /// Of the names that look alike those that mix alphabets are never more than one.
  using Held = boost::intrusive::multiset<Session, boost::intrusive::base_hook<LookHook>,
                                          boost::intrusive::compare<Order>,
                                          boost::intrusive::constant_time_size<false>>;
  static Session* find_in(Held& held, const Look& look, const Session& but);

  Held plain_;
  Held mixed_;
};

}  // namespace hubbub::chat
