#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/event.hpp"

/// What is told of rooms, of order in them and on the server, in words: what plain text and the terminal
/// client have in common.
namespace hubbub::protocol {

/// How a reader is written to. What people wrote comes back safe for where it is shown.
class Wording {
 public:
  Wording() = default;
  Wording(const Wording&) = delete;
  Wording& operator=(const Wording&) = delete;
  virtual ~Wording() = default;

  virtual std::string name(std::string_view person) const = 0;
  /// In one line.
  virtual std::string text(std::string_view written) const = 0;
  /// In several lines, if it has so many; none of the further ones can pass for another line of the reader's.
  virtual std::string at_length(std::string_view written) const = 0;
  /// "2026-11-21 09:30", by the reader's clock.
  virtual std::string moment(Timestamp time) const = 0;
  /// "09:30"
  virtual std::string time_of_day(Timestamp time) const = 0;
};

/// What is known of a message that was changed, besides its number.
struct Meant {
  std::string from;
  Timestamp time;
};

/// Events as sentences without a full stop, each of which is a line of its own.
class Sentences {
 public:
  using Lines = std::vector<std::string>;

  /// `self`: the reader's name; empty: there are several readers.
  explicit Sentences(const Wording& wording, std::string_view self = {}) : wording_(wording), self_(self) {}

  /// Names the room in what is told of it, also where a reader who is in one room knows which.
  void name_rooms() { names_rooms_ = true; }
  /// What lists number begins behind that number.
  void number_from(std::size_t before) { before_ = before; }

  // Rooms: sentences_rooms.cpp
  Lines operator()(const event::Room& room) const;
  Lines operator()(const event::Role& role) const;
  Lines operator()(const event::Closed& closed) const;
  Lines operator()(const event::Invited& invited) const;
  Lines operator()(const event::Invite& invite) const;
  Lines operator()(const event::Invites& list) const;
  Lines operator()(const event::Redeemed& redeemed) const;
  Lines operator()(const event::Webhook& webhook) const;
  Lines operator()(const event::Webhooks& list) const;

  // Order: sentences_order.cpp
  Lines operator()(const event::Kicked& kicked) const;
  Lines operator()(const event::Banned& banned) const;
  Lines operator()(const event::Unbanned& unbanned) const;
  Lines operator()(const event::Bans& list) const;
  Lines operator()(const event::Reported& reported) const;
  Lines operator()(const event::Report& report) const;
  Lines operator()(const event::Reports& list) const;
  Lines operator()(const event::Audit& list) const;
  Lines operator()(const event::Announcement& announcement) const;
  Lines operator()(const event::Lockdown& lockdown) const;
  Lines operator()(const event::Edited& edited, const std::optional<Meant>& meant = {}) const;
  Lines operator()(const event::Deleted& deleted, const std::optional<Meant>& meant = {}) const;

  /// The rules that there are, with "; " between them; empty: none. `changed`: also what is no rule any more.
  std::string rules(const RoomRules& rules, bool keyed, bool changed = false) const;
  /// "a moderator of lobby"; empty for none.
  std::string role_in(std::string_view role, std::string_view room) const;
  /// That one cannot speak there: "you are muted until …: too loud".
  std::string mute(const event::Mute& mute) const;

 private:
  bool is_reader(std::string_view name) const { return !self_.empty() && name == self_; }
  /// "you have", or "bob has".
  std::string has(std::string_view name) const;
  /// The name, or "you".
  std::string person(std::string_view name) const;
  std::string reason(std::string_view given) const;
  std::string until(const std::optional<Timestamp>& time) const;
  std::string place(std::string_view room, std::string_view with) const;
  std::string where(std::string_view room) const;
  std::string ban(const event::Ban& ban) const;

  const Wording& wording_;
  std::string_view self_;
  bool names_rooms_ = false;
  std::size_t before_ = 0;
};

}  // namespace hubbub::protocol
