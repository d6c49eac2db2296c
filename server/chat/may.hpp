#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/error.hpp"

namespace hubbub::chat {

/// What somebody is in a room, the greater the more. The server's own moderators are moderators everywhere,
/// and its admins, as its operators, admins.
enum class Rank : std::uint8_t { anyone, voice, moderator, owner, admin };

/// What not everybody may do in a room, or not where a rule of the room says so.
enum class Action : std::uint8_t {
  speak_moderated,    ///< in a room that is moderated
  speak_fast,         ///< in a room with slow mode
  set_guarded_topic,  ///< where the topic is for moderators
  invite_guarded,     ///< where nobody else may enter
  kick,
  ban,           ///< and mute, and look at and end both
  delete_other,  ///< messages of others
  give_voice,
  judge,    ///< look at reports and deal with them
  hook_up,  ///< make and revoke webhooks
  invite_by_token,
  set_rules,  ///< and see and set the key
  make_moderator,
  look_back,  ///< into the audit of the room
  hand_over,
  close,
};
inline constexpr std::size_t actions = static_cast<std::size_t>(Action::close) + 1;

/// The one table of rights in rooms: who may do what, by the least rank that may (PEOPLE, 4). In the order of
/// the enumerators.
struct RoomRight {
  Action action;
  Rank least;
  std::string_view what;  ///< as the end of "… may not", for a sentence
};
inline constexpr std::array<RoomRight, actions> rights{{
    {Action::speak_moderated, Rank::voice, "speak here while the room is moderated"},
    {Action::speak_fast, Rank::voice, "speak here so soon again"},
    {Action::set_guarded_topic, Rank::moderator, "set the topic here"},
    {Action::invite_guarded, Rank::moderator, "invite people to a room that is for the invited"},
    {Action::kick, Rank::moderator, "put people out of this room"},
    {Action::ban, Rank::moderator, "ban or mute people here"},
    {Action::delete_other, Rank::moderator, "delete what others have said here"},
    {Action::give_voice, Rank::moderator, "give people a voice here"},
    {Action::judge, Rank::moderator, "see what is reported here"},
    {Action::hook_up, Rank::moderator, "make webhooks for this room"},
    {Action::invite_by_token, Rank::moderator, "make invitations to this room"},
    {Action::set_rules, Rank::owner, "change the rules of this room"},
    {Action::make_moderator, Rank::owner, "make moderators here"},
    {Action::look_back, Rank::owner, "see the audit of this room"},
    {Action::hand_over, Rank::owner, "hand this room over"},
    {Action::close, Rank::owner, "close this room"},
}};

consteval bool each_action_has_its_right() {
  for (std::size_t i = 0; i < rights.size(); ++i)
    if (rights[i].action != static_cast<Action>(i)) return false;
  return true;
}
static_assert(each_action_has_its_right());

constexpr bool may(Rank rank, Action action) {
  return rank >= rights[static_cast<std::size_t>(action)].least;
}

/// "moderators", for a sentence about who may.
constexpr std::string_view called(Rank rank) {
  switch (rank) {
    case Rank::anyone:
      return "everybody";
    case Rank::voice:
      return "those with a voice";
    case Rank::moderator:
      return "its moderators";
    case Rank::owner:
      return "its owner";
    case Rank::admin:
      return "the server's admins";
  }
  return {};
}

/// As a role on the wire; empty: none that a room gives.
constexpr std::string_view role_word(Rank rank) {
  switch (rank) {
    case Rank::voice:
      return "voice";
    case Rank::moderator:
      return "moderator";
    case Rank::owner:
      return "owner";
    case Rank::anyone:
    case Rank::admin:
      return {};
  }
  return {};
}
/// As it is told, of which the word may be empty.
constexpr std::string_view told_role(std::string_view word) { return word.empty() ? "none" : word; }

constexpr Rank rank_of_word(std::string_view role) {
  if (role == "owner") return Rank::owner;
  if (role == "moderator") return Rank::moderator;
  return role == "voice" ? Rank::voice : Rank::anyone;
}

/// Why somebody of that rank may not; to be asked only of those who may not.
protocol::Error refusal(Action action, protocol::Code code = protocol::Code::denied);

}  // namespace hubbub::chat
