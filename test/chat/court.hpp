#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/limits.hpp"
#include "server/accounts/book.hpp"
#include "server/chat/room.hpp"
#include "test/chat/doors.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {

/// A house for tests of who may do what: with accounts that cost no hashing, without limits of pace, and
/// with a picture of all that there is. The journal may be a slow one.
struct Court : Doors {
  Court() : Court(fast_journal()) {}
  explicit Court(std::unique_ptr<journal::Journal> engine)
      : Doors(std::move(engine)), slow(dynamic_cast<SlowJournal*>(journal.get())) {
    settings.messages_burst = 0;
    settings.queries_burst = 0;
    settings.messages_burst_per_address = 0;
  }

  /// Whose clock is that of the house from the beginning.
  static std::unique_ptr<journal::Journal> fast_journal() {
    const auto now = HandClock().now();
    return std::make_unique<journal::MemoryJournal>(journal::Settings{}, 3'600'000'000,
                                                    journal::Moment{.wall = now.wall, .steady = now.steady});
  }

  /// Until nothing is under way any more, slow batches and reads included.
  void finish() {
    for (int i = 0; i < 3; ++i) {
      settle();
      if (slow == nullptr) continue;
      slow->finish_commit();
      slow->finish_reads();
      settle();
    }
  }
  void ask(Peer& peer, protocol::request::Any body) {
    const bool is_taken = peer.ask(std::move(body));
    REQUIRE(is_taken);
    finish();
  }
  /// The first of that kind which the peer was told after so many events; null: there is none.
  template <class Body>
  static const Body* told(const Peer& peer, std::size_t after) {
    for (; after < peer.events.size(); ++after)
      if (const auto* body = std::get_if<Body>(&peer.events[after].body)) return body;
    return nullptr;
  }
  template <class Body>
  const Body& answer(Peer& peer, protocol::request::Any body) {
    const auto before = peer.events.size();
    ask(peer, std::move(body));
    if (const auto* failure = told<protocol::event::Failure>(peer, before))
      FAIL(to_string(failure->error.code) << ": " << failure->error.text);
    const auto* const found = told<Body>(peer, before);
    REQUIRE(found != nullptr);
    return *found;
  }
  protocol::Code refused(Peer& peer, protocol::request::Any body) {
    const auto before = peer.events.size();
    ask(peer, std::move(body));
    const auto* const failure = told<protocol::event::Failure>(peer, before);
    REQUIRE(failure != nullptr);
    return failure->error.code;
  }
  /// The seq of what it says.
  std::uint64_t said(Peer& peer, const std::string& room, const std::string& text) {
    return answer<protocol::MessagePtr>(
               peer, protocol::request::Say{.room = room, .text = text, .id = {}, .action = false})
        ->seq;
  }
  void join(Peer& peer, const std::string& room) { answer<protocol::event::Joined>(peer, join_of(room)); }
  static protocol::request::Join join_of(const std::string& room, std::optional<std::string> key = {}) {
    return {.room = room, .since = {}, .replay = {}, .key = std::move(key)};
  }
  static protocol::request::Say say_of(const std::string& room, const std::string& text = "hi") {
    return {.room = room, .text = text, .id = {}, .action = false};
  }
  static protocol::request::Room rules_of(const std::string& room, protocol::RoomRules rules) {
    return {.room = room, .set = std::move(rules)};
  }

  /// Begins an account.
  void begin(const std::string& name, journal::ServerRole role = journal::ServerRole::none) {
    const auto token = accounts::new_token();
    tokens[name] = token.text();
    hub.logins().append(
        journal::account::Begun{
            .name = accounts::owned(protocol::parse_name(name).value()),
            .password = {},
            .role = role,
            .device = journal::account::Token{.hash = *accounts::hash_token(token.text()), .label = {}}},
        [](const auto&) {});
    finish();
  }
  /// A session of the account, from that address; `room`: into which it goes, empty: none.
  std::unique_ptr<Peer> log_in(const std::string& name, const std::string& room = "lobby",
                               const std::string& from = "192.0.2.1") {
    auto asked = hello(name);
    asked.token = tokens.at(name);
    return come(std::move(asked), room, from);
  }
  /// The same for a new account.
  std::unique_ptr<Peer> member(const std::string& name, const std::string& room = "lobby",
                               journal::ServerRole role = journal::ServerRole::none) {
    begin(name, role);
    return log_in(name, room);
  }
  std::unique_ptr<Peer> guest(const std::string& name, const std::string& room = "lobby",
                              const std::string& from = "192.0.2.1") {
    return come(hello(name), room, from);
  }
  std::unique_ptr<Peer> connect_from(const std::string& host) {
    auto made = connect();
    made->host = host;
    return made;
  }
  /// What is refused to somebody who is not welcome yet.
  protocol::Code turned_away(protocol::request::Hello asked, const std::string& from) {
    const auto peer = connect_from(from);
    ask(*peer, std::move(asked));
    if (const auto* bye = told<protocol::event::Bye>(*peer, 0)) return bye->error.code;
    return code_of(*peer);
  }

  /// A second passes, and what is over ends.
  void pass(std::chrono::milliseconds time) {
    clock.pass(time);
    hub.tick();
    finish();
  }

  /// All that lasts, and who is where with which rank: two of them are the same if nothing has happened.
  std::string picture() {
    std::string all;
    journal->each_state([&](const std::string& key, const journal::RoomState& state) {
      for (const auto& record : state.records())
        all += key + ' ' + record.attribute + '=' + record.value + " by " + record.by + '\n';
    });
    std::vector<std::string> rooms;
    for (const auto& entry : journal->rooms({}, 100)) rooms.emplace_back(entry.key);
    for (const auto& room : rooms) {
      journal->read({.room = room, .limit = 100}, [&](const protocol::Result<journal::Page>& page) {
        for (const auto& message : page.value().messages) {
          all += room + ' ' + std::to_string(message->seq) + ' ' + message->text +
                 (message->is_deleted() ? " deleted" : "") + '\n';
        }
      });
    }
    journal->read_audit({.limit = 1000}, [&](const protocol::Result<journal::AuditPage>& page) {
      for (const auto& entry : page.value().entries) all += entry->action + ' ' + entry->whom + '\n';
    });
    hub.each_session([&](Session& session) {
      all += session.name().shown + (session.is_closed() ? " closed" : "");
      for (const auto& stay : session.stays().all()) {
        all += ' ' + stay.room->key() + '/' +
               std::to_string(static_cast<int>(hub.moderation().rank(session, *stay.room)));
      }
      all += '\n';
    });
    return all;
  }

  SlowJournal* slow;                          ///< null: it is another one
  std::map<std::string, std::string> tokens;  ///< by account

 private:
  std::unique_ptr<Peer> come(protocol::request::Hello asked, const std::string& room,
                             const std::string& from) {
    auto peer = connect_from(from);
    ask(*peer, std::move(asked));
    peer->last<protocol::event::Welcome>();
    if (!room.empty()) join(*peer, room);
    peer->heard();
    return peer;
  }
};

}  // namespace hubbub::chat
