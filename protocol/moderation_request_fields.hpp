#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "protocol/json_fields.hpp"
#include "protocol/moderation_request.hpp"

/// The fields of the requests of moderation_request.hpp, for request_json.cpp, whose reader and writer bring
/// the functions that check.
namespace hubbub::protocol {

inline bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

void rule_fields(auto& io, Of<RoomRules> auto& rules) {
  each_rule(rules, [&](std::string_view name, auto& value) { io.field(name, value); });
  demand(io, is_one_of(rules.topic_for.value_or("members"), {"members", "moderators"}),
         R"(the rule "topic_for" must be "members" or "moderators")");
  demand(io, is_one_of(rules.accounts_only.value_or("no"), {"no", "speak", "enter"}),
         R"(the rule "accounts_only" must be "no", "speak" or "enter")");
  demand(io, is_one_of(rules.history_for.value_or("members"), {"members", "since_join"}),
         R"(the rule "history_for" must be "members" or "since_join")");
}

}  // namespace hubbub::protocol

// Found by the namespaces of their arguments.
namespace hubbub::protocol::request {

void fields(auto& io, Of<request::Room> auto& asked) {
  io.field("room", asked.room);
  io.object_if_any("set", asked.set, [](auto& inner, auto& rules) { rule_fields(inner, rules); });
}

void fields(auto& io, Of<request::Role> auto& asked) {
  io.field("room", asked.room);
  io.field("name", asked.name);
  io.field("role", asked.role);
  demand(io, is_one_of(asked.role, {"owner", "moderator", "voice", "none"}),
         R"(the "role" must be "owner", "moderator", "voice" or "none")");
}

void fields(auto& io, Of<request::Close> auto& asked) {
  io.field("room", asked.room);
  io.field("reason", asked.reason);
}

void fields(auto& io, Of<request::Kick> auto& asked) {
  io.field("room", asked.room);
  io.field("name", asked.name);
  io.field("reason", asked.reason);
}

void fields(auto& io, Of<request::Ban> auto& asked) {
  io.field("room", asked.room);
  io.field("of", asked.of);
  io.field("action", asked.action);
  demand(io, is_one_of(asked.action.value_or("ban"), {"ban", "mute", "except"}),
         R"(the "action" of ban must be "ban", "mute" or "except")");
  io.field("for", asked.for_ms);
  positive(io, "for", asked.for_ms);
  io.field("reason", asked.reason);
  io.field_if_any("keep", asked.keep);
  io.field_if_any("dry_run", asked.dry_run);
}

void fields(auto& io, Of<request::Unban> auto& asked) { io.field("id", asked.id); }

void fields(auto& io, Of<request::Bans> auto& asked) {
  io.field("room", asked.room);
  io.field("after", asked.after);
}

void fields(auto& io, Of<request::Redeem> auto& asked) { io.field("token", asked.token); }

/// A room, or a conversation `with` somebody.
void place(auto& io, auto& asked, std::string_view complaint) {
  io.field("room", asked.room);
  io.field("with", asked.with);
  demand(io, asked.room.has_value() != asked.with.has_value(), complaint);
  io.field("seq", asked.seq);
}

void fields(auto& io, Of<request::Edit> auto& asked) {
  place(io, asked, R"(edit takes a "room" or a "with", one of them)");
  io.field("text", asked.text);
}

void fields(auto& io, Of<request::Delete> auto& asked) {
  place(io, asked, R"(delete takes a "room" or a "with", one of them)");
  io.field("reason", asked.reason);
}

void fields(auto& io, Of<request::Report> auto& asked) {
  io.field("room", asked.room);
  io.field("seq", asked.seq);
  io.field("text", asked.text);
}

void fields(auto& io, Of<request::Reports> auto& asked) {
  io.field("room", asked.room);
  io.field("after", asked.after);
}

void fields(auto& io, Of<request::Resolve> auto& asked) {
  io.field("id", asked.id);
  io.field("note", asked.note);
}

void fields(auto& io, Of<request::Audit> auto& asked) {
  io.field("room", asked.room);
  io.field("since", asked.since);
  io.field("before", asked.before);
}

void fields(auto& io, Of<request::Announce> auto& asked) { io.field("text", asked.text); }

void fields(auto& io, Of<request::Lockdown> auto& asked) {
  io.field("level", asked.level);
  demand(io, asked.level <= 2, R"(the "level" of lockdown must be 0, 1 or 2)");
  io.field("for", asked.for_ms);
  positive(io, "for", asked.for_ms);
  io.field("reason", asked.reason);
}

void fields(auto& io, Of<request::Webhook> auto& asked) {
  io.field("room", asked.room);
  io.field("name", asked.name);
}

void fields(auto& io, Of<request::Webhooks> auto& asked) { io.field("room", asked.room); }
void fields(auto& io, Of<request::RevokeWebhook> auto& asked) { io.field("id", asked.id); }

}  // namespace hubbub::protocol::request
