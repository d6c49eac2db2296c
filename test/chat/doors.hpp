#pragma once

#include <memory>
#include <string>

#include "server/accounts/token.hpp"
#include "test/chat/house.hpp"
#include "test/chat/slow_journal.hpp"

namespace hubbub::chat {

inline constexpr const char* password = "correct horse";

/// Of the error that was told last.
inline protocol::Code code_of(const Peer& peer) { return peer.last<protocol::event::Failure>().error.code; }

inline protocol::request::Hello hello(const std::string& name) {
  return {.version = 1, .name = name, .password = {}, .token = {}, .client = {}};
}
inline protocol::request::Register registration(const std::string& word = password) {
  return {.password = word, .invite = {}, .device = "laptop"};
}
inline protocol::request::Login login(const std::string& account, const std::string& word = password) {
  return {.account = account, .password = word, .token = {}, .device = "phone"};
}
inline protocol::request::Login token_login(const std::string& token) {
  return {.account = {}, .password = {}, .token = token, .device = {}};
}

/// A house with doors: those who come in may have accounts.
struct Doors : House {
  using House::House;

  /// Until nothing is under way any more.
  void settle() {
    for (int i = 0; i < 8; ++i) {
      loop.restart();
      loop.poll();
      hub.end_turn();
    }
  }
  void ask(Peer& peer, protocol::request::Any body) {
    peer.ask(std::move(body));
    settle();
  }
  /// An operator's session.
  std::unique_ptr<Peer> clerk() {
    auto made = connect();
    made->is_of_operators = true;
    return made;
  }
  /// Somebody in the lobby with an account of that name.
  std::unique_ptr<Peer> owner(const std::string& name) {
    auto peer = enter(name);
    ask(*peer, registration());
    peer->last<protocol::event::Registered>();
    peer->heard();
    return peer;
  }
  /// Somebody who logs in with a hello.
  std::unique_ptr<Peer> come_back(const std::string& account) {
    auto peer = connect();
    auto asked = hello(account);
    asked.password = password;
    ask(*peer, asked);
    return peer;
  }
  std::string token_of(const Peer& peer) { return peer.last<protocol::event::Registered>().token; }
  /// A record of the operator's, or of another node's.
  void append(journal::account::Any body) {
    hub.logins().append(std::move(body), [](const auto&) {});
    settle();
  }
  const accounts::Account& account(const std::string& name) {
    return *accounts.book().find(protocol::parse_name(name).value());
  }
};

/// The same, where a batch is stored when the test says so.
struct SlowDoors : Doors {
  SlowDoors() : Doors(std::make_unique<SlowJournal>()), slow(dynamic_cast<SlowJournal&>(*journal)) {}

  /// Until nothing is under way any more, the journal's batches included.
  void finish() {
    for (int i = 0; i < 4; ++i) {
      settle();
      slow.finish_commit();
    }
    settle();
  }

  SlowJournal& slow;
};

}  // namespace hubbub::chat
