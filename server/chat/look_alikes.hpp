#pragma once

#include <map>
#include <string>
#include <utility>

#include "protocol/name.hpp"

namespace hubbub::chat {

class Session;

/// The names that are held now, by what they look like, so that nobody can pass for somebody who is here: a
/// name whose letters mix alphabets (protocol::mixes_alphabets) and another one that looks the same are not
/// held at once. Two names that are written in one alphabet each may look alike, as сор in Cyrillic and cop
/// in Latin: both are what people are called.
class LookAlikes {
 public:
  /// Somebody other than the session who holds a name that looks like this one, where one of the two mixes
  /// alphabets; null: nobody. Whoever holds the very same name is not looked for.
  Session* find(const protocol::Name& name, const Session& but) const;
  /// The session, whose name it is, holds it from now on, and until remove().
  void add(const protocol::Name& name, Session& session);
  void remove(const protocol::Name& name);

 private:
  /// By skeleton and key. Of the names that look alike those that mix alphabets are never more than one.
  using Held = std::map<std::pair<std::string, std::string>, Session*>;
  static Session* find_in(const Held& held, const std::string& skeleton, const Session& but);

  Held plain_;
  Held mixed_;
};

}  // namespace hubbub::chat
