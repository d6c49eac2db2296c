#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/room_rules.hpp"
#include "protocol/timestamp.hpp"
#include "server/chat/mask.hpp"
#include "server/chat/may.hpp"
#include "server/journal/room_state.hpp"

namespace hubbub::chat {

/// Several texts in the value of one attribute, by words: "mask=name:ann*\nby=bob". None of them has a line
/// feed.
class Packed {
 public:
  Packed() = default;
  explicit Packed(std::string_view value);

  Packed& set(std::string_view word, std::string_view text);
  Packed& set(std::string_view word, const std::optional<protocol::Timestamp>& time);
  /// Empty: it is not there.
  std::string_view get(std::string_view word) const;
  std::optional<protocol::Timestamp> time(std::string_view word) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// The attributes of a room, besides its topic, and of the server (journal::server_key):
///
///   created            when it was made first, in milliseconds since 1970
///   owner              the account's key, see journal::author_key
///   kept               "1": the room stays without an owner
///   rule/RULE          a rule of protocol::RoomRules: a text, a number, or "1"
///   role/ACCOUNT       "moderator" or "voice"
///   invited/WHO        an account's key, or "=" and the key of a guest's name: may enter. Packed {name, by},
///                      of guests with {until, host}
///   ban/N              a ban, a mute or an exception: Packed, see Ban
///   invite/N           an invitation by token: Packed {token, uses, until, role}
///   since/ACCOUNT      what was said up to that number is not for that account
///   report/N           a report: Packed {seq, of, author, account, text}; author: as chat::identity();
///                      account: the same of its maker, or a guest's host
///   hook/N             a webhook: Packed {name, token}
///   former             what was said up to that number is of a former room of that name; "0": there was none
///   closed             the room has been closed, and what is left of it goes: Packed {closed, reason}
///   lockdown, host_key of the server: Packed {level, until, reason}; the key of Moderation::host
namespace attribute {
inline constexpr std::string_view created = journal::created_attribute;
inline constexpr std::string_view rule = "rule/";
inline constexpr std::string_view role = "role/";
inline constexpr std::string_view invited = "invited/";
inline constexpr std::string_view ban = "ban/";
inline constexpr std::string_view invite = "invite/";
inline constexpr std::string_view closed = journal::closed_attribute;
inline constexpr std::string_view former = journal::former_attribute;
inline constexpr std::string_view since = "since/";
inline constexpr std::string_view report = "report/";
inline constexpr std::string_view hook = "hook/";
inline constexpr std::string_view lockdown = "lockdown";
inline constexpr std::string_view host_key = journal::host_key_attribute;
}  // namespace attribute

/// Up to which number what was said is of a former room of that name, which was closed; 0: there was none.
std::uint64_t end_of_former(const journal::RoomState& state);

/// The number in an attribute such as "ban/12"; 0: it has none.
std::uint64_t number_in_attribute(std::string_view attribute);

struct Ban {
  enum class Action : std::uint8_t { ban, mute, except };

  std::uint64_t id = 0;
  Mask mask;
  Action action = Action::ban;
  std::optional<protocol::Timestamp> until{};
  std::string by{};
  std::string reason{};
  protocol::Timestamp at{};
  bool keeps = false;  ///< whoever was in the room when it was made may stay

  bool is_over(protocol::Timestamp now) const { return until && *until <= now; }
  /// The value of its attribute.
  std::string packed() const;
  /// Nothing: the record is none of a ban, or ends one.
  static std::optional<Ban> from(const journal::StateRecord& record);
};

std::string_view to_string(Ban::Action action);
std::optional<Ban::Action> ban_action_from(std::string_view word);

/// The bans of a room, so that whom one is about is found in a time that does not grow with their number, but
/// for patterns and ranges.
class Bans {
 public:
  void set(const Ban& ban);
  void remove(std::uint64_t id);
  const Ban* find(std::uint64_t id) const;
  std::size_t size() const { return all_.size(); }
  bool is_empty() const { return all_.empty(); }
  bool has_mutes() const { return mutes_ > 0; }
  /// What there is of that kind about somebody, and holds the longest; null: nothing, or he is excepted.
  const Ban* about(const Subject& subject, Ban::Action action, protocol::Timestamp now,
                   const Mask::InRange& is_in_range = {}) const;
  /// Of the bans about somebody the one that holds the longest of those that keep nobody who is here; null:
  /// there is none, or he is excepted.
  const Ban* puts_out(const Subject& subject, protocol::Timestamp now,
                      const Mask::InRange& is_in_range = {}) const;
  /// Whether an exception lifts him out of all bans.
  bool is_excepted(const Subject& subject, protocol::Timestamp now,
                   const Mask::InRange& is_in_range = {}) const;

 private:
  using Ids = std::vector<std::uint64_t>;
  struct Wanted {
    Ban::Action action;
    protocol::Timestamp now;
    bool with_kept = true;
  };
  const Ban* longest(const Ids& ids, const Wanted& wanted, const Ban* other) const;
  const Ban* look(const Subject& subject, const Wanted& wanted, const Mask::InRange& is_in_range) const;
  /// By what is compared as a whole.
  static std::string exact_key(const Mask& mask);

  std::map<std::uint64_t, Ban> all_;
  std::unordered_map<std::string, Ids> exact_;
  Ids others_;  ///< patterns and ranges
  std::size_t mutes_ = 0;
  std::size_t excepts_ = 0;
};

/// The rules among the attributes.
protocol::RoomRules rules_of(const journal::RoomState& state);
/// The attributes that make these rules, as far as they say anything; an empty value takes one away.
std::vector<std::pair<std::string, std::string>> attributes_of(const protocol::RoomRules& rules);

/// What the attributes of a room say, in the form in which it is asked for at each message.
class Ruling {
 public:
  Ruling() = default;
  explicit Ruling(const journal::RoomState& state);

  /// To be told each record of the room, as journal::RoomState is.
  void apply(const journal::StateRecord& record);

  const protocol::RoomRules& rules() const { return rules_; }
  bool is(const std::optional<bool>& rule) const { return rule.value_or(false); }
  std::uint64_t owner() const { return owner_; }
  /// Of an account; 0: a guest's, who has none here.
  Rank rank_of(std::uint64_t account) const;
  const std::map<std::uint64_t, Rank>& roles() const { return roles_; }
  const Bans& bans() const { return bans_; }
  /// Rises with each record that may change what somebody may do.
  std::uint32_t version() const { return version_; }

 private:
  protocol::RoomRules rules_;
  std::uint64_t owner_ = 0;
  std::map<std::uint64_t, Rank> roles_;
  Bans bans_;
  std::uint32_t version_ = 1;
};

}  // namespace hubbub::chat
