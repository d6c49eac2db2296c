// Commands about rooms and order in them.
#include "protocol/json.hpp"
#include "protocol/slash.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

constexpr std::uint64_t third_report = 1795228910925003;
const std::vector<std::uint64_t> bans = {1795228910925001, 1795228910925002};
const std::vector<std::uint64_t> reports = {11, 12, third_report};
const std::vector<std::uint64_t> webhooks = {21};

const slash::Context lists_in_lobby = {
    .room = "lobby", .bans = bans, .reports = reports, .webhooks = webhooks};
const slash::Context lists_alone = {.bans = bans, .reports = reports, .webhooks = webhooks};
const slash::Context with_bob = {.room = "@bob", .with = "bob"};

std::string order_of(std::string_view line, const slash::Context& context = lists_in_lobby) {
  const auto parsed = slash::parse(line, context);
  if (!parsed || !std::holds_alternative<request::Any>(*parsed)) return "";
  std::string json;
  encode(Request{std::get<request::Any>(*parsed), ""}, json);
  json.pop_back();
  return json;
}

Error order_error(std::string_view line, const slash::Context& context = lists_in_lobby) {
  const auto parsed = slash::parse(line, context);
  INFO(line);
  REQUIRE(parsed.has_error());
  return parsed.error();
}

struct TypedOrder {
  std::string line;
  std::string request;
};

}  // namespace

TEST_CASE("commands about rooms make requests") {
  const auto example = GENERATE(values<TypedOrder>({
      {"/join books open sesame", R"({"type":"join","room":"books","key":"open sesame"})"},
      {"/join # books  k ", R"({"type":"join","room":"books","key":"k"})"},
      {"/room", R"({"type":"room","room":"lobby"})"},
      {"/room moderated on", R"({"type":"room","room":"lobby","set":{"moderated":true}})"},
      {"/room MODERATED Off", R"({"type":"room","room":"lobby","set":{"moderated":false}})"},
      {"/room invite-only yes", R"({"type":"room","room":"lobby","set":{"invite_only":true}})"},
      {"/room secret no", R"({"type":"room","room":"lobby","set":{"secret":false}})"},
      {"/room key Sesame", R"({"type":"room","room":"lobby","set":{"key":"Sesame"}})"},
      {"/room key -", R"({"type":"room","room":"lobby","set":{"key":""}})"},
      {"/room key off", R"({"type":"room","room":"lobby","set":{"key":"off"}})"},
      {"/room topic_for moderators", R"({"type":"room","room":"lobby","set":{"topic_for":"moderators"}})"},
      {"/room accounts_only off", R"({"type":"room","room":"lobby","set":{"accounts_only":"no"}})"},
      {"/room accounts_only Enter", R"({"type":"room","room":"lobby","set":{"accounts_only":"enter"}})"},
      {"/room history_for since_join",
       R"({"type":"room","room":"lobby","set":{"history_for":"since_join"}})"},
      {"/room limit 50", R"({"type":"room","room":"lobby","set":{"limit":50}})"},
      {"/room limit none", R"({"type":"room","room":"lobby","set":{"limit":0}})"},
      {"/room slow_mode 30s", R"({"type":"room","room":"lobby","set":{"slow_mode":30000}})"},
      {"/room slow_mode off", R"({"type":"room","room":"lobby","set":{"slow_mode":0}})"},
      {"/room keep_age 7d", R"({"type":"room","room":"lobby","set":{"keep_age":604800000}})"},
      {"/room keep_messages 9007199254740992",
       R"({"type":"room","room":"lobby","set":{"keep_messages":9007199254740992}})"},
      {"/role bob Moderator", R"({"type":"role","room":"lobby","name":"bob","role":"moderator"})"},
      {"/role bob none", R"({"type":"role","room":"lobby","name":"bob","role":"none"})"},
      {"/op bob", R"({"type":"role","room":"lobby","name":"bob","role":"moderator"})"},
      {"/voice bob", R"({"type":"role","room":"lobby","name":"bob","role":"voice"})"},
      {"/deop bob", R"({"type":"role","room":"lobby","name":"bob","role":"none"})"},
      {"/devoice bob", R"({"type":"role","room":"lobby","name":"bob","role":"none"})"},
      {"/claim", R"({"type":"role","room":"lobby","role":"owner"})"},
      {"/close #books", R"({"type":"close","room":"books"})"},
      {"/close books moved to tea", R"({"type":"close","room":"books","reason":"moved to tea"})"},
      {"/invite bob", R"({"type":"invite","room":"lobby","name":"bob"})"},
      {"/invite link", R"({"type":"invite","room":"lobby"})"},
      {"/invite Link 7d 10", R"({"type":"invite","room":"lobby","uses":10,"for":604800000})"},
      {"/invite link 10 7d", R"({"type":"invite","room":"lobby","uses":10,"for":604800000})"},
      {"/redeem hub_x", R"({"type":"redeem","token":"hub_x"})"},
      {"/webhook ci", R"({"type":"webhook","room":"lobby","name":"ci"})"},
      {"/webhook revoke", R"({"type":"webhook","room":"lobby","name":"revoke"})"},
      {"/webhook revoke 1", R"({"type":"webhook_revoke","id":21})"},
      {"/webhooks", R"({"type":"webhooks","room":"lobby"})"},
  }));
  CAPTURE(example.line);
  CHECK(order_of(example.line) == example.request);
}

TEST_CASE("commands that keep order make requests") {
  const auto example = GENERATE(values<TypedOrder>({
      {"/kick bob", R"({"type":"kick","room":"lobby","name":"bob"})"},
      {"/kick bob 2h of noise", R"({"type":"kick","room":"lobby","name":"bob","reason":"2h of noise"})"},
      {"/remove bob", R"({"type":"kick","room":"lobby","name":"bob"})"},
      {"/ban bob", R"({"type":"ban","room":"lobby","of":"bob"})"},
      {"/ban bob 2h", R"({"type":"ban","room":"lobby","of":"bob","for":7200000})"},
      {"/ban name:ann* 1d12h too  loud",
       R"({"type":"ban","room":"lobby","of":"name:ann*","for":129600000,"reason":"too  loud"})"},
      {"/ban bob too loud", R"({"type":"ban","room":"lobby","of":"bob","reason":"too loud"})"},
      {"/ban bob 5 times warned", R"({"type":"ban","room":"lobby","of":"bob","reason":"5 times warned"})"},
      {"/ban -a address:192.0.2.0/24 7d", R"({"type":"ban","of":"address:192.0.2.0/24","for":604800000})"},
      {"/silence bob 10m", R"({"type":"ban","room":"lobby","of":"bob","action":"mute","for":600000})"},
      {"/mute bob", R"({"type":"ban","room":"lobby","of":"bob","action":"mute"})"},
      {"/timeout bob 10M", R"({"type":"ban","room":"lobby","of":"bob","action":"mute","for":600000})"},
      {"/bans", R"({"type":"bans","room":"lobby"})"},
      {"/bans -a", R"({"type":"bans"})"},
      {"/unban 2", R"({"type":"unban","id":1795228910925002})"},
      {"/unban 1795228910925777", R"({"type":"unban","id":1795228910925777})"},
      {"/unmute 1", R"({"type":"unban","id":1795228910925001})"},
      {"/edit  better so ", R"({"type":"edit","room":"lobby","text":"better so"})"},
      {"/delete", R"({"type":"delete","room":"lobby"})"},
      {"/delete 1795228910925001 spam",
       R"({"type":"delete","room":"lobby","seq":1795228910925001,"reason":"spam"})"},
      {"/report rude words", R"({"type":"report","room":"lobby","text":"rude words"})"},
      {"/report 1795228910925001 rude",
       R"({"type":"report","room":"lobby","seq":1795228910925001,"text":"rude"})"},
      {"/report 42", R"({"type":"report","room":"lobby","text":"42"})"},
      {"/reports", R"({"type":"reports","room":"lobby"})"},
      {"/reports -a", R"({"type":"reports"})"},
      {"/resolve 3 talked to him", R"({"type":"resolve","id":1795228910925003,"note":"talked to him"})"},
      {"/resolve 1", R"({"type":"resolve","id":11})"},
      {"/audit", R"({"type":"audit","room":"lobby"})"},
      {"/audit -A", R"({"type":"audit"})"},
      {"/announce going down at nine", R"({"type":"announce","text":"going down at nine"})"},
      {"/lockdown 1", R"({"type":"lockdown","level":1})"},
      {"/lockdown 2 30m a raid", R"({"type":"lockdown","level":2,"for":1800000,"reason":"a raid"})"},
      {"/lockdown OFF", R"({"type":"lockdown","level":0})"},
      {"/suspend bob 2d spam", R"({"type":"suspend","account":"bob","for":172800000,"reason":"spam"})"},
      {"/suspend bob", R"({"type":"suspend","account":"bob"})"},
      {"/disconnect bob 2h", R"({"type":"disconnect","name":"bob","reason":"2h"})"},
      {"/kill bob", R"({"type":"disconnect","name":"bob"})"},
  }));
  CAPTURE(example.line);
  CHECK(order_of(example.line) == example.request);
}

TEST_CASE("in a conversation it is about what was said there") {
  CHECK(order_of("/edit better", with_bob) == R"({"type":"edit","with":"bob","text":"better"})");
  CHECK(order_of("/delete", with_bob) == R"({"type":"delete","with":"bob"})");
}

TEST_CASE("without a room, what needs one says so, and what is about the server does not") {
  const std::string line = GENERATE("/room", "/room limit 5", "/role bob voice", "/op bob", "/claim",
                                    "/kick bob", "/ban bob", "/silence bob", "/bans", "/invite bob",
                                    "/invite link", "/edit x", "/delete", "/report x", "/webhook ci");
  CHECK(order_error(line, lists_alone).code == Code::not_joined);
  CHECK(order_error(line, lists_alone).text == "you are in no room; /join ROOM takes you to one");
  CHECK(order_of("/reports", lists_alone) == R"({"type":"reports"})");
  CHECK(order_of("/audit", lists_alone) == R"({"type":"audit"})");
  CHECK(order_of("/webhooks", lists_alone) == R"({"type":"webhooks"})");
  CHECK(order_of("/webhook revoke 1", lists_alone) == R"({"type":"webhook_revoke","id":21})");
  CHECK(order_of("/ban -a bob", lists_alone) == R"({"type":"ban","of":"bob"})");
  CHECK(order_of("/close books", lists_alone) == R"({"type":"close","room":"books"})");
  CHECK(order_of("/unban 1", lists_alone) == R"({"type":"unban","id":1795228910925001})");
}

TEST_CASE("a rule that is not known, or is not to be so, is told of") {
  CHECK(order_error("/room limt 5").text == R"(there is no rule "limt"; did you mean limit?)");
  CHECK_THAT(order_error("/room colour red").text,
             ContainsSubstring("there are moderated, invite_only, secret, key"));
  CHECK(order_error("/room moderated").text ==
        "say what the rule is to be: /room moderated VALUE, where off is for none");
  CHECK(order_error("/room moderated maybe").text == R"("maybe" is neither on nor off)");
  CHECK(order_error("/room limit many").text == R"("many" is no number, nor off)");
  CHECK(order_error("/room limit -5").text == R"("-5" is no number, nor off)");
  CHECK(order_error("/room limit 9007199254740993").text == R"("9007199254740993" is no number, nor off)");
  CHECK(order_error("/room slow_mode 30").text ==
        R"("30" is no span of time, such as 30s, 10m, 2h or 7d, or off)");
  CHECK(order_error("/room slow_mode 36501d").code == Code::bad_request);
  CHECK(order_error("/room topic_for owners").text == R"("owners" is none of members, moderators)");
  const std::string key = order_error("/room key open sesame").text;
  CHECK_THAT(key, !ContainsSubstring("sesame"));
  CHECK_THAT(key, StartsWith("that has a blank in it"));
  CHECK(order_error("/room " + std::string(10'000, 'x') + " y").text.size() < 400);
  CHECK(order_error("/room limit \x1b[31m").text.find('\x1b') == std::string::npos);
}

TEST_CASE("a number that no list has given says which list gives it") {
  CHECK(order_error("/unban 3").text == "there is no ban 3 in what /bans has listed; it numbers them");
  CHECK(order_error("/unban 0").code == Code::bad_request);
  CHECK(order_error("/unban bob").text == "there is no ban bob in what /bans has listed; it numbers them");
  CHECK(order_error("/resolve 4").text ==
        "there is no report 4 in what /reports has listed; it numbers them");
  CHECK(order_error("/webhook revoke 2").text ==
        "there is no webhook 2 in what /webhooks has listed; it numbers them");
  CHECK(order_error("/unban 9007199254740993").code == Code::bad_request);
  CHECK(order_error("/unban " + std::string(10'000, '1')).text.size() < 200);
}

TEST_CASE("a command of order that is used wrongly says how to use it") {
  const auto example = GENERATE(values<TypedOrder>({{"/role bob", "/role NAME ROLE"},
                                                    {"/op", "/op NAME"},
                                                    {"/op bob ann", "/op NAME"},
                                                    {"/kick", "/kick NAME [WHY]"},
                                                    {"/ban", "/ban [-a] NAME [2h] [WHY]"},
                                                    {"/ban -a", "/ban [-a] NAME [2h] [WHY]"},
                                                    {"/mute", "/silence [-a] NAME [10m] [WHY]"},
                                                    {"/bans all", "/bans [-a]"},
                                                    {"/unban", "/unban N"},
                                                    {"/edit", "/edit TEXT"},
                                                    {"/delete it", "/delete [SEQ]"},
                                                    {"/report", "/report [SEQ] WHY"},
                                                    {"/resolve", "/resolve N [NOTE]"},
                                                    {"/announce", "/announce TEXT"},
                                                    {"/lockdown", "/lockdown LEVEL [30m] [WHY]"},
                                                    {"/lockdown 3", "/lockdown LEVEL [30m] [WHY]"},
                                                    {"/suspend", "/suspend ACCOUNT [2d] [WHY]"},
                                                    {"/disconnect", "/disconnect NAME [WHY]"},
                                                    {"/invite", "/invite NAME|link [7d] [USES]"},
                                                    {"/invite link 0", "/invite NAME|link [7d] [USES]"},
                                                    {"/invite link 5 5", "/invite NAME|link [7d] [USES]"},
                                                    {"/invite bob ann", "/invite NAME|link [7d] [USES]"},
                                                    {"/redeem", "/redeem TOKEN"},
                                                    {"/redeem a b", "/redeem TOKEN"},
                                                    {"/webhook", "/webhook NAME"},
                                                    {"/close", "/close ROOM [WHY]"}}));
  CAPTURE(example.line);
  CHECK(order_error(example.line).code == Code::bad_request);
  CHECK_THAT(order_error(example.line).text, StartsWith("use it as " + example.request + ": "));
}

TEST_CASE("a span of time for which nothing can hold is told of") {
  CHECK(order_error("/ban bob 0s").text == "0s is no time at all; without a time it is for good");
  CHECK(order_error("/silence bob 36501d").text ==
        "36501d is more than 100 years; without a time it is for good");
  CHECK(order_error("/lockdown 1 0m").code == Code::bad_request);
  CHECK(order_error("/suspend bob 99999999999999999999d").code == Code::bad_request);
  CHECK(order_error("/role bob king").text ==
        R"("king" is no role; there are owner, moderator and voice, and none takes it away)");
}

TEST_CASE("rules and what they may be are there for completion") {
  CHECK(slash::rule_names().size() == 11);
  for (const std::string& rule : slash::rule_names()) {
    CAPTURE(rule);
    CHECK(slash::rule_values(rule).empty() == (rule == "key"));
    for (const std::string& value : slash::rule_values(rule))
      CHECK_FALSE(order_of("/room " + rule + ' ' + value).empty());
  }
  CHECK(slash::rule_values("colour").empty());
}
