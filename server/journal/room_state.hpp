#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/timestamp.hpp"
#include "server/journal/retention.hpp"

namespace hubbub::journal {

/// What a room is about; a single line.
inline constexpr std::string_view topic_attribute = "topic";
/// The account that owns the room, as its author_key: the room then stays whatever happens.
inline constexpr std::string_view owner_attribute = "owner";
/// The same without an owner, since the server's own people have ruled there.
inline constexpr std::string_view kept_attribute = "kept";
/// The room's own retention, in decimal digits: how many messages, and how old in milliseconds. It may keep
/// less than the server's, and never more; it does not wait, since whoever sets it was asked.
inline constexpr std::string_view keep_messages_attribute = "rule/keep_messages";
inline constexpr std::string_view keep_age_attribute = "rule/keep_age";
/// Of the server: under which the hosts of masks are told apart. The server's own, and asked for by nobody.
inline constexpr std::string_view host_key_attribute = "host_key";
/// The room is closed: with that a life of it ends, and no message `id` of it is known any more.
inline constexpr std::string_view closed_attribute = "closed";
/// What was said up to the number in its value is of a former life of the room, which was closed, and is to
/// be erased.
inline constexpr std::string_view former_attribute = "former";
/// When it was begun, or begun anew.
inline constexpr std::string_view created_attribute = "created";
/// Whether a life of the room ends with the record.
bool ends_a_life(const struct StateRecord& record);
/// Whether it may forbid what was allowed: rules, roles, bans and the like do, topics do not.
bool may_forbid(const struct StateRecord& record);
/// An attribute that ends so is a new one of many, such as "ban/+": the record's number takes the place of
/// the sign when it is stored.
inline constexpr char numbered = '+';

/// The server itself: what holds for all of it is kept as attributes of a room is, under a key that no room
/// can have, and stands in no list of rooms.
inline constexpr std::string_view server_key = "!";
inline bool is_server(std::string_view key) { return key == server_key; }

/// The record that sets an attribute of a room.
struct StateRecord {
  /// It has that number from now on.
  void number(std::uint64_t given) {
    seq = given;
    if (!attribute.empty() && attribute.back() == numbered)
      attribute.replace(attribute.size() - 1, 1, std::to_string(given));
  }

  std::string room;       ///< as shown
  std::uint64_t seq = 0;  ///< its place among the messages; 0: none yet, or it is from before records had one
  std::string attribute{};  ///< such as topic_attribute; never empty
  std::string value{};      ///< empty: the room does not have the attribute any more
  std::string by{};         ///< name of the person who set it; empty: not known
  protocol::Timestamp at{};
};
using StatePtr = std::shared_ptr<const StateRecord>;

/// The attributes that a room has, each with the record that set it.
class RoomState {
 public:
  using Events = std::vector<protocol::event::Any>;

  /// The only way to change it: applies a record from the journal, at the start as when it has just been
  /// stored. The result depends on nothing but the state and the record. Returns the events for the room's
  /// participants; an attribute that this program does not know is kept, and has none.
  Events apply(const StateRecord& record);

  /// The value; empty: the room does not have the attribute.
  std::string_view value(std::string_view attribute) const;
  std::string_view topic() const { return value(topic_attribute); }
  bool is_empty() const { return records_.empty(); }
  /// Whether it stays when nobody is in the room, and nothing of what was said is kept.
  bool is_lasting() const { return is_lasting_; }
  /// The record that set the attribute; null: the room does not have it.
  const StateRecord* find(std::string_view attribute) const;
  /// Those whose attributes begin so.
  std::span<const StateRecord> all(std::string_view prefix) const;
  /// The room's own; what is no number is no bound.
  const Retention& retention() const { return retention_; }
  /// In the order of their attributes.
  const std::vector<StateRecord>& records() const { return records_; }

 private:
  std::vector<StateRecord> records_;  ///< in the order of their attributes
  bool is_lasting_ = false;
  Retention retention_;
};

/// What the value of keep_messages_attribute or keep_age_attribute says; 0: no bound, as is more than a
/// thousand years in milliseconds.
std::uint64_t bound_in(std::string_view value);

}  // namespace hubbub::journal
