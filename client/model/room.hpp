#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"

namespace hubbub::client {

/// The name of a person's private view among the rooms: "@bob". Names of rooms hold no '@'.
std::string view_name(std::string_view person);
/// The person in the name of a private view; empty: the name is a room's.
std::string_view person_of(std::string_view room);

/// A room that the reader is in: its members, recent speakers, the last messages, and the number of unread
/// ones. A private view is a room with two people in which every message counts as a mention.
class Room {
 public:
  /// Limits of the messages, and of their bytes of text, held for turning to the room.
  static constexpr std::size_t most_messages = 1000;
  static constexpr std::size_t most_bytes = std::size_t{1024} * 1024;
  static constexpr std::size_t most_speakers = 200;

  explicit Room(const protocol::event::Joined& joined);
  /// A private view. `kept`: the server may keep what is said there, as both may have accounts.
  static Room with(std::string_view person, bool kept = false);

  const std::string& name() const { return name_; }
  const std::string& topic() const { return topic_; }
  bool is_private() const { return !person_of(name_).empty(); }
  /// By any spelling.
  bool is_called(std::string_view name) const;
  /// For Alt-1 and so on, from 1; does not change while the reader is in the room.
  std::size_t number() const { return number_; }
  void set_number(std::size_t number) { number_ = number; }
  /// The number of members as the server tells it, even if it does not name them all.
  std::size_t count() const { return count_; }
  /// The members whose names are known.
  const std::vector<std::string>& members() const { return members_; }
  bool has(std::string_view name) const;
  /// "owner", "moderator", "voice", or empty, also for those of whom it is not known.
  std::string role_of(std::string_view name) const;
  const protocol::RoomRules& rules() const { return rules_; }
  /// When the reader said something here last, in this run.
  std::optional<protocol::Timestamp> last_said() const { return last_said_; }

  std::size_t unread() const { return unread_; }
  /// Number of unread messages that mention the reader or are private.
  std::size_t mentions() const { return mentions_; }
  protocol::Timestamp unread_since() const { return unread_since_; }
  const std::deque<Said>& held() const { return held_; }
  /// Whether the message with that number was added before; 0 is no number.
  bool has_seq(std::uint64_t seq) const;
  /// The number of the newest message; 0: none had a number.
  std::uint64_t newest() const { return newest_; }

  /// When this person last spoke here; nothing: not known.
  std::optional<protocol::Timestamp> last_spoke(std::string_view name) const;
  /// Names for completion: the latest speaker first, then the other members.
  std::vector<std::string> people() const;

  /// The room was joined again: takes its present state. Returns the members who are gone, if `joined` names
  /// all members.
  std::vector<std::string> enter_again(const protocol::event::Joined& joined);
  void set_topic(std::string topic) { topic_ = std::move(topic); }
  void set_count(std::size_t count) { count_ = count; }
  void set_rules(protocol::RoomRules rules) { rules_ = std::move(rules); }
  /// "none", or empty: none any more.
  void set_role(std::string_view name, std::string_view role);
  void set_roles(const std::vector<protocol::event::RoleHeld>& roles);
  void spoke(protocol::Timestamp when) { last_said_ = when; }
  void add_member(const std::string& name);
  void remove_member(std::string_view name);
  /// A person in the room has another name. That of a private view stays.
  void rename(const std::string& old_name, const std::string& new_name);
  void set_person(std::string_view person);

  /// Notes a message; `shown`: it is on the screen now, or was read before. It takes its place by its number.
  void add(Said said, bool shown);
  /// Puts what `changed` makes of a message, unless it is nothing, in its place.
  void amend(const std::function<std::optional<Said>(const Said& said)>& changed);
  /// So many unread messages, and perhaps others, are missing behind those that are held, which are let go.
  void skip(std::size_t unread);
  /// Messages up to that number were read elsewhere.
  void read_up_to(std::uint64_t seq);
  /// The numbers of messages begin anew.
  void forget_numbers();
  void note_speaker(const std::string& name, protocol::Timestamp when);
  /// The unread messages, preceded by read ones until there are at least `context` messages. All count as
  /// read from now on.
  std::vector<Item> take_unread(std::size_t context, protocol::Timestamp now);

 private:
  Room() = default;
  void set_members(const std::vector<std::string>& members);
  void count_unread(std::size_t behind);

  struct Speaker {
    std::string name;
    protocol::Timestamp when;
  };

  std::string name_;
  std::string topic_;
  std::size_t number_ = 0;
  std::size_t count_ = 0;
  std::vector<std::string> members_;
  std::vector<std::string> keys_;                          ///< of members_, in the same order
  std::map<std::string, std::string, std::less<>> roles_;  ///< by the keys of the members' names
  protocol::RoomRules rules_;
  std::optional<protocol::Timestamp> last_said_;
  std::deque<Speaker> speakers_;  ///< the last one first
  std::deque<Said> held_;
  std::size_t held_bytes_ = 0;
  std::uint64_t newest_ = 0;
  std::uint64_t let_go_ = 0;  ///< the newest number of those that are not held any more
  std::size_t unread_ = 0;
  std::size_t behind_ = 0;  ///< messages since the reader last looked: the unread ones and the reader's own
  std::size_t mentions_ = 0;
  protocol::Timestamp unread_since_{};
};

}  // namespace hubbub::client
