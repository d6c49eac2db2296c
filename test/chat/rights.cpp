// The table of rights, cell by cell: each action that not everybody may do, asked for by each rank. Who may
// does it; who may not is refused with its code, nothing has changed, and nobody has heard of it.
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "test/chat/court.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
namespace event = protocol::event;
namespace request = protocol::request;
using journal::ServerRole;

/// Who asks, from the least to the most; the server's moderator is one in every room.
const std::array<std::string, 7> askers{"guest",   "member", "voiced", "moderator",
                                        "marshal", "owner",  "admin"};

/// A room with all of them, and a member whom things are done to.
struct Bench : Court {
  Bench() {
    people["owner"] = member("owner", "tea");
    for (const auto* name : {"member", "voiced", "moderator", "victim", "appointed"})
      people[name] = member(name, "tea");
    people["marshal"] = member("marshal", "tea", ServerRole::moderator);
    people["admin"] = member("admin", "tea", ServerRole::admin);
    people["guest"] = guest("guest", "tea", "192.0.2.5");
    people["stranger"] = member("stranger");
    give("voiced", "voice");
    give("moderator", "moderator");
  }
  Peer& operator[](const std::string& name) { return *people.at(name); }
  void give(const std::string& name, const std::string& role) {
    answer<event::Role>(*people.at("owner"), request::Role{.room = "tea", .name = name, .role = role});
  }
  void rule(const protocol::RoomRules& rules) {
    answer<event::Room>(*people.at("owner"), rules_of("tea", rules));
  }

  std::map<std::string, std::unique_ptr<Peer>> people;
};

/// An action: what is done before by others, and what is asked for.
struct Deed {
  std::string what;
  std::string least;  ///< of askers: it and those after it may
  Code code;          ///< for the others
  std::function<request::Any(Bench&, Peer& asker)> asks;
  bool looks = false;  ///< it changes nothing
};

request::Ban wanted_ban(std::optional<std::string> room, const std::string& of, const std::string& action) {
  return {.room = std::move(room), .of = of, .action = action, .for_ms = {}, .reason = {}};
}
request::Role wanted_role(const std::string& name, const std::string& role) {
  return {.room = "tea", .name = name, .role = role};
}
std::uint64_t reported(Bench& bench) {
  const auto seq = bench.said(bench["victim"], "tea", "rude");
  return bench
      .answer<event::Reported>(bench["victim"], request::Report{.room = "tea", .seq = seq, .text = "my own"})
      .id;
}

std::vector<Deed> all_deeds() {
  return {
      {"speak where it is moderated", "voiced", Code::moderated,
       [](Bench& bench, Peer&) {
         bench.rule({.moderated = true});
         return Court::say_of("tea");
       }},
      {"speak at once again in slow mode", "voiced", Code::slow_mode,
       [](Bench& bench, Peer& asker) {
         bench.rule({.slow_mode = 60'000});
         bench.said(asker, "tea", "first");
         return Court::say_of("tea");
       }},
      {"come in without an invitation", "voiced", Code::invite_required,
       [](Bench& bench, Peer& asker) {
         bench.rule({.invite_only = true});
         bench.ask(asker, request::Leave{"tea"});
         return Court::join_of("tea");
       }},
      {"come in without the key", "voiced", Code::key_wrong,
       [](Bench& bench, Peer& asker) {
         bench.rule({.key = "open"});
         bench.ask(asker, request::Leave{"tea"});
         return Court::join_of("tea", "shut");
       }},
      {"set a topic that is for moderators", "moderator", Code::denied,
       [](Bench& bench, Peer&) {
         bench.rule({.topic_for = "moderators"});
         return request::Topic{.room = "tea", .text = "tea"};
       }},
      {"invite where it takes an invitation", "moderator", Code::denied,
       [](Bench& bench, Peer&) {
         bench.rule({.invite_only = true});
         return request::Invite{.uses = {}, .for_ms = {}, .room = "tea", .name = "stranger"};
       }},
      {"kick", "moderator", Code::denied,
       [](Bench&, Peer&) { return request::Kick{.room = "tea", .name = "victim", .reason = {}}; }},
      {"ban", "moderator", Code::denied, [](Bench&, Peer&) { return wanted_ban("tea", "victim", "ban"); }},
      {"mute", "moderator", Code::denied, [](Bench&, Peer&) { return wanted_ban("tea", "victim", "mute"); }},
      {"except", "moderator", Code::denied,
       [](Bench&, Peer&) { return wanted_ban("tea", "victim", "except"); }},
      {"look at bans", "moderator", Code::denied, [](Bench&, Peer&) { return request::Bans{.room = "tea"}; },
       true},
      {"unban", "moderator", Code::bad_request,
       [](Bench& bench, Peer&) {
         return request::Unban{
             bench.answer<event::Banned>(bench["owner"], wanted_ban("tea", "name:x*", "ban")).ban.id};
       }},
      {"delete what others have said", "moderator", Code::denied,
       [](Bench& bench, Peer&) {
         const auto seq = bench.said(bench["victim"], "tea", "words");
         return request::Delete{.room = "tea", .with = {}, .seq = seq, .reason = {}};
       }},
      {"give a voice", "moderator", Code::denied,
       [](Bench&, Peer&) { return wanted_role("victim", "voice"); }},
      {"take a voice", "moderator", Code::denied,
       [](Bench& bench, Peer&) {
         bench.give("victim", "voice");
         return wanted_role("victim", "none");
       }},
      {"look at reports", "moderator", Code::denied,
       [](Bench&, Peer&) { return request::Reports{.room = "tea"}; }, true},
      {"resolve a report", "moderator", Code::bad_request,
       [](Bench& bench, Peer&) { return request::Resolve{.id = reported(bench), .note = {}}; }},
      {"make a webhook", "moderator", Code::denied,
       [](Bench&, Peer&) { return request::Webhook{.room = "tea", .name = "ci"}; }},
      {"look at webhooks", "moderator", Code::denied,
       [](Bench&, Peer&) { return request::Webhooks{.room = "tea"}; }, true},
      {"revoke a webhook", "moderator", Code::bad_request,
       [](Bench& bench, Peer&) {
         return request::RevokeWebhook{
             bench.answer<event::Webhook>(bench["owner"], request::Webhook{.room = "tea", .name = "ci"})
                 .webhook.id};
       }},
      {"invite by a token", "moderator", Code::denied,
       [](Bench&, Peer&) { return request::Invite{.uses = {}, .for_ms = {}, .room = "tea"}; }},
      {"look at invitations", "moderator", Code::denied,
       [](Bench&, Peer&) { return request::Invites{.room = "tea"}; }, true},
      {"take an invitation back", "moderator", Code::invite_invalid,
       [](Bench& bench, Peer&) {
         const auto made = bench.answer<event::Invite>(
             bench["owner"], request::Invite{.uses = {}, .for_ms = {}, .room = "tea"});
         return request::Uninvite{made.invitation.id};
       }},
      {"invite moderators by a token", "owner", Code::denied,
       [](Bench&, Peer&) {
         return request::Invite{.uses = {}, .for_ms = {}, .room = "tea", .name = {}, .role = "moderator"};
       }},
      {"change rules", "owner", Code::denied,
       [](Bench&, Peer&) { return Court::rules_of("tea", {.secret = true}); }},
      {"make a moderator", "owner", Code::denied,
       [](Bench&, Peer&) { return wanted_role("victim", "moderator"); }},
      {"take a moderator's role", "owner", Code::denied,
       [](Bench& bench, Peer&) {
         bench.give("appointed", "moderator");
         return wanted_role("appointed", "none");
       }},
      {"look into the audit", "owner", Code::denied,
       [](Bench&, Peer&) { return request::Audit{.room = "tea"}; }, true},
      {"hand over", "owner", Code::denied, [](Bench&, Peer&) { return wanted_role("victim", "owner"); }},
      {"close", "owner", Code::denied,
       [](Bench&, Peer&) { return request::Close{.room = "tea", .reason = {}}; }},
  };
}

/// What is done on the whole server: by its moderators, or by its admins alone.
std::vector<Deed> all_orders() {
  return {
      {"announce", "marshal", Code::denied, [](Bench&, Peer&) { return request::Announce{.text = "hear"}; }},
      {"lock down", "marshal", Code::denied,
       [](Bench&, Peer&) { return request::Lockdown{.level = 1, .for_ms = {}, .reason = {}}; }},
      {"ban from the server", "marshal", Code::denied,
       [](Bench&, Peer&) { return wanted_ban({}, "victim", "ban"); }},
      {"mute on the server", "marshal", Code::denied,
       [](Bench&, Peer&) { return wanted_ban({}, "victim", "mute"); }},
      {"look at the server's bans", "marshal", Code::denied, [](Bench&, Peer&) { return request::Bans{}; },
       true},
      {"take a ban of the server back", "marshal", Code::bad_request,
       [](Bench& bench, Peer&) {
         return request::Unban{
             bench.answer<event::Banned>(bench["admin"], wanted_ban({}, "name:x*", "ban")).ban.id};
       }},
      {"look at all reports", "marshal", Code::denied, [](Bench&, Peer&) { return request::Reports{}; },
       true},
      {"look at all webhooks", "marshal", Code::denied, [](Bench&, Peer&) { return request::Webhooks{}; },
       true},
      {"suspend", "marshal", Code::denied,
       [](Bench&, Peer&) { return request::Suspend{.account = "victim", .for_ms = {}, .reason = {}}; }},
      {"resume", "marshal", Code::denied,
       [](Bench& bench, Peer&) {
         bench.answer<event::Account>(bench["admin"],
                                      request::Suspend{.account = "stranger", .for_ms = {}, .reason = {}});
         return request::Resume{"stranger"};
       }},
      {"disconnect", "marshal", Code::denied,
       [](Bench&, Peer&) { return request::Disconnect{.name = "victim", .session = {}, .reason = {}}; }},
      {"look into the server's audit", "admin", Code::denied, [](Bench&, Peer&) { return request::Audit{}; },
       true},
      {"invite to the server", "admin", Code::denied, [](Bench&, Peer&) { return request::Invite{}; }},
      {"look at its invitations", "admin", Code::denied, [](Bench&, Peer&) { return request::Invites{}; },
       true},
      {"look at sessions", "admin", Code::denied, [](Bench&, Peer&) { return request::Sessions{}; }, true},
      {"make an account", "admin", Code::denied,
       [](Bench&, Peer&) { return request::AddAccount{.name = "new", .password = password, .role = {}}; }},
      {"give a role on the server", "admin", Code::denied,
       [](Bench&, Peer&) {
         return request::ChangeAccount{.name = "victim", .rename = {}, .password = {}, .role = "admin"};
       }},
  };
}

void try_out(const Deed& deed, const std::string& asker, bool may) {
  INFO(asker << ": " << deed.what);
  Bench bench;
  auto& peer = bench[asker];
  const auto asked = deed.asks(bench, peer);
  bench.finish();
  for (auto& [name, each] : bench.people) each->heard();
  const auto before = bench.picture();
  const auto count = peer.events.size();
  bench.ask(peer, asked);
  REQUIRE(peer.events.size() > count);
  const auto* const failure = Court::told<event::Failure>(peer, count);
  if (may) {
    if (failure != nullptr) FAIL(to_string(failure->error.code) << ": " << failure->error.text);
    CHECK((bench.picture() == before) == deed.looks);
    return;
  }
  REQUIRE(failure != nullptr);
  CHECK(failure->error.code == deed.code);
  CHECK(peer.events.size() == count + 1);
  CHECK(bench.picture() == before);
  for (auto& [name, each] : bench.people)
    if (each.get() != &peer) CHECK(each->heard().empty());
}

}  // namespace

TEST_CASE("who may do what in a room: every action by every rank", "[rights]") {
  for (const auto& deed : all_deeds()) {
    bool may = false;
    for (const auto& asker : askers) {
      may = may || asker == deed.least;
      // Of the server's moderator all that is for moderators, and nothing that is for owners.
      try_out(deed, asker, may);
    }
  }
}

TEST_CASE("who may do what on the server: every order by every rank", "[rights]") {
  for (const auto& deed : all_orders()) {
    for (const auto& asker : askers) {
      const bool may = asker == "admin" || (deed.least == "marshal" && asker == "marshal");
      try_out(deed, asker, may);
    }
  }
}

TEST_CASE("by the operators' socket one may do everything, and needs no hello", "[rights]") {
  auto deeds = all_deeds();
  const auto orders = all_orders();
  deeds.insert(deeds.end(), orders.begin(), orders.end());
  for (const auto& deed : deeds) {
    INFO(deed.what);
    Bench bench;
    bench.people["clerk"] = bench.clerk();
    auto& clerk = bench["clerk"];
    // What one does by being there is not for whoever is not.
    const auto asked = deed.asks(bench, bench["owner"]);
    const bool is_talk =
        std::holds_alternative<request::Say>(asked) || std::holds_alternative<request::Join>(asked) ||
        std::holds_alternative<request::Topic>(asked) || std::holds_alternative<request::Delete>(asked);
    const auto before = bench.picture();
    bench.ask(clerk, asked);
    if (is_talk) {
      CHECK(code_of(clerk) == Code::hello_required);
      CHECK(bench.picture() == before);
      continue;
    }
    if (const auto* failure = Court::told<event::Failure>(clerk, 0))
      FAIL(to_string(failure->error.code) << ": " << failure->error.text);
    CHECK((bench.picture() == before) == deed.looks);
  }
}

}  // namespace hubbub::chat
