#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "test/chat/court.hpp"

namespace hubbub::chat {

inline protocol::request::Role role_of(const std::string& room, const std::string& name,
                                       const std::string& role) {
  return {.room = room, .name = name, .role = role};
}
inline protocol::request::Ban ban_of(std::optional<std::string> room, const std::string& of,
                                     const std::string& action = "ban",
                                     std::optional<std::uint64_t> for_ms = {}) {
  return {.room = std::move(room), .of = of, .action = action, .for_ms = for_ms, .reason = {}};
}
inline protocol::request::Kick kick_of(const std::string& room, const std::string& name) {
  return {.room = room, .name = name, .reason = {}};
}
inline protocol::request::Who who_of(std::optional<std::string> room) {
  return {.room = std::move(room), .after = {}};
}
inline protocol::request::Invite link_to(const std::string& room, std::optional<std::uint64_t> uses = {}) {
  return {.uses = uses, .for_ms = {}, .room = room};
}
inline protocol::request::Invite invite_of(const std::string& room, const std::string& name) {
  return {.uses = {}, .for_ms = {}, .room = room, .name = name};
}
inline protocol::request::Topic topic_of(const std::string& room) { return {.room = room, .text = "tea"}; }
inline protocol::request::History all_of(const std::string& room) {
  return {.room = room, .before = {}, .after = {}, .limit = {}, .search = {}};
}

/// A room "tea" of anna's, with a moderator, one with a voice, bob, and a guest, who hear each other; and the
/// server's marshal and admin, who are elsewhere.
struct Village : Court {
  Village() : Village(fast_journal()) {}
  explicit Village(std::unique_ptr<journal::Journal> engine) : Court(std::move(engine)) {
    anna = member("anna", "tea");
    mod = member("mod", "tea");
    voice = member("voice", "tea");
    bob = member("bob", "tea");
    gus = guest("gus", "tea", "192.0.2.9");
    marshal = member("marshal", "lobby", journal::ServerRole::moderator);
    admin = member("admin", "lobby", journal::ServerRole::admin);
    answer<protocol::event::Role>(*anna, role_of("tea", "mod", "moderator"));
    answer<protocol::event::Role>(*anna, role_of("tea", "voice", "voice"));
    hear();
  }
  void hear() const {
    for (auto* each : everybody()) each->heard();
  }
  std::vector<Peer*> everybody() const {
    return {anna.get(), mod.get(), voice.get(), bob.get(), gus.get(), marshal.get(), admin.get()};
  }
  void rule(const protocol::RoomRules& rules) {
    answer<protocol::event::Room>(*anna, rules_of("tea", rules));
    hear();
  }
  /// Is refused with that code, and nobody hears of it, nor has anything changed.
  void denies(Peer& peer, protocol::request::Any body, protocol::Code code = protocol::Code::denied) {
    hear();
    const auto before = picture();
    const auto got = refused(peer, std::move(body));
    CHECK(got == code);
    CHECK(picture() == before);
    for (auto* each : everybody()) {
      const auto lines = each->heard();
      CHECK(lines.size() == (each == &peer ? 1U : 0U));
    }
  }
  bool may_join(Peer& peer, const std::string& room, std::optional<std::string> key = {}) {
    const auto before = peer.events.size();
    ask(peer, join_of(room, std::move(key)));
    const bool is_in = told<protocol::event::Joined>(peer, before) != nullptr;
    if (is_in) ask(peer, protocol::request::Leave{room});
    return is_in;
  }
  protocol::Code refused_join(Peer& peer, const std::string& room, std::optional<std::string> key = {}) {
    return refused(peer, join_of(room, std::move(key)));
  }
  std::vector<std::string> audit_of(const std::string& room) {
    std::vector<std::string> lines;
    for (const auto& entry :
         answer<protocol::event::Audit>(*admin, protocol::request::Audit{.room = room}).entries)
      lines.push_back(entry.action + ' ' + entry.whom + " by " + entry.by);
    hear();
    return lines;
  }

  std::unique_ptr<Peer> anna, mod, voice, bob, gus, marshal, admin;
};

/// Among what the peer has heard since it was asked last.
inline bool hears(Peer& peer, const std::string& line) {
  const auto lines = peer.heard();
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

}  // namespace hubbub::chat
