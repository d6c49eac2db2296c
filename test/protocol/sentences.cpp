#include "protocol/sentences.hpp"

#include "test/support/catch.hpp"

using namespace hubbub::protocol;

namespace {

const Timestamp half_past_nine = *timestamp_from("2026-11-21T09:30:00.125Z");

/// Puts brackets around what people wrote, so that what is passed on without being made safe is seen.
struct Brackets final : Wording {
  std::string name(std::string_view person) const override { return "[" + std::string(person) + "]"; }
  std::string text(std::string_view written) const override { return "{" + std::string(written) + "}"; }
  std::string at_length(std::string_view written) const override { return "<" + std::string(written) + ">"; }
  std::string moment(Timestamp time) const override { return to_string(time).substr(0, 16); }
  std::string time_of_day(Timestamp time) const override { return to_string(time).substr(11, 5); }
};

const Brackets brackets;
const Sentences to_all(brackets);
const Sentences to_bob(brackets, "bob");

std::string one(const Sentences::Lines& lines) {
  REQUIRE(lines.size() == 1);
  return lines.front();
}

}  // namespace

TEST_CASE("a room is told with its owner, topic and rules") {
  event::Room room{
      .room = "lobby", .created = half_past_nine, .owner = "ann", .topic = "tea", .role = "moderator"};
  room.topic_by = "bob";
  room.rules.moderated = true;
  room.rules.slow_mode = 30'000;
  room.rules.secret = false;
  room.keyed = true;
  CHECK(to_bob(room) ==
        Sentences::Lines{
            "{lobby}, made on 2026-11-21T09:30, belongs to [ann]; you are a moderator of {lobby}",
            "topic: {tea}, by [bob]",
            "its rules: only those with a role speak; 30 seconds between two messages of a person; "
            "one needs a key to enter"});
  CHECK(to_bob(event::Room{.room = "x"}) ==
        Sentences::Lines{"{x} has no owner", "it has no rules of its own"});
}

TEST_CASE("a change of rules also tells what is no rule any more") {
  event::Room room{.room = "lobby", .by = "bob"};
  room.rules.moderated = false;
  room.rules.limit = 0;
  room.rules.keep_age = 604'800'000;
  CHECK(one(to_bob(room)) ==
        "you have changed the rules of {lobby}: everybody speaks; any number of members; "
        "messages "
        "kept for 7 days");
  CHECK(one(to_all(room)).starts_with("[bob] has changed"));
}

TEST_CASE("every rule has words for what it is, and for what it is not") {
  RoomRules on{.moderated = true,
               .invite_only = true,
               .secret = true,
               .key = "k",
               .topic_for = "moderators",
               .accounts_only = "speak",
               .history_for = "since_join",
               .limit = 5,
               .slow_mode = 1000,
               .keep_messages = 7,
               .keep_age = 60'000};
  const std::string words = to_all.rules(on, true);
  CHECK(std::count(words.begin(), words.end(), ';') == 10);
  CHECK(words.find("the key is {k}") != std::string::npos);
  RoomRules off{.moderated = false,
                .invite_only = false,
                .secret = false,
                .key = "",
                .topic_for = "members",
                .accounts_only = "no",
                .history_for = "members",
                .limit = 0,
                .slow_mode = 0,
                .keep_messages = 0,
                .keep_age = 0};
  CHECK(to_all.rules(off, false).empty());
  const std::string changed = to_all.rules(off, false, true);
  CHECK(std::count(changed.begin(), changed.end(), ';') == 10);
}

TEST_CASE("roles, kicks and invitations speak to whom they are about") {
  const event::Role made{.room = "lobby", .name = "bob", .role = "moderator", .by = "ann"};
  CHECK(one(to_all(made)) == "[bob] is a moderator of {lobby} now, by [ann]");
  CHECK(one(to_bob(made)) == "you are a moderator of {lobby} now, by [ann]");
  const event::Role lost{.room = "lobby", .name = "bob", .role = "none", .by = "ann"};
  CHECK(one(to_bob(lost)) == "you have no role in {lobby} any more, by [ann]");
  CHECK(one(to_all(lost)) == "[bob] has no role in {lobby} any more, by [ann]");
  const event::Kicked kicked{.room = "lobby", .name = "bob", .by = "ann", .reason = "spam"};
  CHECK(one(to_bob(kicked)) == "[ann] has put you out of {lobby}: {spam}");
  CHECK(one(to_all(kicked)) == "[ann] has put [bob] out of {lobby}: {spam}");
  const event::Invited invited{.room = "lobby", .name = "bob", .by = "ann"};
  CHECK(one(to_bob(invited)) == "[ann] invites you to {lobby}; /join {lobby} takes you there");
  CHECK(one(to_all(invited)) == "[ann] has invited [bob] to {lobby}");
  CHECK(one(to_all(event::Closed{.room = "lobby", .by = "ann"})) == "[ann] has closed {lobby} for good");
  CHECK(one(to_bob(event::Redeemed{"lobby"})) == "the invitation is taken; /join {lobby} takes you there");
  CHECK(to_bob(event::Invite{.invitation = {.id = 7, .uses = 2, .until = half_past_nine, .room = "lobby"},
                             .token = "hub_x",
                             .url = "https://x"}) ==
        Sentences::Lines{"an invitation to {lobby}, for 2 people until 2026-11-21T09:30: {hub_x}",
                         "it is told only now; /redeem {hub_x} takes it", "or open {https://x}"});
}

TEST_CASE("bans are told with whom they are about, and until when") {
  event::Banned banned{.ban = {.id = 7,
                               .room = "lobby",
                               .mask = "account:bob",
                               .action = "mute",
                               .until = half_past_nine,
                               .by = "ann",
                               .reason = "noise"},
                       .matches = {"bob", "eve"}};
  CHECK(one(to_bob(banned)) ==
        "[ann] has silenced {account:bob} (you, [eve]) in {lobby} until 2026-11-21T09:30: {noise}");
  banned.ban.action = "ban";
  banned.ban.room.clear();
  banned.ban.until.reset();
  banned.matches.clear();
  CHECK(one(to_all(banned)) == "[ann] has banned {account:bob} from the server: {noise}");
  banned.ban.id = 0;
  CHECK(one(to_all(banned)) == "it would be about nobody who is here: {account:bob}");
  CHECK(one(to_all(event::Unbanned{.id = 7, .room = "lobby", .mask = "name:b*", .by = "ann"})) ==
        "[ann] has ended what was decided about {name:b*} in {lobby}");
  CHECK(one(to_all(event::Unbanned{.id = 7, .room = "lobby"})) ==
        "what was decided about number 7 in {lobby} is over");
}

TEST_CASE("lists are numbered, and go on where the page before ended") {
  Sentences sentences(brackets);
  const event::Bans bans{.bans = {{.id = 7, .room = "lobby", .mask = "name:b*", .action = "ban"}}};
  CHECK(one(sentences(bans)) == "ban 1: {name:b*} is kept out of {lobby}");
  sentences.number_from(50);
  CHECK(one(sentences(bans)) == "ban 51: {name:b*} is kept out of {lobby}");
  CHECK(sentences(event::Bans{}).empty());
  CHECK(one(to_all(event::Bans{})) == "nobody is kept out or silent");
  const event::Reports reports{.reports = {{.id = 1,
                                            .room = "lobby",
                                            .seq = 5,
                                            .of = "eve",
                                            .by = "bob",
                                            .text = "rude",
                                            .time = half_past_nine}},
                               .more = true};
  CHECK(to_all(reports) ==
        Sentences::Lines{"report 1: 2026-11-21T09:30, [bob] on message 5 of [eve] in {lobby}: {rude}",
                         "and others"});
}

TEST_CASE("a change is told with what is known of the message") {
  const event::Edited edited{
      .room = "lobby", .seq = 5, .change = 8, .text = "tea", .time = half_past_nine, .by = "bob"};
  CHECK(one(to_all(edited)) == "[bob] has edited a message: <tea>");
  CHECK(one(to_bob(edited, Meant{"bob", half_past_nine})) == "you have edited a message of 09:30: <tea>");
  Sentences in_several(brackets);
  in_several.name_rooms();
  CHECK(one(in_several(edited, Meant{"eve", half_past_nine})) ==
        "[bob] has edited a message of [eve] of 09:30 in {lobby}: <tea>");
  const event::Deleted deleted{.room = "lobby", .seqs = {5}, .change = 8, .by = "ann", .reason = "spam"};
  CHECK(one(to_all(deleted)) == "[ann] has deleted a message: {spam}");
  CHECK(one(to_bob(deleted, Meant{"bob", half_past_nine})) ==
        "[ann] has deleted a message of you of 09:30: {spam}");
  CHECK(one(to_all(event::Deleted{.room = "lobby", .seqs = {5, 6}, .change = 8, .by = "ann"},
                   Meant{"bob", half_past_nine})) == "[ann] has deleted 2 messages");
  CHECK(one(to_all(event::Deleted{.room = {}, .with = "eve", .seqs = {5}, .change = 8, .by = "eve"})) ==
        "[eve] has deleted a message in the conversation with [eve]");
}

TEST_CASE("what the server's people do is told") {
  CHECK(one(to_all(event::Lockdown{.level = 0})) == "the lockdown of the server is over");
  CHECK(one(to_all(event::Lockdown{.level = 1, .until = half_past_nine, .reason = "raid", .by = "ann"})) ==
        "lockdown of the server until 2026-11-21T09:30, by [ann], guests only read and nobody makes an "
        "account: "
        "{raid}");
  CHECK(one(to_all(event::Announcement{.text = "tea\nnow", .by = "ann"})) ==
        "announcement by [ann]: <tea\nnow>");
  CHECK(one(to_all(event::Audit{.entries = {{.id = 1,
                                             .time = half_past_nine,
                                             .room = "lobby",
                                             .by = "ann",
                                             .account = "root",
                                             .front = "text",
                                             .action = "role",
                                             .whom = "bob",
                                             .before = "none",
                                             .after = "voice"}}})) ==
        "2026-11-21T09:30 [ann] (account [root]): {role} {bob} in {lobby}, from {none} to {voice}, by way of "
        "{text}");
}
