#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"

// One conversation with every request that there is, in which every event comes. test/wire/check_log.py needs
// it: it fails when one of protocol/asyncapi.yaml was not among the lines of the tests.
namespace hubbub::test {

namespace {

/// At the socket of `hubbubd ctl`.
void operators_ask_for_everything(const Daemon& daemon) {
  JsonClient clerk(Address{.path = (daemon.state_dir() / "ctl.sock").string()});
  const auto type_of_answer = [&clerk](Event request) {
    return text_of(clerk.answer(std::move(request)), "type");
  };
  CHECK(type_of_answer({{"type", "status"}}) == "status");
  CHECK(type_of_answer({{"type", "account_add"}, {"name", "bot"}, {"password", "open sesame"}}) == "account");
  CHECK(type_of_answer({{"type", "account_set"}, {"name", "bot"}, {"role", "moderator"}}) == "account");
  const Event token = clerk.answer({{"type", "token_make"}, {"account", "bot"}, {"device", "weather"}});
  CHECK(text_of(token, "type") == "token");
  CHECK(type_of_answer({{"type", "account"}, {"name", "bot"}}) == "account");
  CHECK(type_of_answer({{"type", "token_revoke"}, {"account", "bot"}, {"id", number_of(token, "id")}}) ==
        "done");
  CHECK(type_of_answer({{"type", "suspend"}, {"account", "bot"}, {"for", 60000}, {"reason", "late"}}) ==
        "account");
  CHECK(type_of_answer({{"type", "accounts"}}) == "accounts");
  CHECK(type_of_answer({{"type", "resume"}, {"account", "bot"}}) == "account");
  CHECK(type_of_answer({{"type", "account_export"}, {"name", "bot"}}) == "export");
  CHECK(type_of_answer({{"type", "account_erase"}, {"name", "bot"}}) == "done");
  const Event invite = clerk.answer({{"type", "invite"}, {"uses", 2}, {"for", 60000}});
  CHECK(text_of(invite, "type") == "invite");
  CHECK(type_of_answer({{"type", "invites"}}) == "invites");
  CHECK(type_of_answer({{"type", "uninvite"}, {"id", number_of(invite, "id")}}) == "done");
  CHECK(type_of_answer({{"type", "sessions"}}) == "sessions");
  CHECK(type_of_answer({{"type", "disconnect"}, {"name", "nobody"}}) == "error");
  CHECK(type_of_answer({{"type", "announce"}, {"text", "tea is ready"}}) == "announcement");
  CHECK(type_of_answer({{"type", "lockdown"}, {"level", 1}, {"for", 60000}}) == "lockdown");
  CHECK(type_of_answer({{"type", "lockdown"}, {"level", 0}}) == "lockdown");
  CHECK(type_of_answer({{"type", "reload"}}) == "done");
  CHECK(type_of_answer({{"type", "log"}, {"level", "debug"}}) == "done");
  CHECK(type_of_answer({{"type", "log"}, {"level", "info"}}) == "done");
}

/// In a room that `owner` owns, where `guest` is the other one, and `third` comes later.
void somebody_runs_a_room(JsonClient& owner, JsonClient& guest, const std::string& name, JsonClient& third) {
  const auto ask = [](JsonClient& client, Event request) {
    return text_of(client.answer(std::move(request)), "type");
  };
  CHECK(ask(owner, {{"type", "join"}, {"room", "den"}}) == "joined");
  CHECK(ask(owner, {{"type", "room"}, {"room", "den"}}) == "room");
  CHECK(ask(owner, {{"type", "room"}, {"room", "den"}, {"set", Event{{"moderated", false}, {"limit", 9}}}}) ==
        "room");
  CHECK(ask(owner, {{"type", "invite"}, {"room", "den"}, {"name", name}}) == "invited");
  guest.expect("invited");
  const Event link = owner.answer({{"type", "invite"}, {"room", "den"}, {"uses", 2}});
  CHECK(ask(owner, {{"type", "invites"}, {"room", "den"}}) == "invites");
  CHECK(ask(guest, {{"type", "redeem"}, {"token", text_of(link, "token")}}) == "redeemed");
  CHECK(ask(owner, {{"type", "uninvite"}, {"id", number_of(link, "id")}}) == "done");
  CHECK(ask(guest, {{"type", "join"}, {"room", "den"}}) == "joined");
  CHECK(ask(owner, {{"type", "role"}, {"room", "den"}, {"name", name}, {"role", "voice"}}) == "role");
  guest.expect("role");
  const Event said = guest.answer({{"type", "say"}, {"room", "den"}, {"text", "helo"}});
  CHECK(ask(guest, {{"type", "edit"}, {"room", "den"}, {"text", "hello"}}) == "edited");
  owner.expect("edited");
  CHECK(ask(owner, {{"type", "report"}, {"room", "den"}, {"text", "too short"}}) == "reported");
  CHECK(ask(guest, {{"type", "say"}, {"room", "den"}, {"text", "again"}}) == "message");
  CHECK(ask(guest, {{"type", "join"}, {"room", "annex"}}) == "joined");
  CHECK(ask(owner, {{"type", "delete"}, {"room", "den"}, {"seq", number_of(said, "seq")}}) == "deleted");
  guest.expect("deleted");
  const Event banned = owner.answer({{"type", "ban"}, {"room", "den"}, {"of", "name:spam*"}, {"for", 60000}});
  CHECK(text_of(banned, "type") == "banned");
  CHECK(ask(owner, {{"type", "bans"}, {"room", "den"}}) == "bans");
  CHECK(ask(owner, {{"type", "unban"}, {"id", number_of(banned, "id")}}) == "unbanned");
  const Event hook = owner.answer({{"type", "webhook"}, {"room", "den"}, {"name", "ci"}});
  CHECK(text_of(hook, "type") == "webhook");
  CHECK(ask(owner, {{"type", "webhooks"}, {"room", "den"}}) == "webhooks");
  CHECK(ask(owner, {{"type", "webhook_revoke"}, {"id", number_of(hook, "id")}}) == "done");
  CHECK(ask(guest, {{"type", "report"}, {"room", "den"}, {"text", "rude"}}) ==
        "error");  // nobody else has said a word
  CHECK(ask(third, {{"type", "join"}, {"room", "den"}}) == "joined");
  CHECK(ask(third, {{"type", "say"}, {"room", "den"}, {"text", "so there"}}) == "message");
  CHECK(ask(guest, {{"type", "report"}, {"room", "den"}, {"text", "rude"}}) == "reported");
  const Event report = owner.expect("report");
  CHECK(ask(owner, {{"type", "reports"}, {"room", "den"}}) == "reports");
  CHECK(ask(owner, {{"type", "resolve"}, {"id", number_of(report, "id")}, {"note", "seen"}}) == "done");
  CHECK(ask(owner, {{"type", "kick"}, {"room", "den"}, {"name", name}, {"reason", "late"}}) == "kicked");
  guest.expect("kicked");
  CHECK(ask(owner, {{"type", "audit"}, {"room", "den"}}) == "audit");
  CHECK(ask(owner, {{"type", "close"}, {"room", "den"}}) == "closed");
  CHECK(ask(guest, {{"type", "leave"}, {"room", "annex"}}) == "left");
}

}  // namespace

TEST_CASE("one conversation has every request and every event", "[conversation]") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[timeouts]\nping = \"100ms\"\n"});
  JsonClient alice(daemon.address(), framing);
  const auto type_of_answer = [&alice](Event request) {
    return text_of(alice.answer(std::move(request)), "type");
  };
  CHECK(type_of_answer({{"type", "who"}}) == "error");
  CHECK(type_of_answer({{"type", "hello"}, {"version", 1}, {"name", "alice"}}) == "welcome");
  CHECK(type_of_answer({{"type", "join"}, {"room", "lobby"}}) == "joined");
  alice.expect("presence");
  JsonClient bob = member(daemon.address(), "bob");

  CHECK(type_of_answer({{"type", "rename"}, {"name", "alison"}}) == "renamed");
  CHECK(type_of_answer({{"type", "say"}, {"room", "lobby"}, {"text", "hi"}, {"id", "1"}}) == "message");
  CHECK(type_of_answer({{"type", "tell"}, {"to", "bob"}, {"text", "psst"}, {"id", "2"}}) == "message");
  CHECK(type_of_answer({{"type", "topic"}, {"room", "lobby"}, {"text", "tea\tand cake"}}) == "topic");
  CHECK(type_of_answer({{"type", "history"}, {"room", "lobby"}}) == "history");
  CHECK(type_of_answer({{"type", "who"}, {"room", "lobby"}}) == "members");
  CHECK(type_of_answer({{"type", "rooms"}}) == "rooms");
  CHECK(type_of_answer({{"type", "rename"}, {"name", "cop"}}) == "renamed");
  JsonClient alike = member(daemon.address(), "\u0441\u043E\u0440");
  CHECK(type_of_answer({{"type", "register"}, {"password", "open sesame"}, {"device", "laptop"}}) ==
        "registered");
  CHECK(text_of(alike.expect("name_claimed"), "name") == "\u0441\u043E\u0440");
  CHECK(text_of(bob.answer({{"type", "register"}, {"password", "open sesame"}}), "type") == "registered");
  bob.send({{"type", "typing"}, {"room", "lobby"}, {"state", "active"}});
  CHECK(text_of(alice.expect("typing"), "from") == "bob");
  CHECK(type_of_answer({{"type", "tell"}, {"to", "bob"}, {"text", "kept"}, {"id", "3"}}) == "message");
  const Event kept = bob.expect("message");
  CHECK(text_of(kept, "to") == "bob");
  CHECK(text_of(bob.answer({{"type", "conversations"}}), "type") == "conversations");
  CHECK(text_of(bob.answer({{"type", "history"}, {"with", "cop"}}), "type") == "history");
  CHECK(text_of(bob.answer({{"type", "read"}, {"with", "cop"}, {"seq", number_of(kept, "seq")}}), "type") ==
        "read");
  CHECK(type_of_answer({{"type", "devices"}}) == "devices");
  CHECK(type_of_answer({{"type", "password"}, {"old", "open sesame"}, {"new", "close sesame"}}) == "done");
  CHECK(type_of_answer({{"type", "export"}}) == "export");
  CHECK(text_of(bob.answer({{"type", "erase"}, {"password", "open sesame"}, {"messages", "keep"}}), "code") ==
        "logged_out");
  bob.expect_end();
  bob = member(daemon.address(), "bert");
  CHECK(type_of_answer({{"type", "revoke"}, {"others", true}}) == "done");
  CHECK(type_of_answer({{"type", "logout"}}) == "logged_out");
  CHECK(type_of_answer({{"type", "login"}, {"account", "cop"}, {"password", "close sesame"}}) == "logged_in");
  CHECK(bob.expect_departure("cop") == "logged out");
  JsonClient carla = member(daemon.address(), "carla");
  somebody_runs_a_room(alice, bob, "bert", carla);
  operators_ask_for_everything(daemon);
  CHECK(type_of_answer({{"type", "ping"}}) == "pong");
  alice.expect("ping");
  alice.send({{"type", "pong"}});
  CHECK(type_of_answer({{"type", "leave"}, {"room", "lobby"}}) == "left");
  CHECK(bob.expect_departure("cop") == "left");
  CHECK(type_of_answer({{"type", "quit"}, {"text", "good night"}}) == "bye");
  alice.expect_end();
}

}  // namespace hubbub::test
