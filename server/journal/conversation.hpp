#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hubbub::journal {

/// The two accounts of a conversation, by their numbers, the smaller one first; both the same: somebody's
/// notes to themselves.
struct Parties {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  /// The one that is not `account`.
  std::uint64_t other(std::uint64_t account) const { return account == first ? second : first; }
  bool operator==(const Parties&) const = default;
};

inline Parties parties_of(std::uint64_t one, std::uint64_t other) {
  return one < other ? Parties{one, other} : Parties{other, one};
}

/// A conversation is kept as a room is, under a key that no room's name can have: "@12-345". The journal
/// lists it among no rooms.
std::string conversation_key(const Parties& parties);
/// Nothing: it is the key of a room.
std::optional<Parties> parties_in(std::string_view key);
/// Conversations stand before this key, and no room's key is among theirs.
inline constexpr std::string_view behind_conversations = "A";
inline bool is_conversation(std::string_view key) { return key.starts_with('@'); }
/// Whether it is no room's: a conversation's, or the server's (server_key).
inline bool is_hidden(std::string_view key) { return is_conversation(key) || key.starts_with('!'); }

/// The sender's key of what an account says, whatever name it bears, and what an erased account is called:
/// "#12". No name is like that.
inline std::string author_key(std::uint64_t account) { return '#' + std::to_string(account); }
/// The account with that key; 0: it is none's.
std::uint64_t author_of(std::string_view key);

}  // namespace hubbub::journal
