#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hubbub::protocol {

/// The rules of a room, or some of them: what is nothing is not told, or is to stay as it is. A number of 0
/// and an empty text are no rule.
struct RoomRules {
  std::optional<bool> moderated{};             ///< only those with a role speak
  std::optional<bool> invite_only{};           ///< only those who are invited enter
  std::optional<bool> secret{};                ///< only members see that there is the room
  std::optional<std::string> key{};            ///< a word that one needs to enter
  std::optional<std::string> topic_for{};      ///< who sets the topic: "members" or "moderators"
  std::optional<std::string> accounts_only{};  ///< what one needs an account for: "no", "speak" or "enter"
  std::optional<std::string>
      history_for{};                     ///< "members": all of it; "since_join": what was said since one came
  std::optional<std::uint64_t> limit{};  ///< members
  std::optional<std::uint64_t> slow_mode{};      ///< ms between two messages of a person
  std::optional<std::uint64_t> keep_messages{};  ///< messages that are kept, if the server keeps more
  std::optional<std::uint64_t> keep_age{};  ///< ms for which they are kept, if the server keeps them longer

  bool operator==(const RoomRules&) const = default;
};

/// Calls it with the name on the wire and the member of each rule.
template <class Rules, class Visit>
void each_rule(Rules& rules, Visit visit) {
  visit("moderated", rules.moderated);
  visit("invite_only", rules.invite_only);
  visit("secret", rules.secret);
  visit("key", rules.key);
  visit("topic_for", rules.topic_for);
  visit("accounts_only", rules.accounts_only);
  visit("history_for", rules.history_for);
  visit("limit", rules.limit);
  visit("slow_mode", rules.slow_mode);
  visit("keep_messages", rules.keep_messages);
  visit("keep_age", rules.keep_age);
}

}  // namespace hubbub::protocol
