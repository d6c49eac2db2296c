// The requests and events of rules, roles, bans, changes and reports as lines, both ways.
#include "protocol/json.hpp"
#include "protocol/json_fields.hpp"
#include "test/protocol/reading.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;

TEST_CASE("every request of those who run a room is read as it was written") {
  const std::string line = GENERATE(
      R"({"type":"hello","version":1,"token":"t","invite":"hub_i"})", R"({"type":"room","room":"lobby"})",
      R"({"type":"room","room":"lobby","set":{"moderated":true}})",
      R"({"type":"room","room":"lobby","set":{}})",
      R"({"type":"room","room":"lobby","set":{"moderated":false,"invite_only":true,"secret":false,"key":"k\"","topic_for":"moderators","accounts_only":"speak","history_for":"since_join","limit":50,"slow_mode":30000,"keep_messages":0,"keep_age":604800000},"ref":"r"})",
      R"({"type":"role","room":"lobby","name":"боб","role":"voice"})",
      R"({"type":"role","room":"lobby","role":"owner"})", R"({"type":"close","room":"lobby"})",
      R"({"type":"close","room":"lobby","reason":"done"})", R"({"type":"kick","room":"lobby","name":"bob"})",
      R"({"type":"kick","room":"lobby","name":"bob","reason":"spam","ref":"r"})",
      R"({"type":"ban","of":"address:192.0.2.0/24"})",
      R"({"type":"ban","room":"lobby","of":"name:ann*","action":"mute","for":600000,"reason":"noise","keep":true,"dry_run":true})",
      R"({"type":"unban","id":1795228910925001})", R"({"type":"bans"})",
      R"({"type":"bans","room":"lobby","after":7})", R"({"type":"redeem","token":"hub_i"})",
      R"({"type":"edit","room":"lobby","text":"better"})",
      R"({"type":"edit","with":"bob","seq":7,"text":"b"})", R"({"type":"delete","room":"lobby"})",
      R"({"type":"delete","with":"bob","seq":7,"reason":"oops"})",
      R"({"type":"report","room":"lobby","text":"rude"})",
      R"({"type":"report","room":"lobby","seq":7,"text":"r"})", R"({"type":"reports"})",
      R"({"type":"reports","room":"lobby"})", R"({"type":"resolve","id":7})",
      R"({"type":"resolve","id":7,"note":"talked to him"})", R"({"type":"audit"})",
      R"({"type":"audit","room":"lobby","since":"2026-11-21T09:30:00.125Z","before":9})",
      R"({"type":"announce","text":"going down"})", R"({"type":"lockdown","level":0})",
      R"({"type":"lockdown","level":2,"for":1800000,"reason":"raid"})",
      R"({"type":"webhook","room":"lobby","name":"ci"})", R"({"type":"webhooks"})",
      R"({"type":"webhooks","room":"lobby"})", R"({"type":"webhook_revoke","id":7})",
      R"({"type":"invite","uses":5,"for":60000})", R"({"type":"invite","room":"lobby","name":"bob"})",
      R"({"type":"invites","room":"lobby"})", R"({"type":"token_make","account":"bot","scopes":"read say"})");
  CAPTURE(line);
  const DecodedRequest decoded = decode_request(line);
  REQUIRE(std::holds_alternative<Request>(decoded));
  std::string again;
  encode(std::get<Request>(decoded), again);
  CHECK(again == line + "\n");
}

TEST_CASE("a field of theirs that is missing or wrong is named") {
  struct Example {
    std::string line;
    std::string sentence;
  };
  const auto example = GENERATE(values<Example>({
      {R"({"type":"room"})", R"(room needs a "room" that is a string)"},
      {R"({"type":"room","room":"l","set":5})", R"(the "set" of room must be an object)"},
      {R"({"type":"room","room":"l","set":"x"})", R"(the "set" of room must be an object)"},
      {R"({"type":"room","room":"l","set":{"moderated":1}})",
       R"(the "moderated" of room must be true or false)"},
      {R"({"type":"room","room":"l","set":{"key":5}})", R"(the "key" of room must be a string)"},
      {R"({"type":"room","room":"l","set":{"limit":-1}})",
       R"(the "limit" of room must be a whole number from 0 to 2^53)"},
      {R"({"type":"room","room":"l","set":{"slow_mode":"30s"}})",
       R"(the "slow_mode" of room must be a whole number from 0 to 2^53)"},
      {R"({"type":"room","room":"l","set":{"topic_for":"owners"}})",
       R"(the rule "topic_for" must be "members" or "moderators")"},
      {R"({"type":"room","room":"l","set":{"accounts_only":"maybe"}})",
       R"(the rule "accounts_only" must be "no", "speak" or "enter")"},
      {R"({"type":"room","room":"l","set":{"history_for":""}})",
       R"(the rule "history_for" must be "members" or "since_join")"},
      {R"({"type":"role","room":"l","name":"b"})", R"(role needs a "role" that is a string)"},
      {R"({"type":"role","room":"l","name":"b","role":"king"})",
       R"(the "role" must be "owner", "moderator", "voice" or "none")"},
      {R"({"type":"kick","room":"l"})", R"(kick needs a "name" that is a string)"},
      {R"({"type":"ban","room":"l"})", R"(ban needs a "of" that is a string)"},
      {R"({"type":"ban","of":"x","action":"kill"})",
       R"(the "action" of ban must be "ban", "mute" or "except")"},
      {R"({"type":"ban","of":"x","for":0})", R"(the "for" must be 1 or more)"},
      {R"({"type":"ban","of":"x","keep":1})", R"(the "keep" of ban must be true or false)"},
      {R"({"type":"unban"})", R"(unban needs a "id" that is a whole number from 0 to 2^53)"},
      {R"({"type":"edit","text":"x"})", R"(edit takes a "room" or a "with", one of them)"},
      {R"({"type":"edit","room":"l","with":"b","text":"x"})",
       R"(edit takes a "room" or a "with", one of them)"},
      {R"({"type":"edit","room":"l"})", R"(edit needs a "text" that is a string)"},
      {R"({"type":"delete"})", R"(delete takes a "room" or a "with", one of them)"},
      {R"({"type":"delete","room":"l","seq":"last"})",
       R"(the "seq" of delete must be a whole number from 0 to 2^53)"},
      {R"({"type":"report","room":"l"})", R"(report needs a "text" that is a string)"},
      {R"({"type":"resolve"})", R"(resolve needs a "id" that is a whole number from 0 to 2^53)"},
      {R"({"type":"redeem"})", R"(redeem needs a "token" that is a string)"},
      {R"({"type":"announce"})", R"(announce needs a "text" that is a string)"},
      {R"({"type":"lockdown"})", R"(lockdown needs a "level" that is a whole number from 0 to 2^53)"},
      {R"({"type":"lockdown","level":3})", R"(the "level" of lockdown must be 0, 1 or 2)"},
      {R"({"type":"lockdown","level":1,"for":0})", R"(the "for" must be 1 or more)"},
      {R"({"type":"webhook","room":"l"})", R"(webhook needs a "name" that is a string)"},
      {R"({"type":"webhook_revoke"})",
       R"(webhook_revoke needs a "id" that is a whole number from 0 to 2^53)"},
      {R"({"type":"invite","name":"bob"})", R"(an invitation of a person, or with a role, needs a "room")"},
      {R"({"type":"invite","room":"l","role":"owner"})",
       R"(the "role" of an invitation must be "moderator" or "voice")"},
  }));
  CAPTURE(example.line);
  CHECK(refused(example.line).error.code == Code::bad_request);
  CHECK(refused(example.line).error.text == example.sentence);
}

TEST_CASE("a rule that is left out, or null, stays as it is") {
  const auto room = read<request::Room>(
      R"({"type":"room","room":"l","set":{"limit":5.0,"key":null,"new":[{"limit":9}],"slow_mode":3e4}})");
  REQUIRE(room.set);
  RoomRules rules;
  rules.limit = 5;
  rules.slow_mode = 30'000;
  CHECK(*room.set == rules);
  CHECK_FALSE(read<request::Room>(R"({"type":"room","room":"l","set":null})").set);
}

TEST_CASE("only what stands in the object is a rule, and only what stands beside it is not") {
  CHECK(*read<request::Room>(R"({"type":"room","room":"l","set":{},"limit":5,"set.key":"k"})").set ==
        RoomRules{.key = "k"});
  const auto room = read<request::Room>(
      R"({"set":{"room":"x","type":"say","ref":"no","limit":7},"room":"l","type":"room","other":{"key":"k"}})");
  CHECK(room.room == "l");
  CHECK(*room.set == RoomRules{.limit = 7});
}

TEST_CASE("values one level down are fields by both names, and nothing deeper is") {
  JsonFields fields;
  REQUIRE(fields.read(
      R"({"a":{"key":"in \u0061","flag":true,"n":5,"deep":{"key":"deeper","l":[{"key":1}]},"list":[{"key":2}],"key2":"after"},"l":[{"key":"listed"}],"key":"outer","b":{},"c":{"key":null}})"));
  using Type = JsonFields::Type;
  CHECK(fields["a"].type == Type::nested);
  CHECK(fields["a.key"].string == "in a");
  CHECK(fields["a.flag"].boolean);
  CHECK(fields["a.n"].whole_number == 5);
  CHECK(fields["a.deep"].type == Type::nested);
  CHECK(fields["a.list"].type == Type::nested);
  CHECK(fields["a.key2"].string == "after");
  CHECK(fields["key"].string == "outer");
  CHECK(fields["c.key"].type == Type::null);
  for (const char* name : {"l.key", "a.deep.key", "deep.key", "a.l", "flag", "n", "a.", ".key", "key2"}) {
    CAPTURE(name);
    CHECK(fields[name].type == Type::null);
  }
  CHECK_FALSE(fields.read(R"({"a":{"key":1,"key":2}})"));
  CHECK(fields.read(R"({"a":{"key":1},"b":{"key":2}})"));
  CHECK(fields["a.key"].whole_number == 1);
  CHECK(fields["b.key"].whole_number == 2);
}

TEST_CASE("every event of theirs is read as it was written") {
  const std::string line = GENERATE(
      R"({"type":"joined","room":"lobby","topic":"","count":2,"members":["ann","bob"],"last":7,"history":[],"complete":true,"role":"voice","roles":[{"name":"ann","role":"owner"}],"changes":[{"type":"edited","room":"lobby","seq":5,"change":8,"text":"t","time":"2026-11-21T09:30:00.125Z","by":"bob"},{"type":"deleted","room":"lobby","seqs":[3,4],"change":9,"by":"ann","reason":"spam"}],"rules":{"moderated":true,"slow_mode":30000}})",
      R"({"type":"members","room":"lobby","count":1,"names":["ann"],"more":false,"roles":[{"name":"ann","role":"owner"}]})",
      R"({"type":"history","room":"lobby","messages":[],"complete":false,"changes":[{"type":"deleted","room":"lobby","seqs":[3],"change":9,"by":""}],"next":9})",
      R"({"type":"room","room":"lobby","topic":""})",
      R"({"type":"room","room":"lobby","created":"2026-11-20T09:30:00.125Z","owner":"ann","topic":"t","topic_by":"bob","topic_time":"2026-11-21T09:30:00.125Z","role":"owner","keyed":true,"by":"ann","moderated":true,"invite_only":false,"secret":true,"key":"k","topic_for":"members","accounts_only":"no","history_for":"since_join","limit":5,"slow_mode":1000,"keep_messages":100,"keep_age":60000,"ref":"r"})",
      R"({"type":"role","room":"lobby","name":"bob","role":"none"})",
      R"({"type":"role","room":"lobby","name":"bob","account":"robert","role":"moderator","by":"ann"})",
      R"({"type":"closed","room":"lobby","by":"ann","reason":"done"})",
      R"({"type":"kicked","room":"lobby","name":"bob","by":"ann","reason":""})",
      R"({"type":"banned","id":7,"room":"lobby","mask":"account:bob","action":"ban","until":"2026-11-21T09:30:00.125Z","by":"ann","reason":"spam","matches":["bob"]})",
      R"({"type":"banned","mask":"name:b*","action":"mute","matches":[]})", R"({"type":"unbanned","id":7})",
      R"({"type":"unbanned","id":7,"room":"lobby","mask":"name:b*","by":"ann"})",
      R"({"type":"bans","bans":[{"id":7,"mask":"name:b*","action":"except","time":"2026-11-21T09:30:00.125Z"}],"more":true})",
      R"({"type":"invited","room":"lobby","name":"bob","by":"ann"})",
      R"({"type":"invite","id":7,"uses":1,"by":"ann","room":"lobby","role":"voice","token":"hub_i","url":"https://x/i"})",
      R"({"type":"redeemed"})", R"({"type":"redeemed","room":"lobby","ref":"r"})",
      R"({"type":"edited","with":"bob","seq":5,"change":8,"text":"t","time":"2026-11-21T09:30:00.125Z","by":"bob"})",
      R"({"type":"deleted","room":"lobby","seqs":[],"change":9,"by":"ann"})", R"({"type":"reported","id":7})",
      R"({"type":"report","id":7,"room":"lobby","seq":5,"of":"eve","by":"bob","text":"rude","time":"2026-11-21T09:30:00.125Z"})",
      R"({"type":"reports","reports":[{"id":7,"room":"lobby","seq":5,"by":"bob","text":"rude","time":"2026-11-21T09:30:00.125Z"}],"more":false})",
      R"({"type":"audit","entries":[{"id":7,"time":"2026-11-21T09:30:00.125Z","room":"lobby","by":"ann","account":"ann","front":"text","action":"role","whom":"bob","before":"none","after":"voice"},{"id":6,"time":"2026-11-21T09:29:00.125Z","action":"start"}],"more":true})",
      R"({"type":"announcement","text":"t","time":"2026-11-21T09:30:00.125Z"})",
      R"({"type":"announcement","text":"t","by":"ann","time":"2026-11-21T09:30:00.125Z"})",
      R"({"type":"lockdown","level":0})",
      R"({"type":"lockdown","level":2,"until":"2026-11-21T09:30:00.125Z","reason":"raid","by":"ann"})",
      R"({"type":"webhook","id":7,"room":"lobby","name":"ci","by":"ann","created":"2026-11-21T09:30:00.125Z","token":"hub_w","url":"https://x/h"})",
      R"({"type":"webhooks","webhooks":[{"id":7,"room":"lobby","name":"ci","created":"2026-11-21T09:30:00.125Z"}]})",
      R"({"type":"error","code":"slow_mode","text":"wait","retry_after":1500})");
  CAPTURE(line);
  const std::optional<Event> event = decode_event(line);
  REQUIRE(event.has_value());
  std::string again;
  encode(*event, again);
  CHECK(again == line + "\n");
}

TEST_CASE("fields of theirs that are wrong or missing are at their defaults") {
  const auto joined = read_event<event::Joined>(
      R"({"type":"joined","room":"l","role":5,"roles":[5,{"name":"ann"}],"rules":[],"changes":[{"type":"edited","seq":-1},{},5,{"type":"deleted","seqs":"7"}]})");
  CHECK(joined.role.empty());
  REQUIRE(joined.roles.size() == 2);
  CHECK(joined.roles.back().name == "ann");
  CHECK(joined.roles.back().role.empty());
  CHECK(joined.rules == RoomRules());
  REQUIRE(joined.changes.size() == 4);
  CHECK(std::get<event::Edited>(joined.changes.front()).seq == 0);
  CHECK(std::holds_alternative<event::Edited>(joined.changes[1]));
  CHECK(std::get<event::Deleted>(joined.changes.back()).seqs.empty());
  const auto room = read_event<event::Room>(R"({"type":"room","moderated":"yes","limit":"5","created":5})");
  CHECK_FALSE(room.rules.moderated);
  CHECK_FALSE(room.rules.limit);
  CHECK_FALSE(room.created);
  const auto history = read_event<event::History>(R"({"type":"history","next":null,"changes":{}})");
  CHECK_FALSE(history.next);
  CHECK(history.changes.empty());
  CHECK(read_event<event::Deleted>(R"({"type":"deleted","seqs":[1,"2",-3,4]})").seqs ==
        std::vector<std::uint64_t>{1, 0, 0, 4});
}
