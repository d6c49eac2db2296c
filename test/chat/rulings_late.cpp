// Rulings that meet something else: what waits for a slow journal, what ends at the same time, and whom one
// learns nothing of.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "test/chat/village.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
namespace event = protocol::event;
namespace request = protocol::request;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Lines = std::vector<std::string>;

/// A village whose journal stores when it is told to.
struct SlowVillage : Village {
  SlowVillage() : Village(std::make_unique<SlowJournal>()) {}

  /// One batch is stored, and delivered.
  void commit() {
    settle();
    slow->finish_commit();
    settle();
  }
  /// The answer of POST /hooks: nothing until there is one, then "ok" or what is refused.
  std::shared_ptr<std::string> post(const std::string& token, const std::string& text) {
    auto outcome = std::make_shared<std::string>();
    hub.webhooks().post(token, text, [outcome](const auto& refused) {
      *outcome = refused ? std::string(to_string(refused->error.code)) : "ok";
    });
    return outcome;
  }
};

request::Report report_of(std::uint64_t seq) { return {.room = "tea", .seq = seq, .text = "rude"}; }

}  // namespace

// --- what ends

TEST_CASE("all that ends in a room at once ends in one batch, and what is said waits for no more") {
  SlowVillage village;
  constexpr int many = 20;
  for (int i = 0; i < many; ++i)
    village.answer<event::Banned>(*village.mod, ban_of("tea", "name:x" + std::to_string(i), "mute", 60'000));
  village.hear();
  village.clock.pass(minutes{1});
  village.hub.tick();
  CHECK_FALSE(village.bob->ask(Court::say_of("tea", "and now?")));
  village.commit();
  CHECK(village.bob->resumes > 0);
  CHECK(village.bob->ask(Court::say_of("tea", "and now?")));
  village.commit();
  const auto lines = village.voice->heard();
  CHECK(lines.size() == many + 1);
  CHECK(lines.back() == "message tea bob: and now?");
}

// --- webhooks

TEST_CASE("who comes in while a webhook speaks hears it, also where nobody was") {
  SlowVillage village;
  const auto hook =
      village.answer<event::Webhook>(*village.anna, request::Webhook{.room = "tea", .name = "ci"});
  for (auto* peer :
       {village.anna.get(), village.mod.get(), village.voice.get(), village.bob.get(), village.gus.get()})
    village.ask(*peer, request::Leave{"tea"});
  village.hear();
  const auto outcome = village.post(hook.token, "it is broken");
  village.settle();
  CHECK(outcome->empty());
  village.bob->ask(Court::join_of("tea"));
  village.settle();
  CHECK(village.bob->last<event::Joined>().history.empty());
  village.commit();
  CHECK(*outcome == "ok");
  CHECK(hears(*village.bob, "message tea ci: it is broken"));
  // And who comes in instead of the last one who was there.
  const auto again = village.post(hook.token, "still");
  village.bob->ask(request::Leave{"tea"});
  village.voice->ask(Court::join_of("tea"));
  village.commit();
  CHECK(hears(*village.voice, "message tea ci: still"));
}

TEST_CASE("a webhook says nothing behind its own end, nor behind that of its room") {
  SlowVillage village;
  const auto revoked =
      village.answer<event::Webhook>(*village.anna, request::Webhook{.room = "tea", .name = "ci"});
  const auto closed =
      village.answer<event::Webhook>(*village.anna, request::Webhook{.room = "tea", .name = "cd"});
  village.hear();
  village.anna->ask(request::RevokeWebhook{.id = revoked.webhook.id});
  const auto late = village.post(revoked.token, "too late");
  village.commit();
  CHECK(*late == "login_failed");
  village.anna->ask(request::Close{.room = "tea", .reason = {}});
  const auto last = village.post(closed.token, "too late");
  village.commit();
  CHECK(*last == "login_failed");
  village.finish();
  CHECK(village.picture().find("too late") == std::string::npos);
}

TEST_CASE("a webhook is to come again when very much is to be stored") {
  SlowVillage village;
  const auto hook =
      village.answer<event::Webhook>(*village.anna, request::Webhook{.room = "tea", .name = "ci"});
  village.slow->is_full = true;
  CHECK(*village.post(hook.token, "hi") == "busy");
  village.slow->is_full = false;
  const auto outcome = village.post(hook.token, "hi");
  village.commit();
  CHECK(*outcome == "ok");
}

// --- whom one learns nothing of

TEST_CASE("where a guest is from is known of those who are in the room, or have just left it") {
  Village village;
  const auto eve = village.guest("eve", "hers", "192.0.2.66");
  auto asked = ban_of("hers", "gus");
  asked.dry_run = true;
  CHECK(village.answer<event::Banned>(*eve, asked).ban.mask == "name:gus");
  // Whoever has been there and gone, in whatever way, does not come back under another name.
  const auto loud = village.guest("loud", "tea", "192.0.2.77");
  village.ask(*loud, request::Leave{"tea"});
  CHECK(village.answer<event::Banned>(*village.mod, ban_of("tea", "loud")).ban.mask.starts_with("host:"));
  CHECK(village.refused_join(*loud, "tea") == Code::banned_here);
  {
    const auto quick = village.guest("quick", "tea", "192.0.2.78");
    quick->session().end("gone");
  }
  village.finish();
  CHECK(village.answer<event::Banned>(*village.mod, ban_of("tea", "quick")).ban.mask.starts_with("host:"));
  const auto again = village.guest("quicker", "", "192.0.2.78");
  CHECK(village.refused_join(*again, "tea") == Code::banned_here);
  // But for a while.
  const auto old = village.guest("old", "tea", "192.0.2.79");
  village.ask(*old, request::Leave{"tea"});
  village.pass(minutes{11});
  CHECK(village.answer<event::Banned>(*village.mod, ban_of("tea", "old")).ban.mask == "name:old");
}

TEST_CASE("a room that is closed keeps its name to itself, whatever is left of it") {
  Village village;
  village.rule({.secret = true});
  village.said(*village.bob, "tea", "it is a secret");
  village.answer<event::Closed>(*village.anna, request::Close{.room = "tea", .reason = {}});
  const auto guest = village.guest("nosy", "");
  CHECK(village.refused(*guest, who_of("tea")) == Code::no_such_room);
  for (const auto& each : village.answer<event::Rooms>(*guest, request::Rooms{}).rooms)
    CHECK(each.room != "tea");
  village.pass(seconds{2});
  village.join(*village.bob, "tea");
  bool is_listed = false;
  for (const auto& each : village.answer<event::Rooms>(*guest, request::Rooms{}).rooms)
    is_listed = is_listed || each.room == "tea";
  CHECK(is_listed);
}

TEST_CASE("whom a report is about is not told who complains, though he runs the room") {
  Village village;
  const auto seq = village.said(*village.mod, "tea", "bad words");
  village.hear();
  const auto id = village.answer<event::Reported>(*village.gus, report_of(seq)).id;
  CHECK(village.mod->heard().empty());
  CHECK(village.anna->heard() == Lines{"report tea mod: rude"});
  CHECK(village.answer<event::Reports>(*village.mod, request::Reports{.room = "tea"}).reports.empty());
  CHECK(village.refused(*village.mod, request::Resolve{.id = id, .note = {}}) == Code::bad_request);
  CHECK(village.answer<event::Reports>(*village.anna, request::Reports{.room = "tea"}).reports.size() == 1);
  // A guest who runs a room as long as he is there.
  const auto boss = village.guest("boss", "den");
  village.join(*village.gus, "den");
  const auto his = village.said(*boss, "den", "bad words");
  village.answer<event::Reported>(*village.gus, request::Report{.room = "den", .seq = his, .text = "rude"});
  CHECK_FALSE(hears(*boss, "report den boss: rude"));
  CHECK(village.answer<event::Reports>(*boss, request::Reports{.room = "den"}).reports.empty());
  // Nor does somebody see it who has begun to run the room since.
  village.ask(*boss, request::Leave{"den"});
  village.ask(*village.gus, request::Leave{"den"});
  const auto next = village.guest("next", "den");
  CHECK(village.answer<event::Reports>(*next, request::Reports{.room = "den"}).reports.empty());
  CHECK(village.answer<event::Reports>(*village.marshal, request::Reports{}).reports.size() == 2);
}

// --- invitations by name

TEST_CASE("an invitation by name is listed with its number, and taken back by it") {
  Village village;
  village.rule({.invite_only = true});
  village.answer<event::Invited>(*village.mod, invite_of("tea", "marshal"));
  const auto guest = village.guest("visitor", "", "192.0.2.30");
  village.answer<event::Invited>(*village.anna, invite_of("tea", "visitor"));
  village.answer<event::Invite>(*village.anna, link_to("tea", 3));
  const auto all = village.answer<event::Invites>(*village.mod, request::Invites{.room = "tea"});
  CHECK_FALSE(all.more);
  REQUIRE(all.invites.size() == 3);
  CHECK(all.invites[0].name == "marshal");
  CHECK(all.invites[0].by == "mod");
  CHECK(all.invites[1].name == "visitor");
  CHECK(all.invites[1].until);
  CHECK(all.invites[2].name.empty());
  const auto rest = village.answer<event::Invites>(
      *village.mod, request::Invites{.room = "tea", .after = all.invites[0].id});
  REQUIRE(rest.invites.size() == 2);
  CHECK(rest.invites[0].id == all.invites[1].id);
  village.answer<event::Done>(*village.mod, request::Uninvite{all.invites[1].id});
  CHECK(village.refused_join(*guest, "tea") == Code::invite_required);
  village.hear();
  village.denies(*village.bob, request::Uninvite{all.invites[0].id}, Code::invite_invalid);
  // Again, and it has another number.
  village.answer<event::Invited>(*village.mod, invite_of("tea", "visitor"));
  CHECK(village.may_join(*guest, "tea"));
  CHECK(village.answer<event::Invites>(*village.mod, request::Invites{.room = "tea"}).invites.size() == 3);
}

TEST_CASE("many invitations come in pages, in the order of their numbers") {
  Village village;
  std::vector<std::unique_ptr<Peer>> guests;
  for (int i = 0; i < 120; ++i) {
    const auto name = "v" + std::to_string(i);
    guests.push_back(village.guest(name, ""));
    village.answer<event::Invited>(*village.anna, invite_of("tea", name));
  }
  std::vector<std::string> names;
  std::optional<std::uint64_t> after;
  for (bool more = true; more;) {
    const auto page =
        village.answer<event::Invites>(*village.anna, request::Invites{.room = "tea", .after = after});
    REQUIRE_FALSE(page.invites.empty());
    for (const auto& each : page.invites) names.push_back(each.name);
    after = page.invites.back().id;
    more = page.more;
  }
  REQUIRE(names.size() == 120);
  CHECK(names.front() == "v0");
  CHECK(names.back() == "v119");
}

TEST_CASE("what a member invites to while the room is open is open no longer than the room") {
  Village village;
  village.answer<event::Invited>(*village.bob, invite_of("tea", "marshal"));
  CHECK(hears(*village.marshal, "invited tea marshal"));
  village.begin("alt");
  village.answer<event::Invited>(*village.bob, invite_of("tea", "alt"));
  CHECK(village.answer<event::Invites>(*village.mod, request::Invites{.room = "tea"}).invites.empty());
  village.rule({.invite_only = true});
  const auto alt = village.log_in("alt", "");
  CHECK(village.refused_join(*alt, "tea") == Code::invite_required);
}

// --- bans

TEST_CASE("a new ban puts out somebody whom an older one let stay") {
  Village village;
  auto asked = ban_of({}, "name:b*");
  asked.keep = true;
  village.answer<event::Banned>(*village.admin, asked);
  CHECK_FALSE(village.bob->session().is_closed());
  village.answer<event::Banned>(*village.admin, ban_of({}, "account:bob", "ban", 60'000));
  CHECK(village.bob->session().is_closed());
}

TEST_CASE("who is banned while he waits for his name does not stay") {
  SlowVillage village;
  const auto ann = village.guest("ann", "tea", "192.0.2.31");
  village.begin("zoe");
  const auto other = village.guest("other", "tea", "192.0.2.32");
  village.hear();
  SECTION("by a login") {
    const auto zoe = village.guest("zoe-1", "tea", "192.0.2.33");
    // The name is borne by one who speaks, and gives way when that is out.
    village.begin("ann");
    ann->ask(Court::say_of("tea", "hi"));
    other->ask(request::Login{.account = {}, .password = {}, .token = village.tokens.at("ann")});
    village.admin->ask(ban_of({}, "account:ann"));
    village.finish();
    CHECK(other->session().is_closed());
  }
  SECTION("by a rename") {
    const auto phone = village.log_in("bob", "tea", "192.0.2.34");
    // His other session speaks, and what it says is out before he bears another name.
    phone->ask(Court::say_of("tea", "hi"));
    village.bob->ask(request::Rename{"bob-evil"});
    village.admin->ask(ban_of({}, "name:bob-evil"));
    village.finish();
    CHECK(village.bob->session().is_closed());
  }
}

// --- coming in, and reports, while a room is closed

TEST_CASE("who comes into a room that is being closed does not own what is left of it") {
  SlowVillage village;
  for (auto* peer :
       {village.anna.get(), village.mod.get(), village.voice.get(), village.bob.get(), village.gus.get()})
    village.ask(*peer, request::Leave{"tea"});
  village.answer<event::Joined>(*village.gus, Court::join_of("ours"));
  village.said(*village.gus, "ours", "hi");
  village.ask(*village.gus, request::Leave{"ours"});
  SECTION("closed") {
    village.admin->ask(request::Close{.room = "ours", .reason = {}});
    village.bob->ask(Court::join_of("ours"));
    village.finish();
    CHECK_FALSE(village.bob->session().stays().has("ours"));
    CHECK(code_of(*village.bob) == Code::banned_here);
    CHECK(village.picture().find("ours owner") == std::string::npos);
    CHECK(village.hub.moderation().owned_by(village.bob->session().person().account()) == 0);
    village.ask(*village.bob, request::Quit{.text = {}});
    CHECK(village.log_in("bob", "")->last<event::Welcome>().rooms.empty());
  }
  SECTION("banned") {
    village.admin->ask(ban_of("ours", "bob"));
    village.bob->ask(Court::join_of("ours"));
    village.finish();
    CHECK_FALSE(village.bob->session().stays().has("ours"));
    CHECK(village.picture().find("ours owner") == std::string::npos);
  }
  SECTION("something else is ruled") {
    village.admin->ask(ban_of("ours", "name:evil*"));
    village.bob->ask(Court::join_of("ours"));
    village.finish();
    CHECK(village.bob->last<event::Joined>().role == "owner");
    CHECK(village.picture().find("ours owner") != std::string::npos);
  }
}

TEST_CASE("nothing is reported behind the end of the room") {
  SlowVillage village;
  const auto seq = village.said(*village.bob, "tea", "bad words");
  village.slow->slow_reads = true;
  village.gus->ask(report_of(seq));
  village.settle();
  village.anna->ask(request::Close{.room = "tea", .reason = {}});
  village.slow->finish_reads();
  village.finish();
  CHECK(code_of(*village.gus) == Code::not_joined);
  CHECK(village.picture().find("report/") == std::string::npos);
}

TEST_CASE("an account that is erased while it comes to own a room leaves it to nobody") {
  SlowVillage village;
  village.bob->ask(Court::join_of("new"));
  village.settle();
  village.admin->ask(request::EraseAccount{"bob"});
  village.finish();
  village.finish();
  CHECK(village.picture().find("new owner") == std::string::npos);
}

TEST_CASE("what one is about to own counts as owned") {
  SlowVillage village;
  village.settings.owned_rooms =
      village.hub.moderation().owned_by(village.bob->session().person().account()) + 1;
  const auto phone = village.log_in("bob", "");
  village.bob->ask(Court::join_of("one"));
  phone->ask(Court::join_of("two"));
  village.finish();
  village.finish();
  CHECK(village.bob->last<event::Joined>().role == "owner");
  CHECK(phone->last<event::Joined>().role == "moderator");
}

// --- another life of a room

TEST_CASE("of a room that was closed nothing is left for whoever begins it anew") {
  Village village;
  village.rule({.secret = true});
  auto ban = ban_of("tea", "name:evil*");
  ban.reason = "tells everything";
  village.answer<event::Banned>(*village.mod, ban);
  const auto old = [](const std::string& text) {
    return request::Say{.room = "tea", .text = text, .id = "a1", .action = false};
  };
  village.answer<protocol::MessagePtr>(*village.bob, old("old words"));
  village.ask(*village.voice, request::Quit{.text = {}});
  village.answer<event::Closed>(*village.anna, request::Close{.room = "tea", .reason = "found out"});
  village.pass(seconds{2});
  const auto eve = village.member("eve", "tea");
  CHECK(village.answer<event::Room>(*eve, request::Room{.room = "tea"}).role == "owner");
  for (const auto& entry : village.answer<event::Audit>(*eve, request::Audit{.room = "tea"}).entries) {
    CHECK(entry.action == "role");
    CHECK(entry.whom == "eve");
  }
  CHECK(village.audit_of("tea").size() > 3);  // the server's people have all
  // An id of then is a new one now.
  village.join(*village.bob, "tea");
  const auto said = village.answer<protocol::MessagePtr>(*village.bob, old("new words"));
  CHECK(said->text == "new words");
  CHECK(hears(*eve, "message tea bob: new words #a1"));
  CHECK(village.answer<event::History>(*eve, all_of("tea")).messages.size() == 1);
  // And nobody who was away is in it.
  const auto voice = village.log_in("voice", "");
  CHECK(voice->last<event::Welcome>().rooms.empty());
  CHECK(village.log_in("eve", "")->last<event::Welcome>().rooms.size() == 1);
}

TEST_CASE("a closed room is begun anew at once, and neither what was said nor what was set before is of it") {
  Village village;
  village.said(*village.bob, "tea", "old words");
  village.answer<event::Closed>(*village.anna, request::Close{.room = "tea", .reason = {}});
  // Whoever keeps order on the server may do so here, too, and it ends with the room.
  village.answer<event::Room>(*village.admin,
                              request::Room{.room = "tea", .set = RoomRules{.moderated = true, .key = "x"}});
  village.join(*village.bob, "tea");
  const auto& joined = village.bob->last<event::Joined>();
  CHECK(joined.history.empty());
  CHECK(joined.complete);
  CHECK(joined.rules == RoomRules());
  CHECK(village.answer<event::Room>(*village.bob, request::Room{.room = "tea"}).role == "owner");
  CHECK(village.answer<event::History>(*village.bob, all_of("tea")).messages.empty());
  village.said(*village.bob, "tea", "new words");
  village.pass(seconds{2});
  CHECK(village.hub.journal().tail("tea").kept);
  CHECK(village.answer<event::History>(*village.bob, all_of("tea")).messages.size() == 1);
}

TEST_CASE("nobody is in a room, or speaks there, that could not be begun anew") {
  SlowVillage village;
  village.answer<event::Closed>(*village.anna, request::Close{.room = "tea", .reason = {}});
  village.pass(seconds{2});
  const request::Say say{.room = "tea", .text = "new words", .id = {}, .action = false};
  const auto other = village.guest("other", "");
  other->heard();
  village.gus->heard();
  for (auto* each : {village.gus.get(), other.get()}) {
    each->ask(Court::join_of("tea"), "in");
    village.settle();
    CHECK_FALSE(each->ask(say));
  }
  village.slow->fail_next = true;
  village.commit();
  CHECK(code_of(*village.gus) == Code::storage_failed);
  village.finish();
  CHECK(other->last<event::Joined>().role == "moderator");
  CHECK(village.refused(*village.gus, say) == Code::not_joined);
  village.answer<protocol::MessagePtr>(*other, say);
  village.pass(seconds{2});
  CHECK(village.answer<event::History>(*other, all_of("tea")).messages.size() == 1);
}

TEST_CASE("who reports is unknown to the one of whom he complains, whatever he is called since") {
  Village village;
  SECTION("renamed") {
    const auto boss = village.guest("boss", "den");
    village.join(*village.gus, "den");
    const auto seq = village.said(*boss, "den", "bad words");
    village.ask(*boss, request::Rename{"other"});
    boss->heard();
    const auto id =
        village
            .answer<event::Reported>(*village.gus, request::Report{.room = "den", .seq = seq, .text = "rude"})
            .id;
    CHECK(boss->heard().empty());
    CHECK(village.answer<event::Reports>(*boss, request::Reports{.room = "den"}).reports.empty());
    CHECK(village.refused(*boss, request::Resolve{.id = id, .note = {}}) == Code::bad_request);
  }
  SECTION("logged in") {
    const auto someone = village.guest("someone", "tea", "192.0.2.50");
    const auto seq = village.said(*someone, "tea", "bad words");
    village.ask(*someone, request::Login{.account = {}, .password = {}, .token = village.tokens.at("anna")});
    someone->heard();
    village.hear();
    village.answer<event::Reported>(*village.gus, report_of(seq));
    CHECK(someone->heard().empty());
    CHECK(village.mod->heard() == Lines{"report tea someone: rude"});
    CHECK(village.answer<event::Reports>(*someone, request::Reports{.room = "tea"}).reports.empty());
  }
  SECTION("logged out") {
    const auto phone = village.log_in("mod", "tea");
    const auto seq = village.said(*phone, "tea", "bad words");
    village.ask(*phone, request::Logout{});
    village.answer<event::Role>(*village.anna, role_of("tea", phone->session().name().shown, "moderator"));
    phone->heard();
    village.answer<event::Reported>(*village.gus, report_of(seq));
    CHECK(phone->heard().empty());
    CHECK(hears(*village.anna, "report tea mod: rude"));
  }
}

TEST_CASE("one who complains of everything keeps nobody else from it") {
  Village village;
  const auto seq = village.said(*village.bob, "tea", "hi");
  village.answer<event::Reported>(*village.gus, report_of(seq));
  CHECK(village.refused(*village.gus, report_of(seq)) == Code::busy);
  // Nor under another name.
  village.ask(*village.gus, request::Rename{"gustav"});
  CHECK(village.refused(*village.gus, report_of(seq)) == Code::busy);
  std::size_t taken = 1;
  for (int i = 0; i < 20; ++i) {
    const auto next = village.said(*village.bob, "tea", "hi " + std::to_string(i));
    if (i < 9) {
      village.answer<event::Reported>(*village.gus, report_of(next));
      ++taken;
    } else {
      CHECK(village.refused(*village.gus, report_of(next)) == Code::busy);
    }
  }
  CHECK(village.answer<event::Reports>(*village.mod, request::Reports{.room = "tea"}).reports.size() ==
        taken);
  CHECK(village.answer<event::Reported>(*village.voice, report_of(seq)).id != 0);
}

TEST_CASE("when an exception ends, whom it let in is put out, and nobody it lets in is told to be banned") {
  Village village;
  const auto lifted =
      village.answer<event::Banned>(*village.mod, ban_of("tea", "bob", "except", 60'000)).ban.id;
  CHECK(village.answer<event::Banned>(*village.mod, ban_of("tea", "bob")).matches.empty());
  CHECK(village.bob->session().stays().has("tea"));
  SECTION("taken back") { village.answer<event::Unbanned>(*village.mod, request::Unban{lifted}); }
  SECTION("in time") { village.pass(minutes{1}); }
  CHECK_FALSE(village.bob->session().stays().has("tea"));
  CHECK(village.bob->last<event::Kicked>().you);
}

TEST_CASE("when an exception of the server ends, whom it let in is closed") {
  Village village;
  village.answer<event::Banned>(*village.admin, ban_of({}, "bob", "except", 60'000));
  village.answer<event::Banned>(*village.admin, ban_of({}, "account:bob"));
  CHECK_FALSE(village.bob->session().is_closed());
  village.pass(minutes{1});
  CHECK(village.bob->session().is_closed());
}

TEST_CASE("who is invited as a guest is so as the account that he registers, or logs in to") {
  SlowVillage village;
  village.rule({.invite_only = true});
  const auto guest = village.guest("newcomer", "", "192.0.2.40");
  village.answer<event::Invited>(*village.mod, invite_of("tea", "newcomer"));
  village.begin("older");
  SECTION("by a login") {
    village.ask(*guest, request::Login{.account = {}, .password = {}, .token = village.tokens.at("older")});
    CHECK(village.may_join(*guest, "tea"));
    CHECK(village.answer<event::Invites>(*village.mod, request::Invites{.room = "tea"}).invites.at(0).name ==
          "older");
  }
  SECTION("but not when it is taken back meanwhile") {
    const auto all = village.answer<event::Invites>(*village.mod, request::Invites{.room = "tea"});
    village.mod->ask(request::Uninvite{all.invites.at(0).id});
    guest->ask(request::Login{.account = {}, .password = {}, .token = village.tokens.at("older")});
    village.finish();
    CHECK(village.refused_join(*guest, "tea") == Code::invite_required);
  }
  SECTION("not another one of that name") {
    village.ask(*guest, request::Rename{"other"});
    const auto thief = village.guest("newcomer", "", "192.0.2.41");
    village.ask(*thief, request::Login{.account = {}, .password = {}, .token = village.tokens.at("older")});
    CHECK(village.refused_join(*thief, "tea") == Code::invite_required);
  }
}

TEST_CASE("in a lockdown no invitation is taken, and those who have an account are told so") {
  Village village;
  const auto made = village.answer<event::Invite>(*village.anna, link_to("tea", 5));
  village.answer<event::Lockdown>(*village.admin, request::Lockdown{.level = 1, .for_ms = {}, .reason = {}});
  CHECK(village.refused(*village.bob, request::Redeem{made.token}) == Code::denied);
  CHECK(village.refused(*village.gus, request::Redeem{made.token}) == Code::login_required);
}

TEST_CASE("what people say comes before the next ruling that waits for the same one") {
  SlowVillage village;
  const auto invite = village.answer<event::Invite>(*village.anna, link_to("tea", 9));
  const auto first = village.guest("first", "");
  const auto second = village.guest("second", "");
  village.hear();
  first->ask(Court::join_of("tea", invite.token));
  second->ask(Court::join_of("tea", invite.token));  // when the first has been counted
  CHECK_FALSE(village.bob->ask(Court::say_of("tea", "hi")));
  village.settle();
  village.slow->finish_commit();
  CHECK(village.bob->resumes > 0);
  CHECK(village.bob->ask(Court::say_of("tea", "hi")));
  village.finish();
  CHECK(hears(*village.voice, "message tea bob: hi"));
  CHECK(second->session().stays().has("tea"));
}

TEST_CASE("a close puts nobody out as banned whom an exception lets in") {
  Village village;
  village.answer<event::Banned>(*village.mod, ban_of("tea", "name:b*", "except"));
  village.answer<event::Banned>(*village.mod, ban_of("tea", "bob"));
  village.answer<event::Banned>(*village.mod, ban_of("tea", "name:bo*", "except"));
  village.hear();
  village.answer<event::Closed>(*village.anna, request::Close{.room = "tea", .reason = {}});
  CHECK(village.bob->heard() == Lines{"closed tea"});
}

TEST_CASE("who logs out where guests like him are banned does not stay") {
  Village village;
  village.answer<event::Banned>(*village.admin, ban_of({}, "account:bob", "except"));
  village.answer<event::Banned>(*village.admin, ban_of({}, "gus"));
  const auto phone = village.log_in("bob", "tea", "192.0.2.9");
  village.ask(*phone, request::Logout{});
  CHECK(phone->session().is_closed());
}

TEST_CASE("a webhook takes nobody's name who is here") {
  Village village;
  CHECK(village.refused(*village.mod, request::Webhook{.room = "tea", .name = "Gus"}) == Code::name_taken);
  village.ask(*village.gus, request::Rename{"gustav"});
  village.answer<event::Webhook>(*village.mod, request::Webhook{.room = "tea", .name = "gus"});
}

TEST_CASE("which invitations there are is not told to those who may not see them") {
  Village village;
  const auto made = village.answer<event::Invite>(*village.anna, link_to("tea")).invitation.id;
  village.denies(*village.bob, request::Uninvite{made}, Code::invite_invalid);
  village.denies(*village.bob, request::Uninvite{made + 1'000'000}, Code::invite_invalid);
}

TEST_CASE("a ruling does not wait for those of other rooms") {
  SlowVillage village;
  village.join(*village.gus, "den");
  village.hear();
  village.gus->ask(ban_of("den", "name:x*"));
  CHECK(village.mod->ask(ban_of("tea", "name:y*")));
  CHECK_FALSE(village.gus->ask(ban_of("den", "name:z*")));
  CHECK(village.bob->ask(topic_of("tea")) == false);
  village.finish();
  CHECK(hears(*village.voice, "banned tea ban name:y*"));
}

// --- what is forgotten

TEST_CASE("what the journal has dropped of a deserted room is forgotten, too") {
  Village village;
  const auto boss = village.guest("boss", "den");
  const auto id = village.answer<event::Banned>(*boss, ban_of("den", "name:x*")).ban.id;
  CHECK(village.hub.moderation().find(id));
  village.ask(*boss, request::Leave{"den"});
  for (int i = 0; i < 10; ++i) village.pass(minutes{15});
  CHECK_FALSE(village.hub.moderation().find(id));
  // What is kept stays.
  const auto kept = village.answer<event::Banned>(*village.mod, ban_of("tea", "name:x*")).ban.id;
  for (int i = 0; i < 10; ++i) village.pass(minutes{15});
  CHECK(village.hub.moderation().find(kept));
}

}  // namespace hubbub::chat
