// Very many who come at once, and several newcomers who say the same: what is noticed, and what follows.
#include "server/chat/raid.hpp"

#include <chrono>
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
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Lines = std::vector<std::string>;

constexpr Raid::Time dawn{std::chrono::hours{1}};

/// A court that looks out, with somebody who has an account and hears what comes.
struct Siege : Court {
  Siege() { settings.raid_joins = 5; }

  void rush(int many) {
    for (int i = 0; i < many; ++i) {
      const auto number = std::to_string(guests.size());
      guests.push_back(guest("g" + number, "lobby", "192.0.2." + number));
    }
  }
  std::uint64_t level() const { return hub.moderation().lockdown().level; }
  bool is_locked() const { return hub.moderation().why_locked().has_value(); }

  std::vector<std::unique_ptr<Peer>> guests;
};

}  // namespace

TEST_CASE("more than so many within ten seconds are a raid") {
  Raid raid;
  for (int i = 0; i < 20; ++i) CHECK_FALSE(raid.arrives(dawn + milliseconds{i * 400}, 20));
  CHECK(raid.arrives(dawn + seconds{10}, 20));
  CHECK(raid.is_going_on(dawn + seconds{10}, 20));
  CHECK_FALSE(raid.is_going_on(dawn + seconds{10} + milliseconds{1}, 20));  // the first is too long ago
  CHECK_FALSE(raid.arrives(dawn + seconds{60}, 20));
  // 0 is no limit.
  for (int i = 0; i < 100; ++i) CHECK_FALSE(raid.arrives(dawn + seconds{90}, 0));
}

namespace {

enum class RaidOutcome : std::uint8_t { fine, raid, refused, refused_in_raid };

/// What becomes of a text of that newcomer; each has an address of his own, unless one is given.
RaidOutcome says(Raid& raid, std::uint64_t who, std::string_view text, Raid::Time now,
                 std::string address = {}) {
  if (address.empty()) address = "192.0.2." + std::to_string(who);
  const auto verdict = raid.says({.number = who, .address = address}, text, now);
  if (verdict.may_go_out) return verdict.is_raid ? RaidOutcome::raid : RaidOutcome::fine;
  return verdict.is_raid ? RaidOutcome::refused_in_raid : RaidOutcome::refused;
}

}  // namespace

TEST_CASE("the fifth newcomer who says the same is noticed, and the sixth is refused") {
  Raid raid;
  for (std::uint64_t who = 1; who <= 4; ++who)
    CHECK(says(raid, who, "Buy at example.org!", dawn) == RaidOutcome::fine);
  CHECK(says(raid, 4, "Buy at example.org!", dawn) == RaidOutcome::fine);  // not another one
  CHECK(says(raid, 5, "buy AT example.org 77", dawn) == RaidOutcome::raid);
  CHECK(says(raid, 6, "buy-at-example.org", dawn) == RaidOutcome::refused_in_raid);
  CHECK(says(raid, 1, "Buy at example.org!", dawn) == RaidOutcome::refused_in_raid);
  CHECK(says(raid, 7, "something else altogether", dawn) == RaidOutcome::fine);
  // Each is forgotten a minute after he has said it; what was only tried counts for nothing.
  CHECK(says(raid, 8, "Buy at example.org!", dawn + seconds{50}) == RaidOutcome::refused_in_raid);
  CHECK(says(raid, 8, "Buy at example.org!", dawn + seconds{60}) == RaidOutcome::refused_in_raid);
  CHECK(says(raid, 8, "Buy at example.org!", dawn + seconds{61}) == RaidOutcome::fine);
}

TEST_CASE("one person with many sessions is refused the sixth, and is no raid") {
  Raid raid;
  for (std::uint64_t who = 1; who <= 5; ++who)
    CHECK(says(raid, who, "Buy at example.org!", dawn, "192.0.2.1") == RaidOutcome::fine);
  for (std::uint64_t who = 6; who <= 50; ++who)
    CHECK(says(raid, who, "Buy at example.org!", dawn, "192.0.2.1") == RaidOutcome::refused);
  CHECK(says(raid, 51, "Buy at example.org!", dawn, "192.0.2.2") == RaidOutcome::refused);
  // With two others it is one.
  Raid several;
  for (std::uint64_t who = 1; who <= 3; ++who)
    CHECK(says(several, who, "Buy at example.org!", dawn, "192.0.2.1") == RaidOutcome::fine);
  CHECK(says(several, 4, "Buy at example.org!", dawn, "192.0.2.2") == RaidOutcome::fine);
  CHECK(says(several, 5, "Buy at example.org!", dawn, "192.0.2.3") == RaidOutcome::raid);
  CHECK(says(several, 6, "Buy at example.org!", dawn, "192.0.2.1") == RaidOutcome::refused_in_raid);
  // Where an address tells nothing, each counts: all that comes by a proxy of this machine has one.
  for (const auto* address : {"", "127.0.0.1", "::"}) {
    Raid local;
    for (std::uint64_t who = 1; who <= 4; ++who)
      CHECK_FALSE(local.says({.number = who, .address = address}, "Buy at example.org!", dawn).is_raid);
    CHECK(local.says({.number = 5, .address = address}, "Buy at example.org!", dawn).is_raid);
  }
}

TEST_CASE("who says something again and again does not keep others from it who are a minute apart") {
  Raid raid;
  for (int i = 0; i < 20; ++i) {
    const auto now = dawn + seconds{35 * i};
    says(raid, 1, "good morning all", now, "192.0.2.1");
    if (i % 2 == 0)
      CHECK(says(raid, static_cast<std::uint64_t>(100 + i), "good morning all", now) == RaidOutcome::fine);
  }
}

TEST_CASE("short texts are alike by chance, unless several have just come") {
  Raid raid;
  for (std::uint64_t who = 1; who <= 20; ++who) CHECK(says(raid, who, "hi", dawn) == RaidOutcome::fine);
  for (int i = 0; i < 6; ++i) raid.arrives(dawn, 20);
  for (std::uint64_t who = 1; who <= 4; ++who) CHECK(says(raid, who, "hi", dawn) == RaidOutcome::fine);
  CHECK(says(raid, 5, "hi", dawn) == RaidOutcome::raid);
  CHECK(says(raid, 6, "hi", dawn) == RaidOutcome::refused_in_raid);
}

TEST_CASE("texts without letters, or of other alphabets, are told apart") {
  Raid raid;
  for (std::uint64_t who = 1; who <= 8; ++who) {
    CHECK(says(raid, who, std::to_string(11111111 * who), dawn) == RaidOutcome::fine);
    CHECK(says(raid, who, "привет, " + std::string(who, 'x'), dawn) == RaidOutcome::fine);
  }
}

TEST_CASE("more texts than are remembered do no harm") {
  Raid raid;
  std::size_t noticed = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    std::string text = "text ";
    for (auto rest = i; rest > 0; rest /= 26) text += static_cast<char>('a' + rest % 26);
    noticed += says(raid, i, text + "zzzzzz", dawn) == RaidOutcome::fine ? 0 : 1;
  }
  CHECK(noticed == 0);
  // The old ones make way.
  const auto later = dawn + minutes{3};
  for (std::uint64_t who = 1; who <= 4; ++who)
    CHECK(says(raid, who, "the same for all", later) == RaidOutcome::fine);
  CHECK(says(raid, 5, "the same for all", later) == RaidOutcome::raid);
}

TEST_CASE("a raid locks down within the turn, says so, and ends by itself") {
  Siege siege;
  const auto marshal = siege.member("marshal", "lobby", journal::ServerRole::moderator);
  siege.rush(5);
  CHECK_FALSE(siege.is_locked());
  marshal->heard();
  const auto before = siege.clock.now().wall;
  const auto sixth = siege.connect();
  sixth->ask(hello("g6"));
  CHECK(siege.is_locked());  // before it is stored
  siege.finish();
  CHECK(siege.level() == 1);
  CHECK(siege.hub.moderation().lockdown().until == before + siege.settings.raid_time);
  CHECK(siege.hub.moderation().lockdown().by.empty());
  CHECK(marshal->heard() == Lines{"lockdown 1"});
  CHECK(siege.guests.front()->last<event::Lockdown>().level == 1);

  // Guests read on, and do nothing else; new ones come in at this level.
  auto& guest = *siege.guests.front();
  CHECK(siege.refused(guest, Court::say_of("lobby")) == Code::login_required);
  CHECK(siege.refused(guest, request::Topic{.room = "lobby", .text = "tea"}) == Code::login_required);
  CHECK(siege.refused(guest, request::Tell{.to = "marshal", .text = "hi", .id = {}}) == Code::login_required);
  CHECK(siege.refused(guest, Court::join_of("new")) == Code::login_required);
  CHECK(siege.refused(guest, registration()) == Code::registration_closed);
  siege.said(*marshal, "lobby", "quiet");
  CHECK(guest.last<protocol::MessagePtr>()->text == "quiet");
  const auto late = siege.guest("late");
  CHECK(late->last<event::Lockdown>().level == 1);

  siege.pass(siege.settings.raid_time - seconds{1});
  CHECK(siege.is_locked());
  marshal->heard();
  siege.pass(seconds{1});
  CHECK_FALSE(siege.is_locked());
  CHECK(siege.level() == 0);
  CHECK(marshal->heard() == Lines{"lockdown 0"});
  siege.said(guest, "lobby", "at last");
}

TEST_CASE("a raid that goes on prolongs the lockdown") {
  Siege siege;
  const auto marshal = siege.member("marshal", "lobby", journal::ServerRole::moderator);
  siege.settings.raid_time = minutes{10};
  siege.rush(6);
  const auto begun = *siege.hub.moderation().lockdown().until;
  for (int i = 0; i < 30; ++i) {
    siege.pass(seconds{5});
    siege.rush(4);
  }
  const auto prolonged = *siege.hub.moderation().lockdown().until;
  CHECK(prolonged > begun);
  CHECK(prolonged >= siege.clock.now().wall + siege.settings.raid_time - minutes{1} - seconds{5});
  siege.pass(begun - siege.clock.now().wall);
  CHECK(siege.level() == 1);
  siege.pass(prolonged - siege.clock.now().wall);
  CHECK(siege.level() == 0);
}

TEST_CASE("where nobody has an account, and where it is turned off, nobody is locked out") {
  Siege siege;
  siege.rush(20);
  CHECK_FALSE(siege.is_locked());
  for (int i = 0; i < 8; ++i)
    siege.said(*siege.guests[static_cast<std::size_t>(i)], "lobby", "the same for all");
  const auto anna = siege.member("anna");
  siege.settings.raid_joins = 0;
  siege.rush(20);
  CHECK_FALSE(siege.is_locked());
  CHECK(siege.level() == 0);
}

TEST_CASE("what the server's people have ordered is not the raid's to change") {
  Siege siege;
  const auto marshal = siege.member("marshal", "lobby", journal::ServerRole::moderator);
  siege.answer<event::Lockdown>(*marshal,
                                request::Lockdown{.level = 1, .for_ms = 3'600'000, .reason = "tests"});
  const auto until = siege.hub.moderation().lockdown().until;
  siege.rush(10);
  siege.pass(minutes{2});
  siege.rush(10);
  CHECK(siege.hub.moderation().lockdown().until == until);
  CHECK(siege.hub.moderation().lockdown().by == "marshal");
  // And they end what the raid has begun.
  siege.answer<event::Lockdown>(*marshal, request::Lockdown{.level = 0, .for_ms = {}, .reason = {}});
  CHECK_FALSE(siege.is_locked());
  siege.said(*siege.guests.front(), "lobby", "hi");
}

TEST_CASE("the fifth newcomer who says the same locks down, and the sixth does not get it out") {
  Siege siege;
  const auto marshal = siege.member("marshal", "lobby", journal::ServerRole::moderator);
  siege.settings.raid_joins = 100;
  siege.rush(7);
  for (std::size_t i = 0; i < 4; ++i) siege.said(*siege.guests[i], "lobby", "Buy at example.org");
  CHECK_FALSE(siege.is_locked());
  siege.said(*siege.guests[4], "lobby", "buy at example.org!!");
  CHECK(siege.level() == 1);
  CHECK(siege.refused(*siege.guests[5], Court::say_of("lobby", "Buy at example.org")) ==
        Code::login_required);
  // Also when the lockdown has been lifted.
  siege.answer<event::Lockdown>(*marshal, request::Lockdown{.level = 0, .for_ms = {}, .reason = {}});
  marshal->heard();
  CHECK(siege.refused(*siege.guests[5], Court::say_of("lobby", "Buy at example.org")) == Code::rate_limited);
  CHECK(siege.guests[5]->last<event::Failure>().retry_after_ms == 60'000);
  siege.finish();
  CHECK(marshal->heard() == Lines{"lockdown 1"});
}

TEST_CASE("who has been here for a while, or has an account, is no newcomer") {
  Siege siege;
  siege.settings.raid_joins = 100;
  siege.rush(8);
  siege.pass(minutes{11});
  for (auto& each : siege.guests) siege.said(*each, "lobby", "happy new year");
  std::vector<std::unique_ptr<Peer>> members;
  for (int i = 0; i < 8; ++i) {
    members.push_back(siege.member("m" + std::to_string(i)));
    siege.said(*members.back(), "lobby", "happy new year to you");
  }
  CHECK_FALSE(siege.is_locked());
}

TEST_CASE("a lockdown of the server's own that could not be stored is tried again") {
  Court court(std::make_unique<SlowJournal>());
  court.settings.raid_joins = 2;
  const auto anna = court.member("anna");
  const auto a = court.guest("a");
  const auto b = court.guest("b");
  court.slow->fail_next = true;
  const auto c = court.connect();
  c->ask(hello("c"));
  CHECK(court.hub.moderation().why_locked());
  court.finish();
  CHECK_FALSE(court.hub.moderation().why_locked());
  const auto d = court.connect();
  d->ask(hello("d"));
  court.finish();
  CHECK(court.hub.moderation().lockdown().level == 1);
}

}  // namespace hubbub::chat
