#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/error.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/moderation.hpp"

namespace hubbub::chat {

/// Tells those who judge there of a report that was made on another node.
void tell_report(Moderation& moderation, const Moderation::Realm& place, const journal::StateRecord& record);

/// What was allowed when it was asked for has to be asked for anew.
protocol::Error ruled_meanwhile();

// Steps of the handlers of those who run a room or the server. Each that may refuse answers the refusal
// itself.

/// The room of that name: one that the session is in, or, for those who have a rank there, any that there is.
std::optional<Moderation::Realm> place_named(Call& call, const std::string& name);
/// The same of a room, or of the server where none is named.
std::optional<Moderation::Realm> place_or_server(Call& call, const std::optional<std::string>& room);
/// The rank of the session in that place.
Rank rank_in(const Call& call, const Moderation::Realm& place);
/// A room that nobody owns is to stay, where the server's people have ruled.
void keep(Call& call, const Moderation::Realm& place, std::vector<Moderation::Setting>& settings);
/// Whether it may do that there: in a room by the table of rights, on the server those who are its
/// moderators.
bool is_allowed(Call& call, const Moderation::Realm& place, Action action);

/// Somebody of that name: an account, whether it is here or not, or a guest who is here.
struct Target {
  std::string name;           ///< as shown
  std::uint64_t account = 0;  ///< 0: a guest
  PersonPtr person{};         ///< null: it is not in the room
};
/// In that room, or known as an account; nothing: that is answered.
std::optional<Target> target_in(Call& call, const Moderation::Realm& place, const std::string& name);
/// The same of somebody who need not be in any room: `person` is the one who bears the name.
std::optional<Target> target_anywhere(Call& call, const std::string& name);
/// What it is there.
Rank rank_of(const Call& call, const Moderation::Realm& place, const Target& target);

/// Puts its person out of the rooms from which it is banned as whom it is now: after a login, a logout, or
/// another name.
void leave_where_banned(Session& session);

/// Closes the session if a ban of the server is about whom it is now: one may have been made while it waited
/// for its name.
/// `ref`: of the request that is answered by that; empty: none is.
bool close_if_banned(Session& session, std::string_view ref);

/// Both: nothing of the session is left where a ban is about whom it is now.
void leave_if_banned(Session& session);

/// A reason as it may be told, of one line; nothing: that is answered.
std::optional<std::string> reason_in(Call& call, const std::optional<std::string>& given);
/// That span of time from now on; nothing: for good.
std::optional<protocol::Timestamp> after(protocol::Timestamp now,
                                         const std::optional<std::uint64_t>& span_ms);
/// The records of attributes that people are told by their numbers.
using Records = std::vector<const journal::StateRecord*>;
Records pointers_to(std::span<const journal::StateRecord> records);
/// The number by which people are told an attribute: its own, else that of the record.
std::uint64_t told_number(const journal::StateRecord& record);
/// Leaves those after the number `after`, in the order of their numbers, at most `limit`; returns whether
/// there are more.
bool cut_page(Records& records, std::uint64_t after, std::size_t limit);
/// How the session is called that does something: a name, or "operator".
std::string doer_of(const Session& session);

}  // namespace hubbub::chat
