#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/slash.hpp"

/// The readers of slash.hpp's table, each in the file of its subject.
namespace hubbub::protocol::slash {

// --- what they share: slash.cpp

/// How to use the command.
Error misused(const Command& command);
/// That a room is needed.
Error no_room();
/// What the number stands for that the last list gave it, or, if it is larger than such numbers are, the
/// number itself. `noun`: what is listed, by the command `lists`.
Result<std::uint64_t> listed_id(std::span<const std::uint64_t> ids, std::string_view number,
                                std::string_view noun, std::string_view lists);
inline Parsed request_of(request::Any request) { return request; }

// A row's reader takes the rest of the line, without the blanks around it.
using Reader = Result<Parsed>(const Command& command, std::string_view rest, const Context& context);

// --- rooms, their rules and roles, invitations: slash_rooms.cpp
Reader read_room;
Reader read_role;
Reader read_op;
Reader read_deop;
Reader read_voice;
Reader read_claim;
Reader read_close;
Reader read_invite;
Reader read_redeem;
Reader read_webhook;
Reader read_webhooks;

// --- order, in a room and on the server: slash_order.cpp
Reader read_kick;
Reader read_ban;
Reader read_silence;
Reader read_unban;
Reader read_bans;
Reader read_edit;
Reader read_delete;
Reader read_report;
Reader read_reports;
Reader read_resolve;
Reader read_audit;
Reader read_announce;
Reader read_lockdown;
Reader read_suspend;
Reader read_disconnect;

}  // namespace hubbub::protocol::slash
