// Rules, roles, kicks, bans, invitations, reports and orders: who is told what, who is refused, and that what
// is refused changes nothing.
#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/timestamp.hpp"
#include "test/chat/village.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::RoomRules;
namespace event = protocol::event;
namespace request = protocol::request;
using std::chrono::minutes;
using std::chrono::seconds;
using Lines = std::vector<std::string>;
using journal::ServerRole;

}  // namespace

// --- rules

TEST_CASE("each rule is told to all in the room, but for the key, and can be taken back") {
  Village village;
  const std::vector<RoomRules> rules{{.moderated = true},
                                     {.invite_only = true},
                                     {.secret = true},
                                     {.topic_for = "moderators"},
                                     {.accounts_only = "speak"},
                                     {.accounts_only = "enter"},
                                     {.history_for = "since_join"},
                                     {.limit = 20},
                                     {.slow_mode = 5000},
                                     {.keep_messages = 100},
                                     {.keep_age = 3'600'000}};
  const RoomRules none{.moderated = false,
                       .invite_only = false,
                       .secret = false,
                       .topic_for = "members",
                       .accounts_only = "no",
                       .history_for = "members",
                       .limit = 0,
                       .slow_mode = 0,
                       .keep_messages = 0,
                       .keep_age = 0};
  for (const auto& each : rules) {
    const auto& told = village.answer<event::Room>(*village.anna, Court::rules_of("tea", each));
    CHECK(told.rules == each);
    CHECK(told.by == "anna");
    for (auto* peer : {village.mod.get(), village.bob.get(), village.gus.get()}) {
      CHECK(peer->heard() == Lines{"room tea of anna"});
      CHECK(peer->last<event::Room>().rules == each);
      CHECK(peer->last<event::Room>().by == "anna");
      CHECK(peer->last<event::Room>().role.empty());
    }
    CHECK(village.marshal->heard().empty());
    CHECK(village.answer<event::Room>(*village.anna, Court::rules_of("tea", none)).rules == RoomRules());
    village.hear();
  }
  CHECK(village.answer<event::Room>(*village.anna, request::Room{.room = "tea"}).role == "owner");
  CHECK(village.answer<event::Room>(*village.voice, request::Room{.room = "tea"}).role == "voice");
  CHECK(village.answer<event::Room>(*village.gus, request::Room{.room = "tea"}).role.empty());
}

TEST_CASE("the key is seen by those who may change it alone, and stands in no audit") {
  Village village;
  village.rule({.key = "open-sesame"});
  CHECK(village.answer<event::Room>(*village.anna, request::Room{.room = "tea"}).rules.key == "open-sesame");
  for (auto* peer : {village.mod.get(), village.bob.get(), village.gus.get()}) {
    const auto& told = village.answer<event::Room>(*peer, request::Room{.room = "tea"});
    CHECK_FALSE(told.rules.key);
    CHECK(told.keyed);
  }
  const auto guest = village.guest("new", "");
  CHECK(village.refused_join(*guest, "tea") == Code::key_wrong);
  CHECK(village.refused_join(*guest, "tea", "open") == Code::key_wrong);
  CHECK(village.may_join(*guest, "tea", "open-sesame"));
  village.answer<event::Joined>(*guest, Court::join_of("tea", "open-sesame"));
  CHECK_FALSE(guest->last<event::Joined>().rules.key);
  village.ask(*guest, request::Leave{"tea"});
  // Those with a role need none.
  village.ask(*village.voice, request::Leave{"tea"});
  CHECK(village.may_join(*village.voice, "tea"));
  for (const auto& entry :
       village.answer<event::Audit>(*village.anna, request::Audit{.room = "tea"}).entries) {
    CHECK(entry.before.find("sesame") == std::string::npos);
    CHECK(entry.after.find("sesame") == std::string::npos);
  }
  village.rule({.key = ""});
  CHECK(village.may_join(*guest, "tea"));
}

TEST_CASE("rules that are none are refused") {
  Village village;
  for (const auto& bad : {RoomRules{.key = "two words"}, RoomRules{.key = std::string(65, 'x')},
                          RoomRules{.slow_mode = 90'000'000}, RoomRules{}})
    village.denies(*village.anna, Court::rules_of("tea", bad), Code::bad_request);
  village.denies(*village.anna, Court::rules_of("nowhere", {.moderated = true}), Code::no_such_room);
  village.denies(*village.marshal, Court::rules_of("tea", {.moderated = true}), Code::denied);
  for (auto* peer : {village.mod.get(), village.voice.get(), village.bob.get(), village.gus.get()})
    village.denies(*peer, Court::rules_of("tea", {.moderated = true}));
}

TEST_CASE("in a moderated room those with a voice speak, and a role counts from when it is given") {
  Village village;
  village.rule({.moderated = true});
  for (auto* peer : {village.bob.get(), village.gus.get()}) {
    village.denies(*peer, Court::say_of("tea"), Code::moderated);
    village.denies(*peer, topic_of("tea"), Code::moderated);
  }
  for (auto* peer : {village.anna.get(), village.mod.get(), village.voice.get()})
    village.said(*peer, "tea", "hi");
  village.answer<event::Role>(*village.mod, role_of("tea", "bob", "voice"));
  village.answer<event::Role>(*village.mod, role_of("tea", "gus", "voice"));
  village.said(*village.bob, "tea", "hi");
  village.said(*village.gus, "tea", "hi");
  village.answer<event::Role>(*village.mod, role_of("tea", "bob", "none"));
  village.answer<event::Role>(*village.mod, role_of("tea", "gus", "none"));
  village.denies(*village.bob, Court::say_of("tea"), Code::moderated);
  village.denies(*village.gus, Court::say_of("tea"), Code::moderated);
}

TEST_CASE("slow mode says when one may speak again, by the person and not by the session") {
  Village village;
  village.rule({.slow_mode = 10'000});
  village.said(*village.bob, "tea", "one");
  village.denies(*village.bob, Court::say_of("tea", "two"), Code::slow_mode);
  CHECK(village.bob->last<event::Failure>().retry_after_ms == 10'000);
  village.clock.pass(seconds{4});
  const auto phone = village.log_in("bob", "tea");
  CHECK(village.refused(*phone, Court::say_of("tea", "two")) == Code::slow_mode);
  CHECK(phone->last<event::Failure>().retry_after_ms == 6'000);
  village.said(*village.gus, "tea", "another one");
  village.ask(*village.bob, topic_of("tea"));
  CHECK(village.bob->last<event::Topic>().text == "tea");
  village.clock.pass(seconds{6});
  village.said(*phone, "tea", "two");
  for (auto* peer : {village.anna.get(), village.mod.get(), village.voice.get()}) {
    village.said(*peer, "tea", "fast");
    village.said(*peer, "tea", "faster");
  }
  village.rule({.slow_mode = 0});
  village.said(*phone, "tea", "three");
}

TEST_CASE("where the topic is for moderators others do not set it") {
  Village village;
  village.ask(*village.gus, topic_of("tea"));
  CHECK(village.gus->last<event::Topic>().text == "tea");
  village.rule({.topic_for = "moderators"});
  for (auto* peer : {village.voice.get(), village.bob.get(), village.gus.get()})
    village.denies(*peer, topic_of("tea"));
  village.ask(*village.mod, request::Topic{.room = "tea", .text = "coffee"});
  CHECK(village.bob->last<event::Topic>().text == "coffee");
}

TEST_CASE("where one needs an account guests read, or do not come in") {
  Village village;
  village.rule({.accounts_only = "speak"});
  village.denies(*village.gus, Court::say_of("tea"), Code::login_required);
  village.said(*village.bob, "tea", "hi");
  village.answer<event::Role>(*village.mod, role_of("tea", "gus", "voice"));
  village.said(*village.gus, "tea", "hi");
  village.rule({.accounts_only = "enter"});
  const auto guest = village.guest("new", "");
  CHECK(village.refused_join(*guest, "tea") == Code::login_required);
  village.answer<event::Invited>(*village.mod, invite_of("tea", "new"));
  CHECK(village.may_join(*guest, "tea"));
}

TEST_CASE("a room that is full takes those with a role, and who leaves makes room") {
  Village village;
  village.rule({.limit = 5});
  const auto guest = village.guest("new", "");
  CHECK(village.refused_join(*guest, "tea") == Code::room_full);
  village.ask(*village.bob, request::Leave{"tea"});
  CHECK(village.may_join(*guest, "tea"));
  village.ask(*village.voice, request::Leave{"tea"});
  village.join(*village.bob, "tea");
  village.join(*guest, "tea");
  village.join(*village.voice, "tea");
  CHECK(village.refused(*village.guest("more", ""), Court::join_of("tea")) == Code::room_full);
}

TEST_CASE(
    "a secret room is not there for others: in no list, and whoever asks is told what of a room that is "
    "none") {
  Village village;
  village.rule({.secret = true});
  const auto stranger = village.guest("stranger", "");
  const auto lists = [&](Peer& peer) {
    const auto& rooms = village.answer<event::Rooms>(peer, request::Rooms{.after = {}}).rooms;
    return std::any_of(rooms.begin(), rooms.end(), [](const auto& each) { return each.room == "tea"; });
  };
  CHECK_FALSE(lists(*stranger));
  CHECK(lists(*village.gus));
  CHECK(lists(*village.marshal));
  for (const auto& asked :
       {request::Any(who_of("tea")), request::Any(request::Room{.room = "tea"}),
        request::Any(kick_of("tea", "gus")), request::Any(request::Bans{.room = "tea"})}) {
    CHECK(village.refused(*stranger, asked) == Code::no_such_room);
    const auto text = stranger->last<event::Failure>().error.text;
    village.ask(*stranger, request::Room{.room = "tee"});
    CHECK(text == "there is no room tea");
    CHECK(stranger->last<event::Failure>().error.text == "there is no room tee");
  }
  CHECK(village.answer<event::Members>(*village.gus, who_of("tea")).count == 5);
  village.ask(*village.voice, request::Leave{"tea"});
  CHECK(lists(*village.voice));
  CHECK(village.answer<event::Members>(*village.voice, who_of("tea")).count == 4);
  village.ask(*village.bob, request::Leave{"tea"});
  CHECK_FALSE(lists(*village.bob));
  CHECK(village.may_join(*village.bob, "tea"));
  village.rule({.secret = false});
  CHECK(lists(*stranger));
}

TEST_CASE("a list of rooms with many secret ones has the others, page after page") {
  Village village;
  for (int i = 0; i < 8; ++i) village.join(*village.bob, "open" + std::to_string(i));
  for (int i = 0; i < 8; ++i) {
    const auto room = "hidden" + std::to_string(i);
    village.join(*village.bob, room);
    village.answer<event::Room>(*village.bob, Court::rules_of(room, {.secret = true}));
  }
  const auto stranger = village.guest("stranger", "");
  Lines seen;
  const auto page =
      village.hub.rooms().list({}, 3, 60'000, [&](std::string_view key, const journal::RoomState* state) {
        return village.hub.moderation().is_hidden_from(stranger->session(), key, state);
      });
  CHECK(page.rooms.size() == 3);
  CHECK(page.more);
  for (const auto& each : village.answer<event::Rooms>(*stranger, request::Rooms{.after = {}}).rooms)
    seen.push_back(each.room);
  CHECK(seen ==
        Lines{"lobby", "open0", "open1", "open2", "open3", "open4", "open5", "open6", "open7", "tea"});
}

TEST_CASE("what was said before one came is not for those who come, where the room says so") {
  Village village;
  const auto old = village.said(*village.bob, "tea", "old words");
  village.rule({.history_for = "since_join"});
  const auto stranger = village.guest("stranger", "tea");
  CHECK(stranger->last<event::Joined>().history.empty());
  village.said(*village.bob, "tea", "new words");
  const auto texts = [&](Peer& peer, request::History asked) {
    Lines found;
    for (const auto& each : village.answer<event::History>(peer, std::move(asked)).messages)
      found.push_back(each->text);
    return found;
  };
  CHECK(texts(*stranger, all_of("tea")) == Lines{"new words"});
  auto search = all_of("tea");
  search.search = "words";
  CHECK(texts(*stranger, search) == Lines{"new words"});
  search.room.clear();
  CHECK(texts(*stranger, search) == Lines{"new words"});
  auto after = all_of("tea");
  after.after = 1;
  CHECK(texts(*stranger, after) == Lines{"new words"});
  CHECK(village.refused(*stranger, request::Report{.room = "tea", .seq = old, .text = "bad"}) ==
        Code::no_such_message);
  // Who was here has heard it, and moderators see everything.
  CHECK(texts(*village.bob, all_of("tea")) == Lines{"old words", "new words"});
  village.ask(*village.mod, request::Leave{"tea"});
  village.join(*village.mod, "tea");
  CHECK(village.mod->last<event::Joined>().history.size() == 2);
  // An account has it again when it comes back, from where it came first.
  const auto carol = village.member("carol", "tea");
  village.said(*village.bob, "tea", "for carol");
  village.ask(*carol, request::Leave{"tea"});
  village.said(*village.bob, "tea", "while she was away");
  village.join(*carol, "tea");
  CHECK(hears(*carol, "joined tea anna bob carol gus mod stranger voice <for carol> <while she was away>"));
}

TEST_CASE("who may not have a message is not told what becomes of it") {
  Village village;
  const auto old = village.said(*village.bob, "tea", "old words");
  village.rule({.history_for = "since_join"});
  const auto stranger = village.guest("stranger", "tea");
  const auto carol = village.member("carol", "tea");
  const auto between = village.said(*village.bob, "tea", "between");
  village.hear();
  stranger->heard();
  village.answer<event::Edited>(*village.bob,
                                request::Edit{.room = "tea", .with = {}, .seq = old, .text = "a secret"});
  CHECK(hears(*village.gus, "edited tea: a secret"));
  CHECK(stranger->heard().empty());
  const auto changes_in = [&](request::Any asked) {
    const auto before = carol->events.size();
    village.ask(*carol, std::move(asked));
    if (const auto* page = Court::told<event::History>(*carol, before)) return page->changes.size();
    return Court::told<event::Joined>(*carol, before)->changes.size();
  };
  auto asked = all_of("tea");
  asked.after = between;
  CHECK(changes_in(asked) == 0);
  village.ask(*carol, request::Leave{"tea"});
  auto again = Court::join_of("tea");
  again.since = between;
  CHECK(changes_in(again) == 0);
  village.ask(*village.gus, request::Leave{"tea"});
  // A slow reader neither.
  stranger->full = true;
  village.said(*village.bob, "tea", "missed");
  village.answer<event::Deleted>(*village.bob,
                                 request::Delete{.room = "tea", .with = {}, .seq = old, .reason = {}});
  village.said(*village.bob, "tea", "more");
  stranger->full = false;
  stranger->session().go_on();
  village.finish();
  while (std::exchange(stranger->wants_drained, false)) {
    stranger->session().go_on();
    village.finish();
  }
  for (const auto& each : stranger->events) CHECK_FALSE(std::holds_alternative<event::Deleted>(each.body));
  CHECK(stranger->last<protocol::MessagePtr>()->text == "more");
}

// --- roles

TEST_CASE("a role is told to all in the room, and stands in lists of members") {
  Village village;
  CHECK(village.answer<event::Role>(*village.anna, role_of("tea", "BOB", "moderator")).by == "anna");
  for (auto* peer : {village.mod.get(), village.bob.get(), village.gus.get()}) {
    CHECK(peer->heard() == Lines{"role tea bob moderator"});
    CHECK(peer->last<event::Role>().account == "bob");
  }
  CHECK(village.marshal->heard().empty());
  const auto& roles = village.answer<event::Members>(*village.gus, who_of("tea")).roles;
  Lines held;
  for (const auto& each : roles) held.push_back(each.name + '=' + each.role);
  CHECK(held == Lines{"anna=owner", "bob=moderator", "mod=moderator", "voice=voice"});
  village.ask(*village.bob, request::Leave{"tea"});
  village.join(*village.bob, "tea");
  CHECK(village.bob->last<event::Joined>().role == "moderator");
  CHECK(village.audit_of("tea").front() == "role bob by anna");
}

TEST_CASE("roles are given to accounts that are not there, but not to guests who are not, nor to nobody") {
  Village village;
  village.begin("away");
  CHECK(village.answer<event::Role>(*village.mod, role_of("tea", "away", "voice")).account == "away");
  const auto away = village.log_in("away", "tea");
  CHECK(away->last<event::Joined>().role == "voice");
  const auto elsewhere = village.guest("elsewhere", "");
  village.denies(*village.mod, role_of("tea", "elsewhere", "voice"), Code::no_such_user);
  village.denies(*village.mod, role_of("tea", "nobody", "voice"), Code::no_such_user);
  village.denies(*village.mod, role_of("tea", "no name", "voice"), Code::name_invalid);
}

TEST_CASE("whoever runs a room cannot be banned from it, and leaves it with his role") {
  Village village;
  village.answer<event::Role>(*village.anna, role_of("tea", "bob", "moderator"));
  village.answer<event::Role>(*village.anna, role_of("tea", "gus", "moderator"));
  village.answer<event::Banned>(*village.anna, ban_of("tea", "name:bob"));
  village.answer<event::Banned>(*village.anna, ban_of("tea", "name:gus"));
  CHECK(village.bob->heard().back() == "banned tea ban name:gus");
  CHECK(village.gus->heard().back() == "banned tea ban name:gus");
  village.answer<event::Role>(*village.anna, role_of("tea", "bob", "none"));
  village.answer<event::Role>(*village.anna, role_of("tea", "gus", "voice"));
  CHECK(village.bob->last<event::Kicked>().you);
  CHECK(village.gus->last<event::Kicked>().you);
}

TEST_CASE("of a deed of several records those count who have no role when all are there") {
  Village village;
  village.answer<event::Role>(*village.anna, role_of("tea", "bob", "moderator"));
  village.answer<event::Banned>(*village.anna, ban_of("tea", "name:bob"));
  village.answer<event::Banned>(*village.anna, ban_of("tea", "name:anna"));
  village.hear();
  // The one becomes the owner, the other a moderator.
  village.answer<event::Role>(*village.anna, role_of("tea", "bob", "owner"));
  CHECK(village.bob->heard() == Lines{"role tea anna moderator", "role tea bob owner"});
  // Roles go before bans do; all are told that the room is closed.
  village.answer<event::Closed>(*village.bob, request::Close{.room = "tea"});
  CHECK(village.anna->heard().back().starts_with("closed tea"));
}

TEST_CASE("who logs in where he is has the role of that account, and all are told") {
  Village village;
  village.ask(*village.voice, request::Quit{.text = {}});
  village.hear();
  village.ask(
      *village.gus,
      request::Login{.account = {}, .password = {}, .token = village.tokens.at("voice"), .device = {}});
  CHECK(village.bob->heard() == Lines{"renamed gus voice", "role tea voice voice"});
  CHECK(village.gus->heard().back() == "role tea voice voice");
}

TEST_CASE("a moderator of the server whose role is taken leaves the rooms that he is banned from") {
  Village village;
  village.join(*village.marshal, "tea");
  village.answer<event::Banned>(*village.anna, ban_of("tea", "name:marshal"));
  CHECK(village.marshal->heard().back() == "banned tea ban name:marshal");
  const auto account = village.marshal->session().person().account();
  village.hub.logins().append(journal::account::RoleSet{.account = account}, [](const auto& /*stored*/) {});
  village.finish();
  CHECK(village.marshal->last<event::Kicked>().you);
}

TEST_CASE("each gives the roles below his own, and nobody takes what he could not give") {
  Village village;
  village.denies(*village.bob, role_of("tea", "gus", "voice"));
  village.denies(*village.voice, role_of("tea", "bob", "voice"));
  village.denies(*village.gus, role_of("tea", "gus", "voice"));
  village.denies(*village.mod, role_of("tea", "bob", "moderator"));
  village.denies(*village.mod, role_of("tea", "bob", "owner"));
  village.denies(*village.mod, role_of("tea", "anna", "none"));
  village.denies(*village.marshal, role_of("tea", "mod", "none"));
  village.denies(*village.marshal, role_of("tea", "bob", "moderator"));
  village.answer<event::Role>(*village.anna, role_of("tea", "bob", "moderator"));
  village.denies(*village.mod, role_of("tea", "bob", "none"));
  village.denies(*village.mod, role_of("tea", "bob", "voice"));
  village.answer<event::Role>(*village.admin, role_of("tea", "bob", "none"));
  // One gives up what one has oneself.
  village.answer<event::Role>(*village.mod, role_of("tea", "mod", "none"));
  village.denies(*village.mod, kick_of("tea", "gus"));
  village.denies(*village.mod, role_of("tea", "mod", "moderator"));
  // A room is handed over, and not left without an owner.
  village.denies(*village.anna, role_of("tea", "anna", "none"), Code::denied);
  village.denies(*village.anna, role_of("tea", "anna", "owner"), Code::bad_request);
  village.denies(*village.anna, role_of("tea", "gus", "owner"), Code::login_required);
}

TEST_CASE("a room is handed over: the old owner stays its moderator, until that is taken, too") {
  Village village;
  village.answer<event::Role>(*village.anna, role_of("tea", "bob", "owner"));
  CHECK(village.mod->heard() == Lines{"role tea anna moderator", "role tea bob owner"});
  CHECK(village.answer<event::Room>(*village.mod, request::Room{.room = "tea"}).owner == "bob");
  village.hear();
  village.denies(*village.anna, Court::rules_of("tea", {.moderated = true}));
  village.answer<event::Kicked>(*village.anna, kick_of("tea", "gus"));
  village.answer<event::Role>(*village.bob, role_of("tea", "anna", "none"));
  village.denies(*village.anna, role_of("tea", "voice", "none"));
  village.denies(*village.anna, kick_of("tea", "voice"));
  village.ask(*village.anna, request::Leave{"tea"});
  village.join(*village.anna, "tea");
  CHECK(village.anna->last<event::Joined>().role.empty());
}

TEST_CASE("who comes into an empty room owns it; a guest runs it while he stays") {
  Village village;
  village.join(*village.bob, "new");
  CHECK(village.answer<event::Room>(*village.bob, request::Room{.room = "new"}).owner == "bob");
  CHECK(village.bob->last<event::Room>().created == village.clock.now().wall);
  village.join(*village.gus, "garden");
  CHECK(village.answer<event::Room>(*village.gus, request::Room{.room = "garden"}).role == "moderator");
  const auto other = village.guest("other", "garden");
  village.answer<event::Kicked>(*village.gus, kick_of("garden", "other"));
  village.denies(*village.gus, Court::rules_of("garden", {.moderated = true}));
  village.denies(*village.gus, role_of("garden", "gus", "owner"), Code::denied);
  // It goes with his name, but not with him.
  village.ask(*village.gus, request::Rename{"gustav"});
  CHECK(village.answer<event::Room>(*village.gus, request::Room{.room = "garden"}).role == "moderator");
  village.join(*other, "garden");
  village.ask(*village.gus, request::Leave{"garden"});
  village.join(*village.gus, "garden");
  CHECK(village.answer<event::Room>(*village.gus, request::Room{.room = "garden"}).role.empty());
  CHECK(village.refused(*village.gus, kick_of("garden", "other")) == Code::denied);
}

TEST_CASE("nobody runs the default room but the server's people") {
  Village village;
  for (auto* each : village.everybody()) village.ask(*each, request::Leave{"lobby"});
  village.join(*village.bob, "lobby");
  CHECK(village.answer<event::Room>(*village.bob, request::Room{.room = "lobby"}).role.empty());
  village.denies(*village.bob, role_of("lobby", "bob", "owner"));
  village.join(*village.gus, "lobby");
  village.denies(*village.bob, kick_of("lobby", "gus"));
  village.answer<event::Kicked>(*village.marshal, kick_of("lobby", "gus"));
  village.answer<event::Room>(*village.admin, Court::rules_of("lobby", {.moderated = true}));
  village.denies(*village.bob, Court::say_of("lobby"), Code::moderated);
}

TEST_CASE("an account that runs a room without an owner claims it, if it does not own too many") {
  Village village;
  village.settings.owned_rooms = 1;
  village.join(*village.anna, "second");
  CHECK(village.answer<event::Room>(*village.anna, request::Room{.room = "second"}).role == "moderator");
  CHECK(village.anna->last<event::Room>().owner.empty());
  village.denies(*village.anna, role_of("second", "anna", "owner"), Code::too_many_rooms);
  village.join(*village.bob, "second");
  village.denies(*village.bob, role_of("second", "bob", "owner"));
  village.settings.owned_rooms = 2;
  village.answer<event::Role>(*village.anna, role_of("second", "anna", "owner"));
  CHECK(village.answer<event::Room>(*village.bob, request::Room{.room = "second"}).owner == "anna");
  // What one runs for now one gives up, too.
  village.settings.owned_rooms = 1;
  village.join(*village.bob, "third");
  village.join(*village.gus, "third");
  village.settings.owned_rooms = 50;
  CHECK(village.answer<event::Room>(*village.bob, request::Room{.room = "third"}).role == "owner");
  village.settings.owned_rooms = 1;
  village.join(*village.bob, "fourth");
  CHECK(village.answer<event::Room>(*village.bob, request::Room{.room = "fourth"}).role == "moderator");
  village.answer<event::Role>(*village.bob, role_of("fourth", "bob", "none"));
  CHECK(village.answer<event::Room>(*village.bob, request::Room{.room = "fourth"}).role.empty());
}

TEST_CASE("a server role that is given or taken counts at once, also for one who has just spoken") {
  Village village;
  village.rule({.moderated = true});
  village.join(*village.marshal, "tea");
  village.said(*village.marshal, "tea", "as a moderator");
  village.answer<event::Banned>(*village.anna, ban_of("tea", "name:marshal", "mute"));
  village.said(*village.marshal, "tea", "whom no mute is about");
  const auto give = [&](const std::string& name, const std::string& role) {
    const auto clerk = village.clerk();
    village.answer<event::Account>(
        *clerk, request::ChangeAccount{.name = name, .rename = {}, .password = {}, .role = role});
  };
  give("marshal", "none");
  CHECK(village.refused(*village.marshal, Court::say_of("tea")) == Code::muted);
  CHECK(village.refused(*village.bob, Court::say_of("tea")) == Code::moderated);
  give("bob", "moderator");
  village.said(*village.bob, "tea", "hi");
}

TEST_CASE("a closed room is empty, without rules and history, and whoever comes begins it anew") {
  Village village;
  village.said(*village.bob, "tea", "old words");
  village.rule({.moderated = true, .key = "x"});
  village.answer<event::Banned>(*village.mod, ban_of("tea", "name:evil*"));
  village.answer<event::Invite>(*village.mod, link_to("tea"));
  village.hear();
  for (auto* peer :
       {village.mod.get(), village.voice.get(), village.bob.get(), village.gus.get(), village.marshal.get()})
    village.denies(*peer, request::Close{.room = "tea", .reason = {}});
  CHECK(village.answer<event::Closed>(*village.anna, request::Close{.room = "tea", .reason = "spring"})
            .reason == "spring");
  for (auto* peer : {village.mod.get(), village.bob.get(), village.gus.get()}) {
    CHECK(peer->heard() == Lines{"closed tea"});
    CHECK(peer->last<event::Closed>().by == "anna");
    CHECK_FALSE(peer->session().stays().has("tea"));
  }
  CHECK(village.refused(*village.anna, Court::say_of("tea")) == Code::not_joined);
  CHECK(village.audit_of("tea").front() == "close  by anna");
  village.pass(seconds{2});
  village.join(*village.bob, "tea");
  CHECK(village.bob->last<event::Joined>().history.empty());
  CHECK(village.bob->last<event::Joined>().rules == RoomRules());
  const auto& room = village.answer<event::Room>(*village.bob, request::Room{.room = "tea"});
  CHECK(room.owner == "bob");
  CHECK(room.rules == RoomRules());
  CHECK_FALSE(room.keyed);
  CHECK(village.answer<event::Bans>(*village.bob, request::Bans{.room = "tea"}).bans.empty());
  CHECK(village.answer<event::Invites>(*village.bob, request::Invites{.room = "tea"}).invites.empty());
  const auto fresh = village.said(*village.bob, "tea", "new words");
  village.pass(minutes{5});
  village.join(*village.gus, "tea");
  CHECK(village.gus->last<event::Joined>().history.size() == 1);
  CHECK(village.gus->last<event::Joined>().last == fresh);
  CHECK(village.gus->last<event::Joined>().role.empty());
}

TEST_CASE("the default room can be closed, and goes on from there") {
  Village village;
  village.join(*village.bob, "lobby");
  village.said(*village.bob, "lobby", "old words");
  village.answer<event::Closed>(*village.admin, request::Close{.room = "lobby", .reason = {}});
  village.pass(seconds{2});
  village.join(*village.bob, "lobby");
  village.said(*village.bob, "lobby", "new words");
  village.pass(minutes{5});
  village.join(*village.gus, "lobby");
  // What was there before is not this room's.
  CHECK(village.gus->heard().front() == "joined lobby bob gus <new words>");
}

// --- kick

TEST_CASE("who is put out hears why, leaves with all sessions, and may come back") {
  Village village;
  const auto phone = village.log_in("bob", "tea");
  village.ask(*phone, Court::join_of("other"));
  village.hear();
  phone->heard();
  const auto& told = village.answer<event::Kicked>(
      *village.mod, request::Kick{.room = "tea", .name = "BOB", .reason = "loud"});
  CHECK(told.name == "bob");
  for (auto* peer : {village.bob.get(), phone.get()}) {
    CHECK(hears(*peer, "kicked tea bob by mod"));
    CHECK(peer->last<event::Kicked>().reason == "loud");
    CHECK_FALSE(peer->session().stays().has("tea"));
  }
  CHECK(phone->session().stays().has("other"));
  village.hub.end_turn();
  const auto lines = village.gus->heard();
  CHECK(lines == Lines{"kicked tea bob by mod", "presence tea 4 -bob(kicked by mod: loud)"});
  CHECK(village.marshal->heard().empty());
  CHECK(village.refused(*village.bob, Court::say_of("tea")) == Code::not_joined);
  CHECK(village.may_join(*village.bob, "tea"));
  CHECK(village.audit_of("tea").front() == "kick bob by mod");
}

TEST_CASE("nobody puts out those who have as much to say, nor those who are not there") {
  Village village;
  village.denies(*village.mod, kick_of("tea", "anna"));
  village.denies(*village.mod, kick_of("tea", "mod"));
  village.denies(*village.bob, kick_of("tea", "gus"));
  village.denies(*village.voice, kick_of("tea", "gus"));
  village.denies(*village.mod, kick_of("tea", "admin"), Code::no_such_user);
  village.denies(*village.mod, kick_of("tea", "nobody"), Code::no_such_user);
  village.denies(*village.mod, kick_of("nowhere", "bob"), Code::no_such_room);
  const auto stranger = village.guest("stranger", "");
  CHECK(village.refused(*stranger, kick_of("tea", "gus")) == Code::not_joined);
  village.denies(*village.mod, request::Kick{.room = "tea", .name = "gus", .reason = std::string(600, 'x')},
                 Code::bad_request);
  village.answer<event::Kicked>(*village.anna, kick_of("tea", "mod"));
  village.join(*village.admin, "tea");
  village.denies(*village.anna, kick_of("tea", "admin"));
  village.answer<event::Kicked>(*village.admin, kick_of("tea", "anna"));
  // The server's moderators need not be there.
  village.answer<event::Kicked>(*village.marshal, kick_of("tea", "gus"));
}

TEST_CASE("who is put out while reading is told so all the same") {
  Village village(std::make_unique<SlowJournal>());
  // Behind with what was said.
  village.bob->full = true;
  village.said(*village.gus, "tea", "missed");
  village.answer<event::Kicked>(*village.mod, kick_of("tea", "bob"));
  village.bob->full = false;
  for (int i = 0; i < 4; ++i) {
    village.bob->session().go_on();
    village.finish();
  }
  CHECK(village.bob->last<event::Kicked>().name == "bob");
  // While a page of history is being read.
  village.slow->slow_reads = true;
  village.gus->ask(all_of("tea"));
  village.mod->ask(kick_of("tea", "gus"));
  village.finish();
  CHECK(village.gus->last<event::Kicked>().name == "gus");
  village.slow->slow_reads = false;
  // The same of a room that is closed.
  village.join(*village.bob, "tea");
  village.bob->full = true;
  village.said(*village.anna, "tea", "missed");
  village.answer<event::Closed>(*village.anna, request::Close{.room = "tea", .reason = {}});
  village.bob->full = false;
  for (int i = 0; i < 4; ++i) {
    village.bob->session().go_on();
    village.finish();
  }
  CHECK(village.bob->last<event::Closed>().room == "tea");
}

// --- bans, mutes and exceptions

TEST_CASE("a ban puts out whom it is about, is told to the room, and keeps them out until it is taken back") {
  Village village;
  const auto& told = village.answer<event::Banned>(*village.mod, ban_of("tea", "bob"));
  CHECK(told.ban.mask == "account:bob");
  CHECK(told.matches == Lines{"bob"});
  CHECK(told.ban.id > 0);
  const auto id = told.ban.id;
  village.hub.end_turn();
  CHECK(village.gus->heard() ==
        Lines{"banned tea ban account:bob", "kicked tea bob by mod", "presence tea 4 -bob(kicked by mod)"});
  CHECK(village.gus->last<event::Banned>().ban.id == id);
  CHECK(hears(*village.bob, "kicked tea bob by mod"));
  CHECK(village.marshal->heard().empty());
  CHECK(village.refused_join(*village.bob, "tea") == Code::banned_here);
  // Nor under another name, in another session, or after a login.
  village.ask(*village.bob, request::Rename{"robert"});
  CHECK(village.refused_join(*village.bob, "tea") == Code::banned_here);
  const auto phone = village.log_in("bob", "", "198.51.100.1");
  CHECK(village.refused_join(*phone, "tea") == Code::banned_here);
  const auto& list = village.answer<event::Bans>(*village.mod, request::Bans{.room = "tea"}).bans;
  REQUIRE(list.size() == 1);
  CHECK(list[0].id == id);
  CHECK(list[0].by == "mod");
  village.hear();
  for (auto* peer : {village.voice.get(), village.gus.get()}) {
    village.denies(*peer, request::Unban{id}, Code::bad_request);
    village.denies(*peer, request::Bans{.room = "tea"});
    village.denies(*peer, ban_of("tea", "gus"));
  }
  CHECK(village.answer<event::Unbanned>(*village.mod, request::Unban{id}).mask == "account:bob");
  CHECK(village.gus->heard() == Lines{"unbanned tea account:bob"});
  CHECK(village.may_join(*phone, "tea"));
  village.denies(*village.mod, request::Unban{id}, Code::bad_request);
  CHECK(village.audit_of("tea").front() == "unban account:bob by mod");
}

TEST_CASE(
    "a guest is banned by where he is from: by no other name, and in no other session, does he come back") {
  Village village;
  const auto& told = village.answer<event::Banned>(*village.mod, ban_of("tea", "gus"));
  CHECK(told.ban.mask.starts_with("host:"));
  CHECK(told.ban.mask.find("192.0.2") == std::string::npos);
  const auto mask = told.ban.mask;
  CHECK(village.refused_join(*village.gus, "tea") == Code::banned_here);
  village.ask(*village.gus, request::Rename{"gustav"});
  CHECK(village.refused_join(*village.gus, "tea") == Code::banned_here);
  const auto second = village.guest("second", "", "192.0.2.9");
  CHECK(village.refused_join(*second, "tea") == Code::banned_here);
  const auto neighbour = village.guest("neighbour", "", "192.0.2.10");
  CHECK(village.may_join(*neighbour, "tea"));
  // The mask that the list shows is one of that room alone: nobody recognises in another one where somebody
  // is from.
  village.join(*village.bob, "other");
  village.join(*second, "other");
  CHECK(village.answer<event::Banned>(*village.bob, ban_of("other", mask)).matches.empty());
  CHECK(village.answer<event::Banned>(*village.bob, ban_of("other", "second")).ban.mask != mask);
  CHECK_FALSE(second->session().stays().has("other"));
}

TEST_CASE("a mask of names is about all who bear one, also whoever takes one in the room") {
  Village village;
  const auto spam1 = village.guest("spam-1", "tea", "192.0.2.21");
  const auto spam2 = village.guest("spam-2", "tea", "192.0.2.22");
  auto asked = ban_of("tea", "name:SPAM*");
  asked.dry_run = true;
  village.hear();
  const auto before = village.picture();
  const auto& dry = village.answer<event::Banned>(*village.mod, asked);
  CHECK(dry.ban.id == 0);
  CHECK(dry.matches == Lines{"spam-1", "spam-2"});
  CHECK(village.picture() == before);
  CHECK(village.gus->heard().empty());
  village.answer<event::Banned>(*village.mod, ban_of("tea", "name:SPAM*"));
  CHECK_FALSE(spam1->session().stays().has("tea"));
  CHECK_FALSE(spam2->session().stays().has("tea"));
  const auto other = village.guest("other", "tea", "192.0.2.23");
  other->heard();
  village.ask(*other, request::Rename{"spam-3"});
  CHECK_FALSE(other->session().stays().has("tea"));
  CHECK(other->heard() == Lines{"renamed other spam-3", "kicked tea spam-3 by mod"});
  CHECK(village.refused_join(*other, "tea") == Code::banned_here);
}

TEST_CASE("who logs in to a banned account is put out of the room in which he was as a guest") {
  Village village;
  village.answer<event::Banned>(*village.mod, ban_of("tea", "bob"));
  auto guest = village.guest("innocent", "tea", "198.51.100.7");
  guest->heard();
  village.ask(*guest, token_login(village.tokens.at("bob")));
  CHECK(guest->last<event::LoggedIn>().account == "bob");
  CHECK_FALSE(guest->session().stays().has("tea"));
  CHECK(guest->last<event::Kicked>().room == "tea");
  // And logged out again he is banned as whoever he is then.
  const auto carol = village.member("carol", "tea");
  village.answer<event::Banned>(*village.mod, ban_of("tea", "name:guest*"));
  village.ask(*carol, request::Logout{});
  CHECK_FALSE(carol->session().stays().has("tea"));
}

TEST_CASE("whoever may stay for now stays, and does not come back") {
  Village village;
  auto asked = ban_of("tea", "bob");
  asked.keep = true;
  village.answer<event::Banned>(*village.mod, asked);
  village.said(*village.bob, "tea", "still here");
  village.ask(*village.bob, request::Leave{"tea"});
  CHECK(village.refused_join(*village.bob, "tea") == Code::banned_here);
}

TEST_CASE("a mute holds through rename and reconnection, and says until when and why") {
  Village village;
  auto asked = ban_of("tea", "bob", "mute", 60'000);
  asked.reason = "too loud";
  const auto until = village.clock.now().wall + minutes{1};
  const auto& told = village.answer<event::Banned>(*village.mod, asked);
  CHECK(told.ban.until == until);
  CHECK(village.gus->heard() == Lines{"banned tea mute account:bob"});
  CHECK(village.bob->session().stays().has("tea"));
  village.denies(*village.bob, Court::say_of("tea"), Code::muted);
  const auto& failure = village.bob->last<event::Failure>();
  CHECK(failure.retry_after_ms == 60'000);
  CHECK(failure.error.text == "you are muted in tea until " + protocol::to_string(until) + ": too loud");
  village.denies(*village.bob, topic_of("tea"), Code::muted);
  village.ask(*village.bob, request::Rename{"robert"});
  village.denies(*village.bob, Court::say_of("tea"), Code::muted);
  const auto phone = village.log_in("bob", "tea");
  CHECK(village.refused(*phone, Court::say_of("tea")) == Code::muted);
  village.hear();
  village.clock.pass(seconds{59});
  village.hub.tick();
  village.finish();
  CHECK(village.gus->heard().empty());
  village.pass(seconds{1});
  CHECK(village.gus->heard() == Lines{"unbanned tea account:bob"});
  CHECK(village.gus->last<event::Unbanned>().by.empty());
  village.said(*village.bob, "tea", "at last");
  CHECK(village.answer<event::Bans>(*village.mod, request::Bans{.room = "tea"}).bans.empty());
  CHECK(village.audit_of("tea").front().starts_with("end account:bob"));
}

TEST_CASE(
    "who is muted is told so by name, also where only the server knows whom a mask is about, and at the "
    "door") {
  Village village;
  village.answer<event::Banned>(*village.mod, ban_of("tea", "gus", "mute", 60'000));
  const auto& to_gus = village.gus->last<event::Banned>();
  CHECK(to_gus.ban.mask.starts_with("host:"));
  CHECK(to_gus.matches == Lines{"gus"});
  CHECK(village.bob->last<event::Banned>().matches.empty());
  const auto id = to_gus.ban.id;
  village.ask(*village.gus, request::Leave{.room = "tea"});
  const auto& joined = village.answer<event::Joined>(*village.gus, Court::join_of("tea"));
  REQUIRE(joined.muted);
  CHECK(joined.muted->id == id);
  CHECK(joined.muted->until == to_gus.ban.until);
  village.answer<event::Unbanned>(*village.mod, request::Unban{id});
  village.ask(*village.gus, request::Leave{.room = "tea"});
  CHECK_FALSE(village.answer<event::Joined>(*village.gus, Court::join_of("tea")).muted);
  // One of the whole server is one here, too; and none is about those who run the room.
  village.answer<event::Banned>(*village.marshal, ban_of({}, "gus", "mute"));
  village.answer<event::Banned>(*village.marshal, ban_of({}, "name:g*", "mute"));
  village.ask(*village.gus, request::Leave{.room = "tea"});
  CHECK(village.answer<event::Joined>(*village.gus, Court::join_of("tea")).muted);
  village.ask(*village.mod, request::Leave{.room = "tea"});
  CHECK_FALSE(village.answer<event::Joined>(*village.mod, Court::join_of("tea")).muted);
}

TEST_CASE("a slow reader is told what it is in the room, and its mute, once it has everything") {
  Village village(std::make_unique<SlowJournal>());
  const auto catches_up = [&](Peer& peer) {
    peer.full = false;
    for (int i = 0; i < 4; ++i) {
      peer.session().go_on();
      village.finish();
    }
    return peer.last<event::Joined>();
  };
  for (auto* peer : {village.mod.get(), village.bob.get()}) peer->full = true;
  village.said(*village.gus, "tea", "missed");
  village.answer<event::Banned>(*village.anna, ban_of("tea", "bob", "mute"));
  CHECK(catches_up(*village.mod).role == "moderator");
  CHECK_FALSE(village.mod->last<event::Joined>().muted);
  CHECK(catches_up(*village.bob).muted);
  CHECK(village.bob->last<event::Joined>().role.empty());
}

TEST_CASE("whoever is put out knows it by itself, by whatever name it went before") {
  Village village(std::make_unique<SlowJournal>());
  village.bob->full = true;
  village.said(*village.gus, "tea", "missed");
  village.answer<event::Kicked>(*village.mod, kick_of("tea", "bob"));
  CHECK(village.bob->heard().empty());
  const auto phone = village.log_in("bob", "");
  village.ask(*phone, request::Rename{"robert"});
  const auto others = village.gus->last<event::Kicked>();
  CHECK_FALSE(others.you);
  village.bob->full = false;
  for (int i = 0; i < 4; ++i) {
    village.bob->session().go_on();
    village.finish();
  }
  CHECK(village.bob->last<event::Kicked>().you);
  // What another device of the same person does is not lost on one that is behind.
  CHECK(village.bob->last<event::Renamed>().new_name == "robert");
}

TEST_CASE("a mute of the whole server is told to whom it silences, binds a room's owner, and ends for both") {
  Village village;
  village.answer<event::Banned>(*village.marshal, ban_of({}, "anna", "mute", 60'000));
  const auto& told = village.anna->last<event::Banned>();
  CHECK(told.ban.room.empty());
  CHECK(told.matches == Lines{"anna"});
  CHECK(village.bob->heard().empty());
  const auto id = told.ban.id;
  CHECK(village.refused(*village.anna, Court::say_of("tea")) == Code::muted);
  village.ask(*village.anna, request::Leave{.room = "tea"});
  CHECK(village.answer<event::Joined>(*village.anna, Court::join_of("tea")).muted);
  // In a room that has no rules of its own, too.
  village.join(*village.anna, "lobby");
  CHECK(village.refused(*village.anna, Court::say_of("lobby")) == Code::muted);
  // Of two mutes the one that ends last is told.
  village.answer<event::Banned>(*village.marshal, ban_of({}, "bob", "mute", 60'000));
  village.answer<event::Banned>(*village.mod, ban_of("tea", "bob", "mute", 120'000));
  village.denies(*village.bob, Court::say_of("tea"), Code::muted);
  CHECK(village.bob->last<event::Failure>().retry_after_ms == 120'000);
  village.answer<event::Unbanned>(*village.marshal, request::Unban{id});
  CHECK(village.anna->last<event::Unbanned>().id == id);
  village.said(*village.anna, "lobby", "at last");
}

TEST_CASE("slow mode is not passed by another name") {
  Village village;
  village.rule({.slow_mode = 60'000});
  village.said(*village.gus, "tea", "one");
  village.ask(*village.gus, request::Rename{"gustav"});
  CHECK(village.refused(*village.gus, Court::say_of("tea")) == Code::slow_mode);
}

TEST_CASE("a guest makes no webhook, and changes nothing that one of his name has posted") {
  Village village;
  const auto ruler = village.guest("ruler", "den", "192.0.2.77");
  CHECK(village.refused(*ruler, request::Webhook{.room = "den", .name = "hook"}) == Code::login_required);
  const auto& made =
      village.answer<event::Webhook>(*village.mod, request::Webhook{.room = "tea", .name = "grafana"});
  village.ask(*village.gus, request::Rename{"grafana"});
  village.hub.webhooks().post(made.token, "disk is full",
                              [](const auto& refused) { CHECK_FALSE(refused.has_value()); });
  village.finish();
  const auto seq = village.gus->last<protocol::MessagePtr>()->seq;
  CHECK(village.gus->last<protocol::MessagePtr>()->from == "grafana");
  CHECK(village.refused(*village.gus,
                        request::Edit{.room = "tea", .with = {}, .seq = seq, .text = "all is well"}) ==
        Code::denied);
  CHECK(village.refused(*village.gus, request::Delete{.room = "tea", .with = {}, .seq = seq, .reason = {}}) ==
        Code::denied);
}

TEST_CASE("where something is in the way of those who come in, moderators alone invite past it") {
  Village village;
  const request::Invite to_carl{.uses = {}, .for_ms = {}, .room = "tea", .name = "carl"};
  const auto carl = village.guest("carl", "lobby", "192.0.2.80");
  village.answer<event::Invited>(*village.bob, to_carl);
  for (const auto& rules :
       {RoomRules{.key = "sesame"}, RoomRules{.limit = 3}, RoomRules{.accounts_only = "enter"}}) {
    village.rule(rules);
    CHECK(village.refused(*village.bob, to_carl) == Code::denied);
    village.answer<event::Invited>(*village.mod, to_carl);
    village.rule({.key = "", .accounts_only = "no", .limit = 0});
  }
  // Nor does one invite from outside, or who may not speak.
  CHECK(village.refused(*carl, request::Invite{.uses = {}, .for_ms = {}, .room = "tea", .name = "marshal"}) ==
        Code::not_joined);
  village.answer<event::Banned>(*village.mod, ban_of("tea", "bob", "mute"));
  CHECK(village.refused(*village.bob, to_carl) == Code::muted);
}

TEST_CASE("an invitation is for whom it was meant, not for the next one of that name") {
  Village village;
  village.rule({.invite_only = true});
  auto carl = village.guest("carl", "lobby", "192.0.2.80");
  village.answer<event::Invited>(*village.mod,
                                 request::Invite{.uses = {}, .for_ms = {}, .room = "tea", .name = "carl"});
  village.ask(*carl, request::Rename{"other"});
  const auto thief = village.guest("carl", "lobby", "192.0.2.90");
  CHECK(village.refused_join(*thief, "tea") == Code::invite_required);
  village.ask(*thief, request::Rename{"thief"});
  village.ask(*carl, request::Rename{"carl"});
  CHECK(village.may_join(*carl, "tea"));
}

TEST_CASE("a token is not used up by whom it does not help") {
  Village village;
  const auto made = village.answer<event::Invite>(
      *village.mod, request::Invite{.uses = 2, .for_ms = {}, .room = "tea", .name = {}});
  const auto carl = village.guest("carl", "lobby", "192.0.2.80");
  village.answer<event::Banned>(*village.mod, ban_of("tea", "carl"));
  CHECK(village.refused(*carl, request::Redeem{made.token}) == Code::banned_here);
  village.answer<event::Redeemed>(*village.bob, request::Redeem{made.token});
  CHECK(village.answer<event::Invites>(*village.mod, request::Invites{"tea"}).invites.at(0).uses == 2);
}

TEST_CASE("who may not speak has no last word either") {
  Village village;
  village.answer<event::Banned>(*village.mod, ban_of("tea", "bob", "mute"));
  village.hear();
  village.bob->ask(request::Quit{"buy tea"});
  village.finish();
  village.hub.end_turn();
  for (const auto& line : village.gus->heard()) CHECK(line.find("buy") == std::string::npos);
}

TEST_CASE("of those who may not speak nobody is told that they write") {
  Village village;
  const auto writes = [&](Peer& peer) {
    village.hear();
    village.pass(seconds{4});
    peer.ask(request::Typing{.room = "tea", .with = {}, .state = "active"});
    village.finish();
    return !village.anna->heard().empty();
  };
  CHECK(writes(*village.bob));
  village.answer<event::Banned>(*village.mod, ban_of("tea", "bob", "mute"));
  CHECK_FALSE(writes(*village.bob));
  CHECK(writes(*village.gus));
  village.rule({.moderated = true});
  CHECK_FALSE(writes(*village.gus));
  CHECK(writes(*village.voice));
  // That one has to wait does not say that one has nothing to say.
  village.rule({.moderated = false, .slow_mode = 60'000});
  village.said(*village.gus, "tea", "hi");
  CHECK(writes(*village.gus));
}

TEST_CASE("a closed room that is given to somebody keeps what is said there from then on") {
  Village village;
  village.answer<event::Closed>(*village.anna, request::Close{.room = "tea", .reason = {}});
  CHECK(village.bob->last<event::Closed>().reason.empty());
  village.finish();
  village.ask(*village.admin, role_of("tea", "bob", "owner"));
  village.ask(*village.bob, Court::join_of("tea"));
  village.finish();
  CHECK(village.bob->last<event::Joined>().room == "tea");
  village.said(*village.bob, "tea", "seen");
  CHECK_FALSE(village.answer<event::Room>(*village.bob, request::Room{.room = "tea"}).rules.keep_age);
}

TEST_CASE("a limit holds for those who come at the same time, and not for another session of a member") {
  Village village(std::make_unique<SlowJournal>());
  village.rule({.limit = 6});  // five are there
  const auto one = village.guest("one", "", "192.0.2.81");
  const auto two = village.guest("two", "", "192.0.2.82");
  village.slow->slow_reads = true;
  one->ask(Court::join_of("tea"));
  two->ask(Court::join_of("tea"));
  village.finish();
  village.slow->slow_reads = false;
  village.finish();
  CHECK(one->session().stays().has("tea"));
  CHECK(code_of(*two) == Code::room_full);
  const auto phone = village.log_in("bob", "tea");
  CHECK(phone->session().stays().has("tea"));
}

TEST_CASE("a timed ban ends by itself, and one that was taken back does not end twice") {
  Village village;
  const auto first = village.answer<event::Banned>(*village.mod, ban_of("tea", "bob", "ban", 60'000)).ban.id;
  village.answer<event::Banned>(*village.mod, ban_of("tea", "gus", "ban", 30'000));
  village.answer<event::Unbanned>(*village.mod, request::Unban{first});
  village.hear();
  village.pass(seconds{30});
  CHECK(village.voice->heard().size() == 1);
  CHECK(village.may_join(*village.gus, "tea"));
  village.hear();
  village.pass(seconds{60});
  CHECK(village.voice->heard().empty());
}

TEST_CASE("an end that could not be stored is tried again, and nobody is kept out meanwhile") {
  Village village(std::make_unique<SlowJournal>());
  village.answer<event::Banned>(*village.mod, ban_of("tea", "bob", "ban", 30'000));
  village.hear();
  village.slow->fail_next = true;
  village.pass(seconds{30});
  CHECK(village.voice->heard().empty());
  CHECK(village.may_join(*village.bob, "tea"));
  village.hear();
  village.pass(seconds{1});
  CHECK(hears(*village.voice, "unbanned tea account:bob"));
}

TEST_CASE("what is prolonged while it ends goes on") {
  Village village(std::make_unique<SlowJournal>());
  const request::Lockdown minute{.level = 1, .for_ms = 60'000, .reason = {}};
  village.answer<event::Lockdown>(*village.marshal, minute);
  village.hear();
  village.clock.pass(minutes{1});
  village.marshal->ask(minute);
  village.hub.tick();
  village.finish();
  CHECK(village.gus->heard() == Lines{"lockdown 1"});
  village.pass(seconds{59});
  CHECK(village.gus->heard().empty());
  village.pass(seconds{1});
  CHECK(village.gus->heard() == Lines{"lockdown 0"});
}

TEST_CASE("an exception lets in those whom a ban is about") {
  Village village;
  village.answer<event::Banned>(*village.mod, ban_of("tea", "name:b*", "except"));
  village.answer<event::Banned>(*village.mod, ban_of("tea", "bob"));
  CHECK(village.bob->session().stays().has("tea"));
  village.answer<event::Banned>(*village.mod, ban_of("tea", "bob", "mute"));
  village.said(*village.bob, "tea", "hi");
  const auto id = village.answer<event::Bans>(*village.mod, request::Bans{.room = "tea"}).bans.front().id;
  village.answer<event::Unbanned>(*village.mod, request::Unban{id});
  CHECK_FALSE(village.bob->session().stays().has("tea"));
  CHECK(village.refused_join(*village.bob, "tea") == Code::banned_here);
}

TEST_CASE("no ban is about those who run the room, and nobody bans what he may not") {
  Village village;
  for (const auto* name : {"anna", "mod", "admin", "marshal", "account:anna"})
    village.denies(*village.mod, ban_of("tea", name));
  village.join(*village.gus, "garden");
  const auto other = village.guest("other", "garden");
  village.join(*village.marshal, "garden");
  village.denies(*village.marshal, ban_of("garden", "gus"));
  village.answer<event::Banned>(*village.mod, ban_of("tea", "name:*n*"));
  CHECK(village.anna->session().stays().has("tea"));
  village.denies(*village.mod, ban_of("tea", "address:192.0.2.0/24"), Code::bad_request);
  village.denies(*village.mod, ban_of("tea", "nick:bob"), Code::bad_request);
  village.denies(*village.mod, ban_of("tea", "name:*"), Code::bad_request);
  village.denies(*village.mod, ban_of("tea", "host:x"), Code::bad_request);
  village.denies(*village.mod, ban_of("tea", "account:nobody"), Code::no_such_account);
  village.denies(*village.mod, ban_of({}, "bob"));
  village.denies(*village.anna, ban_of({}, "bob"));
  village.denies(*village.mod, request::Bans{});
}

TEST_CASE("bans come in pages") {
  Village village;
  for (int i = 0; i < 101; ++i)
    village.answer<event::Banned>(*village.mod, ban_of("tea", "name:x" + std::to_string(i)));
  auto page = village.answer<event::Bans>(*village.mod, request::Bans{.room = "tea"});
  CHECK(page.bans.size() == 100);
  CHECK(page.more);
  page =
      village.answer<event::Bans>(*village.mod, request::Bans{.room = "tea", .after = page.bans.back().id});
  CHECK(page.bans.size() == 1);
  CHECK(page.bans.front().mask == "name:x100");
  CHECK_FALSE(page.more);
}

// --- the server's own

TEST_CASE("a ban from the server closes the connections that it is about, and lets nobody in") {
  Village village;
  village.hub.operations().is_in_range = [](const std::string& range, std::string_view address) {
    return range == "192.0.2.8/29" && address.find("192.0.2.9:") != std::string_view::npos;
  };
  village.hub.operations().fault_of_range = [](const std::string& range) {
    return range == "192.0.2.8/29" ? std::nullopt : std::optional<std::string>("is no range");
  };
  village.denies(*village.marshal, ban_of({}, "address:x"), Code::bad_request);
  CHECK(village.answer<event::Banned>(*village.marshal, ban_of({}, "address:192.0.2.8/29")).matches ==
        Lines{"gus"});
  CHECK(village.gus->last<event::Bye>().error.code == Code::banned);
  CHECK(hears(*village.admin, "banned  ban address:192.0.2.8/29"));
  // Not told to those who do not run the server: neither addresses nor bans.
  CHECK_FALSE(hears(*village.mod, "banned  ban address:192.0.2.8/29"));
  CHECK(village.turned_away(hello("gustav"), "192.0.2.9") == Code::banned);
  const auto neighbour = village.guest("neighbour", "", "192.0.2.10");

  const auto id = village.answer<event::Banned>(*village.marshal, ban_of({}, "bob", "ban", 60'000)).ban.id;
  CHECK(village.bob->last<event::Bye>().error.code == Code::banned);
  auto asked = hello("bob");
  asked.token = village.tokens.at("bob");
  CHECK(village.turned_away(asked, "198.51.100.1") == Code::banned);
  // Nor by a login.
  village.ask(*neighbour, token_login(village.tokens.at("bob")));
  CHECK(neighbour->last<event::Bye>().error.code == Code::banned);
  village.hear();
  village.pass(minutes{1});
  CHECK(hears(*village.marshal, "unbanned  account:bob"));
  CHECK(village.log_in("bob", "tea")->session().stays().has("tea"));
  CHECK(village.refused(*village.marshal, request::Unban{id}) == Code::bad_request);
}

TEST_CASE("a name that is banned is not taken by a rename either") {
  Village village;
  village.answer<event::Banned>(*village.marshal, ban_of({}, "name:spam*"));
  village.denies(*village.bob, request::Rename{"Spam-1"});
  CHECK(village.turned_away(hello("spammer"), "192.0.2.30") == Code::banned);
}

TEST_CASE("who is muted on the server speaks in no room and to nobody") {
  Village village;
  village.answer<event::Banned>(*village.marshal, ban_of({}, "bob", "mute", 60'000));
  village.denies(*village.bob, Court::say_of("tea"), Code::muted);
  village.denies(*village.bob, topic_of("tea"), Code::muted);
  village.denies(*village.bob, request::Tell{.to = "anna", .text = "psst", .id = {}}, Code::muted);
  village.denies(*village.bob, request::Tell{.to = "gus", .text = "psst", .id = {}}, Code::muted);
  village.join(*village.bob, "lobby");
  village.denies(*village.bob, Court::say_of("lobby"), Code::muted);
  village.pass(minutes{1});
  village.said(*village.bob, "tea", "hi");
}

TEST_CASE("the server's moderators are nobody's to ban from the server but when they are none any more") {
  Village village;
  village.denies(*village.marshal, ban_of({}, "admin"));
  village.denies(*village.marshal, ban_of({}, "marshal"));
  village.answer<event::Banned>(*village.marshal, ban_of({}, "name:*a*"));
  CHECK_FALSE(village.marshal->closed);
  CHECK_FALSE(village.admin->closed);
  CHECK(village.anna->closed);
}

TEST_CASE("an announcement comes to everybody once, a lockdown with its end") {
  Village village;
  village.denies(*village.anna, request::Announce{.text = "hear"});
  village.denies(*village.anna, request::Lockdown{.level = 1, .for_ms = {}, .reason = {}});
  village.join(*village.bob, "lobby");
  village.hear();
  CHECK(village.answer<event::Announcement>(*village.marshal, request::Announce{.text = "hear"}).by ==
        "marshal");
  for (auto* peer : {village.anna.get(), village.bob.get(), village.gus.get(), village.admin.get()})
    CHECK(peer->heard() == Lines{"announcement hear"});
  village.answer<event::Lockdown>(*village.marshal,
                                  request::Lockdown{.level = 2, .for_ms = 60'000, .reason = "tests"});
  for (auto* peer : {village.anna.get(), village.gus.get()}) CHECK(peer->heard() == Lines{"lockdown 2"});
  CHECK(village.turned_away(hello("new"), "192.0.2.40") == Code::login_required);
  CHECK(village.log_in("bob", "")->heard().empty());
  village.denies(*village.gus, Court::say_of("tea"), Code::login_required);
  village.said(*village.voice, "tea", "accounts go on");
  village.hear();
  village.pass(minutes{1});
  CHECK(village.gus->heard() == Lines{"lockdown 0"});
  CHECK(village.gus->last<event::Lockdown>().by.empty());
  village.said(*village.gus, "tea", "hi");
  village.guest("new");
}

TEST_CASE("the server's moderators suspend and disconnect those below them, and that is in the audit") {
  Village village;
  village.denies(*village.anna, request::Suspend{.account = "bob", .for_ms = {}, .reason = {}});
  village.denies(*village.anna, request::Disconnect{.name = "gus", .session = {}, .reason = {}});
  village.denies(*village.marshal, request::Suspend{.account = "admin", .for_ms = {}, .reason = {}});
  village.denies(*village.marshal, request::Disconnect{.name = "admin", .session = {}, .reason = {}});
  village.answer<event::Account>(*village.marshal,
                                 request::Suspend{.account = "bob", .for_ms = 60'000, .reason = {}});
  CHECK(village.bob->last<event::Bye>().error.code == Code::suspended);
  village.answer<event::Done>(*village.marshal,
                              request::Disconnect{.name = "gus", .session = {}, .reason = "bye"});
  CHECK(village.gus->last<event::Bye>().error.code == Code::kicked);
  village.finish();
  village.denies(*village.marshal, request::Audit{});
  const auto& entries = village.answer<event::Audit>(*village.admin, request::Audit{}).entries;
  const auto has = [&](const std::string& whom) {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const auto& each) { return each.whom == whom && each.by == "marshal"; });
  };
  CHECK(has("bob"));
  CHECK(has("gus"));
}

// --- invitations

TEST_CASE("who is invited by name is told so wherever he is, and may enter") {
  Village village;
  village.rule({.invite_only = true});
  const auto stranger = village.guest("stranger", "", "192.0.2.50");
  CHECK(village.refused_join(*stranger, "tea") == Code::invite_required);
  for (auto* peer : {village.voice.get(), village.bob.get(), village.gus.get()})
    village.denies(*peer, invite_of("tea", "stranger"));
  village.answer<event::Invited>(*village.mod, invite_of("tea", "STRANGER"));
  CHECK(stranger->heard() == Lines{"error invite_required", "invited tea stranger"});
  CHECK(stranger->last<event::Invited>().by == "mod");
  CHECK(village.may_join(*stranger, "tea"));
  // A guest for a day, and nobody else who takes the name after that.
  village.pass(std::chrono::hours{24});
  CHECK(village.refused_join(*stranger, "tea") == Code::invite_required);
  // An account for good, also in another session, and one that is away.
  village.begin("away");
  village.answer<event::Invited>(*village.mod, invite_of("tea", "away"));
  village.pass(std::chrono::hours{100});
  const auto away = village.log_in("away", "tea");
  CHECK(away->session().stays().has("tea"));
  village.denies(*village.mod, invite_of("tea", "nobody"), Code::no_such_user);
  village.denies(*village.mod, invite_of("tea", "gus"), Code::already_joined);
  // An invitation is no pass for the banned.
  village.ask(*away, request::Leave{"tea"});
  village.answer<event::Banned>(*village.mod, ban_of("tea", "away"));
  CHECK(village.refused_join(*away, "tea") == Code::banned_here);
}

TEST_CASE("everybody invites into a room that is open to all") {
  Village village;
  village.answer<event::Invited>(*village.gus, invite_of("tea", "marshal"));
  CHECK(village.marshal->heard() == Lines{"invited tea marshal"});
}

TEST_CASE("a token lets in as many as it says, gives its role, and then none") {
  Village village;
  village.rule({.invite_only = true});
  for (auto* peer : {village.voice.get(), village.bob.get(), village.gus.get()}) {
    village.denies(*peer, link_to("tea"));
    village.denies(*peer, request::Invites{.room = "tea"});
  }
  auto asked = link_to("tea", 2);
  asked.role = "moderator";
  village.denies(*village.mod, asked);
  asked.role = "voice";
  const auto made = village.answer<event::Invite>(*village.mod, asked);
  CHECK(made.invitation.room == "tea");
  CHECK(village.picture().find(made.token) == std::string::npos);
  const auto carol = village.member("carol", "");
  CHECK(village.answer<event::Redeemed>(*carol, request::Redeem{made.token}).room == "tea");
  village.join(*carol, "tea");
  CHECK(carol->last<event::Joined>().role == "voice");
  CHECK(village.answer<event::Invites>(*village.mod, request::Invites{.room = "tea"}).invites.at(0).uses ==
        1);
  // As a key.
  const auto guest = village.guest("second", "");
  village.answer<event::Joined>(*guest, Court::join_of("tea", made.token));
  const auto third = village.guest("third", "");
  CHECK(village.refused(*third, request::Redeem{made.token}) == Code::invite_invalid);
  CHECK(village.refused_join(*third, "tea", made.token) == Code::invite_required);
  // It is used up, and they who took it are invited.
  const auto left = village.answer<event::Invites>(*village.mod, request::Invites{.room = "tea"}).invites;
  REQUIRE(left.size() == 2);
  CHECK(left[0].name == "carol");
  CHECK(left[1].name == "second");
  CHECK(village.refused(*third, request::Redeem{"hub_x"}) == Code::invite_invalid);
}

TEST_CASE("a token takes nobody's role away, ends in time, and can be taken back") {
  Village village;
  auto asked = link_to("tea", 9);
  asked.role = "voice";
  const auto made = village.answer<event::Invite>(*village.anna, asked);
  village.answer<event::Redeemed>(*village.mod, request::Redeem{made.token});
  CHECK(village.answer<event::Room>(*village.mod, request::Room{.room = "tea"}).role == "moderator");
  village.hear();
  village.denies(*village.bob, request::Uninvite{made.invitation.id}, Code::invite_invalid);
  village.answer<event::Done>(*village.mod, request::Uninvite{made.invitation.id});
  CHECK(village.refused(*village.bob, request::Redeem{made.token}) == Code::invite_invalid);
  asked.for_ms = 60'000;
  const auto timed = village.answer<event::Invite>(*village.anna, asked);
  village.clock.pass(minutes{1});
  CHECK(village.refused(*village.bob, request::Redeem{timed.token}) == Code::invite_invalid);
  village.pass(seconds{1});
  CHECK(village.answer<event::Invites>(*village.anna, request::Invites{.room = "tea"}).invites.empty());
  asked.for_ms.reset();
  asked.role = "moderator";
  const auto high = village.answer<event::Invite>(*village.anna, asked);
  village.answer<event::Redeemed>(*village.bob, request::Redeem{high.token});
  CHECK(village.answer<event::Room>(*village.bob, request::Room{.room = "tea"}).role == "moderator");
}

TEST_CASE("two who redeem the last use of a token at once: one gets it") {
  Village village(std::make_unique<SlowJournal>());
  village.rule({.invite_only = true});
  const auto made = village.answer<event::Invite>(*village.mod, link_to("tea"));
  const auto a = village.guest("a", "");
  const auto b = village.guest("b", "");
  a->ask(request::Redeem{made.token});
  b->ask(request::Redeem{made.token});
  village.finish();
  b->session().offer_again();
  if (Court::told<event::Failure>(*b, 0) == nullptr) b->ask(request::Redeem{made.token});
  village.finish();
  CHECK(Court::told<event::Redeemed>(*a, 0) != nullptr);
  CHECK(Court::told<event::Redeemed>(*b, 0) == nullptr);
  CHECK(code_of(*b) == Code::invite_invalid);
}

TEST_CASE("in a lockdown no invitation is taken, and with a hello one is") {
  Village village;
  village.rule({.invite_only = true});
  const auto made = village.answer<event::Invite>(*village.mod, link_to("tea", 5));
  village.answer<event::Lockdown>(*village.marshal,
                                  request::Lockdown{.level = 1, .for_ms = {}, .reason = {}});
  const auto guest = village.guest("new", "");
  CHECK(village.refused(*guest, request::Redeem{made.token}) == Code::login_required);
  village.answer<event::Lockdown>(*village.marshal,
                                  request::Lockdown{.level = 0, .for_ms = {}, .reason = {}});
  const auto late = village.connect();
  auto asked = hello("late");
  asked.invite = made.token;
  village.ask(*late, asked);
  CHECK(late->last<event::Redeemed>().room == "tea");
  CHECK(village.may_join(*late, "tea"));
}

// --- reports and the audit

TEST_CASE("a report goes to those who judge, is listed until it is dealt with, and says nothing to others") {
  Village village;
  const auto seq = village.said(*village.bob, "tea", "bad words");
  village.hear();
  const auto id =
      village
          .answer<event::Reported>(*village.gus, request::Report{.room = "tea", .seq = seq, .text = "rude"})
          .id;
  for (auto* peer : {village.anna.get(), village.mod.get(), village.marshal.get(), village.admin.get()}) {
    CHECK(peer->heard() == Lines{"report tea bob: rude"});
    CHECK(peer->last<event::Report>().report.id == id);
    CHECK(peer->last<event::Report>().report.seq == seq);
    CHECK(peer->last<event::Report>().report.by == "gus");
  }
  CHECK(village.bob->heard().empty());
  CHECK(village.voice->heard().empty());
  village.answer<event::Reported>(*village.voice,
                                  request::Report{.room = "tea", .seq = {}, .text = "I think so, too"});
  CHECK(village.answer<event::Reports>(*village.mod, request::Reports{.room = "tea"}).reports.size() == 2);
  CHECK(village.answer<event::Reports>(*village.marshal, request::Reports{}).reports.size() == 2);
  village.hear();
  for (auto* peer : {village.voice.get(), village.bob.get(), village.gus.get()}) {
    village.denies(*peer, request::Reports{.room = "tea"});
    village.denies(*peer, request::Resolve{.id = id, .note = {}}, Code::bad_request);
  }
  village.denies(*village.anna, request::Reports{});
  village.answer<event::Done>(*village.mod, request::Resolve{.id = id, .note = "told him"});
  CHECK(village.answer<event::Reports>(*village.mod, request::Reports{.room = "tea"}).reports.size() == 1);
  CHECK(village.refused(*village.mod, request::Resolve{.id = id, .note = {}}) == Code::bad_request);
  village.hear();
  village.denies(*village.gus, request::Report{.room = "tea", .seq = seq + 1000, .text = "rude"},
                 Code::no_such_message);
  village.denies(*village.gus, request::Report{.room = "tea", .seq = seq, .text = " "}, Code::text_empty);
  village.denies(*village.gus, request::Report{.room = "lobby", .seq = seq, .text = "x"}, Code::not_joined);
}

TEST_CASE("the audit of a room is its owner's to see, in pages, since a time") {
  Village village;
  for (auto* peer :
       {village.mod.get(), village.voice.get(), village.bob.get(), village.gus.get(), village.marshal.get()})
    village.denies(*peer, request::Audit{.room = "tea"});
  village.denies(*village.anna, request::Audit{});
  const auto early =
      village.answer<event::Audit>(*village.anna, request::Audit{.room = "tea"}).entries.size();
  village.clock.pass(minutes{5});
  const auto since = protocol::to_string(village.clock.now().wall);
  for (int i = 0; i < 101; ++i) {
    village.answer<event::Role>(*village.mod, role_of("tea", "bob", i % 2 == 0 ? "voice" : "none"));
  }
  auto page = village.answer<event::Audit>(*village.anna, request::Audit{.room = "tea", .since = since});
  CHECK(page.entries.size() == 100);
  CHECK(page.more);
  page = village.answer<event::Audit>(
      *village.anna, request::Audit{.room = "tea", .since = since, .before = page.entries.back().id});
  CHECK(page.entries.size() == 1);
  CHECK_FALSE(page.more);
  page = village.answer<event::Audit>(
      *village.anna, request::Audit{.room = "tea", .since = {}, .before = page.entries.back().id});
  CHECK(page.entries.size() == early);
  const auto& entry = page.entries.front();
  CHECK(entry.action == "role");
  CHECK(entry.by == "anna");
  CHECK(entry.account == "anna");
  CHECK(entry.room == "tea");
  CHECK(entry.after == "voice");
  village.hear();
  village.denies(*village.anna, request::Audit{.room = "tea", .since = "yesterday"}, Code::bad_request);
}

// --- the order of things

TEST_CASE("nothing is said behind a mute by whom it is about, however slow the journal is") {
  Village village(std::make_unique<SlowJournal>());
  village.bob->ask(Court::say_of("tea", "before"));
  village.mod->ask(ban_of("tea", "bob", "mute"));
  CHECK_FALSE(village.bob->ask(Court::say_of("tea", "behind")));
  CHECK_FALSE(village.gus->ask(Court::say_of("tea", "somebody else")));
  CHECK_FALSE(village.bob->ask(topic_of("tea")));
  village.finish();
  CHECK(village.voice->heard() == Lines{"message tea bob: before", "banned tea mute account:bob"});
  CHECK(village.bob->resumes > 0);
  village.denies(*village.bob, Court::say_of("tea", "behind"), Code::muted);
  village.said(*village.gus, "tea", "somebody else");
}

TEST_CASE("a ruling that could not be stored has changed nothing, and all may speak on") {
  Village village(std::make_unique<SlowJournal>());
  const std::vector<request::Any> all{ban_of("tea", "bob"),
                                      ban_of("tea", "bob", "mute"),
                                      kick_of("tea", "bob"),
                                      role_of("tea", "bob", "voice"),
                                      link_to("tea"),
                                      invite_of("tea", "marshal"),
                                      request::Webhook{.room = "tea", .name = "ci"},
                                      Court::rules_of("tea", {.moderated = true}),
                                      request::Close{.room = "tea", .reason = {}},
                                      role_of("tea", "bob", "owner")};
  for (const auto& each : all) {
    village.slow->fail_next = true;
    village.denies(*village.anna, each, Code::storage_failed);
    village.said(*village.bob, "tea", "hi");
  }
  village.slow->fail_next = true;
  village.denies(*village.marshal, request::Announce{.text = "hear"}, Code::storage_failed);
  village.slow->fail_next = true;
  village.denies(*village.marshal, request::Lockdown{.level = 2, .for_ms = {}, .reason = {}},
                 Code::storage_failed);
  village.slow->fail_next = true;
  village.denies(*village.marshal, ban_of({}, "bob"), Code::storage_failed);
  village.said(*village.gus, "tea", "hi");
}

TEST_CASE("who leaves while a ruling about him is under way is not put out twice") {
  Village village(std::make_unique<SlowJournal>());
  village.mod->ask(kick_of("tea", "bob"));
  village.bob->ask(request::Leave{"tea"});
  village.finish();
  CHECK(code_of(*village.mod) == Code::no_such_user);
  CHECK_FALSE(hears(*village.gus, "kicked tea bob by mod"));
}

TEST_CASE("who is banned while he comes in does not come in") {
  Village village(std::make_unique<SlowJournal>());
  village.ask(*village.bob, request::Leave{"tea"});
  village.hear();
  village.slow->slow_reads = true;
  village.bob->ask(Court::join_of("tea"));
  village.mod->ask(ban_of("tea", "bob"));
  village.settle();
  village.slow->finish_commit();
  village.settle();
  village.slow->finish_reads();
  village.finish();
  CHECK(code_of(*village.bob) == Code::banned_here);
  CHECK_FALSE(village.bob->session().stays().has("tea"));
  for (const auto& line : village.gus->heard()) CHECK(line.find("+bob") == std::string::npos);
}

}  // namespace hubbub::chat
