#pragma once

#include <string_view>

#include "protocol/json_fields.hpp"
#include "protocol/moderation_event.hpp"

/// The fields of the events of moderation_event.hpp, in the order in which they are written, for
/// event_json.cpp.
namespace hubbub::protocol {

void fields(auto& io, Of<RoomRules> auto& rules) {
  each_rule(rules, [&](std::string_view name, auto& value) { io.field(name, value); });
}

}  // namespace hubbub::protocol

// Found by the namespaces of their arguments.
namespace hubbub::protocol::event {

void fields(auto& io, Of<event::Mute> auto& mute) {
  io.field("id", mute.id);
  io.field("until", mute.until);
  io.field_if_any("reason", mute.reason);
}

void fields(auto& io, Of<event::RoleHeld> auto& held) {
  io.field("name", held.name);
  io.field("role", held.role);
}

void fields(auto& io, Of<event::Room> auto& room) {
  io.field("room", room.room);
  io.field("created", room.created);
  io.field_if_any("owner", room.owner);
  io.field("topic", room.topic);
  io.field_if_any("topic_by", room.topic_by);
  io.field("topic_time", room.topic_time);
  io.field_if_any("role", room.role);
  io.field_if_any("keyed", room.keyed);
  io.field_if_any("by", room.by);
  fields(io, room.rules);
}

void fields(auto& io, Of<event::Role> auto& role) {
  io.field("room", role.room);
  io.field("name", role.name);
  io.field_if_any("account", role.account);
  io.field("role", role.role);
  io.field_if_any("by", role.by);
}

void fields(auto& io, Of<event::Closed> auto& closed) {
  io.field("room", closed.room);
  io.field("by", closed.by);
  io.field_if_any("reason", closed.reason);
}

void fields(auto& io, Of<event::Kicked> auto& kicked) {
  io.field("room", kicked.room);
  io.field("name", kicked.name);
  io.field("by", kicked.by);
  io.field("reason", kicked.reason);
  io.field_if_any("you", kicked.you);
}

void fields(auto& io, Of<event::Ban> auto& ban) {
  io.field_if_any("id", ban.id);
  io.field_if_any("room", ban.room);
  io.field("mask", ban.mask);
  io.field("action", ban.action);
  io.field("until", ban.until);
  io.field_if_any("by", ban.by);
  io.field_if_any("reason", ban.reason);
  io.field("time", ban.time);
}

void fields(auto& io, Of<event::Banned> auto& banned) {
  fields(io, banned.ban);
  io.field("matches", banned.matches);
}

void fields(auto& io, Of<event::Unbanned> auto& unbanned) {
  io.field("id", unbanned.id);
  io.field_if_any("room", unbanned.room);
  io.field_if_any("mask", unbanned.mask);
  io.field_if_any("by", unbanned.by);
}

void fields(auto& io, Of<event::Bans> auto& page) {
  io.field("bans", page.bans);
  io.field("more", page.more);
}

void fields(auto& io, Of<event::Invited> auto& invited) {
  io.field("room", invited.room);
  io.field("name", invited.name);
  io.field("by", invited.by);
}

void fields(auto& io, Of<event::Redeemed> auto& redeemed) { io.field_if_any("room", redeemed.room); }

void fields(auto& io, Of<event::Edited> auto& edited) {
  io.field_if_any("room", edited.room);
  io.field_if_any("with", edited.with);
  io.field("seq", edited.seq);
  io.field("change", edited.change);
  io.field("text", edited.text);
  io.field("time", edited.time);
  io.field("by", edited.by);
}

void fields(auto& io, Of<event::Deleted> auto& deleted) {
  io.field_if_any("room", deleted.room);
  io.field_if_any("with", deleted.with);
  io.field("seqs", deleted.seqs);
  io.field("change", deleted.change);
  io.field("by", deleted.by);
  io.field_if_any("reason", deleted.reason);
}

void fields(auto& io, Of<event::ReportInfo> auto& report) {
  io.field("id", report.id);
  io.field("room", report.room);
  io.field("seq", report.seq);
  io.field_if_any("of", report.of);
  io.field("by", report.by);
  io.field("text", report.text);
  io.field("time", report.time);
}

void fields(auto& io, Of<event::Reported> auto& reported) { io.field("id", reported.id); }
void fields(auto& io, Of<event::Report> auto& event) { fields(io, event.report); }

void fields(auto& io, Of<event::Reports> auto& page) {
  io.field("reports", page.reports);
  io.field("more", page.more);
}

void fields(auto& io, Of<event::AuditEntry> auto& entry) {
  io.field("id", entry.id);
  io.field("time", entry.time);
  io.field_if_any("room", entry.room);
  io.field_if_any("by", entry.by);
  io.field_if_any("account", entry.account);
  io.field_if_any("front", entry.front);
  io.field("action", entry.action);
  io.field_if_any("whom", entry.whom);
  io.field_if_any("before", entry.before);
  io.field_if_any("after", entry.after);
}

void fields(auto& io, Of<event::Audit> auto& page) {
  io.field("entries", page.entries);
  io.field("more", page.more);
}

void fields(auto& io, Of<event::Announcement> auto& announcement) {
  io.field("text", announcement.text);
  io.field_if_any("by", announcement.by);
  io.field("time", announcement.time);
}

void fields(auto& io, Of<event::Lockdown> auto& lockdown) {
  io.field("level", lockdown.level);
  io.field("until", lockdown.until);
  io.field_if_any("reason", lockdown.reason);
  io.field_if_any("by", lockdown.by);
}

void fields(auto& io, Of<event::WebhookInfo> auto& webhook) {
  io.field("id", webhook.id);
  io.field("room", webhook.room);
  io.field("name", webhook.name);
  io.field_if_any("by", webhook.by);
  io.field("created", webhook.created);
}

void fields(auto& io, Of<event::Webhook> auto& event) {
  fields(io, event.webhook);
  io.field("token", event.token);
  io.field_if_any("url", event.url);
}

void fields(auto& io, Of<event::Webhooks> auto& list) { io.field("webhooks", list.webhooks); }

}  // namespace hubbub::protocol::event
