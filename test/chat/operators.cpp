// What operators ask for, and what it does to those who are here.
#include <string>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "server/accounts/token.hpp"
#include "test/chat/doors.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
namespace event = protocol::event;
namespace request = protocol::request;

struct Bureau : Doors {
  std::unique_ptr<Peer> clerk = Doors::clerk();

  template <class Body>
  const Body& answer(request::Any body) {
    ask(*clerk, std::move(body));
    return clerk->last<Body>();
  }
  void add(const std::string& name, std::optional<std::string> role = {}) {
    answer<event::Account>(request::AddAccount{.name = name, .password = password, .role = std::move(role)});
  }
  Code refused(request::Any body) {
    ask(*clerk, std::move(body));
    REQUIRE(std::holds_alternative<event::Failure>(clerk->events.back().body));
    return code_of(*clerk);
  }
};

}  // namespace

TEST_CASE("what is for operators is denied to all others, and to admins it is not") {
  Bureau bureau;
  const auto guest = bureau.connect();
  bureau.ask(*guest, request::Status{});
  CHECK(code_of(*guest) == Code::hello_required);
  const auto anna = bureau.owner("anna");
  for (const request::Any& asked :
       {request::Any(request::Status{}), request::Any(request::Accounts{}),
        request::Any(request::EraseAccount{.name = "anna"}), request::Any(request::Reload{}),
        request::Any(request::Invite{}),
        request::Any(request::Disconnect{.name = "anna", .session = {}, .reason = {}}),
        request::Any(request::MakeToken{.account = "anna", .device = {}})}) {
    bureau.ask(*anna, asked);
    CHECK(code_of(*anna) == Code::denied);
  }
  bureau.answer<event::Account>(
      request::ChangeAccount{.name = "anna", .rename = {}, .password = {}, .role = "admin"});
  bureau.ask(*anna, request::Accounts{});
  CHECK(anna->last<event::Accounts>().accounts.at(0).role == "admin");
  bureau.answer<event::Account>(
      request::ChangeAccount{.name = "anna", .rename = {}, .password = {}, .role = "none"});
  bureau.ask(*anna, request::Accounts{});
  CHECK(code_of(*anna) == Code::denied);
}

TEST_CASE("an account that an operator makes is one to log in to") {
  Bureau bureau;
  const auto& made = bureau.answer<event::Account>(
      request::AddAccount{.name = "Нина", .password = password, .role = "moderator"});
  CHECK(made.account.name == "Нина");
  CHECK(made.account.role == "moderator");
  CHECK(made.account.created == bureau.clock.now().wall);
  const auto nina = bureau.come_back("нина");
  CHECK(nina->last<event::Welcome>().role == "moderator");
  CHECK(bureau.answer<event::Account>(request::ShowAccount{.name = "НИНА"}).account.sessions == 1);
  CHECK(bureau.refused(request::AddAccount{.name = "нина", .password = password, .role = {}}) ==
        Code::account_exists);
  CHECK(bureau.refused(request::AddAccount{.name = "guest-7", .password = password, .role = {}}) ==
        Code::name_invalid);
  CHECK(bureau.refused(request::AddAccount{.name = "bob", .password = "short", .role = {}}) ==
        Code::password_weak);
  CHECK(bureau.refused(request::AddAccount{.name = "no name", .password = password, .role = {}}) ==
        Code::name_invalid);
  CHECK(bureau.refused(request::ShowAccount{.name = "bob"}) == Code::no_such_account);
}

TEST_CASE("a new password from an operator ends what the old one has opened") {
  Bureau bureau;
  const auto anna = bureau.owner("anna");
  bureau.answer<event::Account>(
      request::ChangeAccount{.name = "anna", .rename = {}, .password = "battery staple", .role = {}});
  CHECK(anna->last<event::Bye>().error.code == Code::logged_out);
  CHECK(bureau.account("anna").devices.empty());
  const auto old = bureau.come_back("anna");
  CHECK(code_of(*old) == Code::login_failed);
  auto asked = hello("anna");
  asked.password = "battery staple";
  const auto back = bureau.connect();
  bureau.ask(*back, asked);
  back->last<event::Welcome>();
}

TEST_CASE(
    "a suspended account is logged out, and nobody comes in to it until it is resumed, or the time is over") {
  Bureau bureau;
  const auto anna = bureau.owner("anna");
  const auto token = bureau.token_of(*anna);
  bureau.answer<event::Account>(
      request::Suspend{.account = "anna", .for_ms = 60'000, .reason = "too\x1b[1m loud"});
  CHECK(anna->last<event::Bye>().error.code == Code::suspended);
  CHECK_THAT(anna->last<event::Bye>().error.text, Catch::Matchers::ContainsSubstring("loud"));
  const auto by_password = bureau.come_back("anna");
  CHECK(code_of(*by_password) == Code::suspended);
  auto asked = hello("anna");
  asked.token = token;
  const auto by_token = bureau.connect();
  bureau.ask(*by_token, asked);
  CHECK(code_of(*by_token) == Code::suspended);
  const auto& shown = bureau.answer<event::Account>(request::ShowAccount{.name = "anna"}).account;
  CHECK(shown.suspended);
  CHECK(shown.until == bureau.clock.now().wall + std::chrono::minutes{1});
  bureau.clock.pass(std::chrono::seconds{61});
  bureau.ask(*by_token, asked);
  by_token->last<event::Welcome>();
  CHECK_FALSE(bureau.answer<event::Account>(request::ShowAccount{.name = "anna"}).account.suspended);

  bureau.answer<event::Account>(request::Suspend{.account = "anna", .for_ms = {}, .reason = {}});
  CHECK(by_token->last<event::Bye>().error.code == Code::suspended);
  bureau.answer<event::Account>(request::Resume{.account = "anna"});
  CHECK(bureau.refused(request::Resume{.account = "anna"}) == Code::bad_request);
  const auto back = bureau.come_back("anna");
  back->last<event::Welcome>();
}

TEST_CASE("an account gets another name, and may not get one that is taken") {
  Bureau bureau;
  bureau.add("anna");
  bureau.add("bob");
  CHECK(bureau.refused(request::ChangeAccount{.name = "anna", .rename = "BOB", .password = {}, .role = {}}) ==
        Code::account_exists);
  CHECK(bureau
            .answer<event::Account>(
                request::ChangeAccount{.name = "anna", .rename = "Anna", .password = {}, .role = {}})
            .account.name == "Anna");
  CHECK(bureau
            .answer<event::Account>(
                request::ChangeAccount{.name = "anna", .rename = "nina", .password = {}, .role = {}})
            .account.name == "nina");
  CHECK(bureau.refused(request::ShowAccount{.name = "anna"}) == Code::no_such_account);
  const auto nina = bureau.come_back("nina");
  nina->last<event::Welcome>();
}

TEST_CASE("the name before a rename is its account's alone for 90 days") {
  Bureau bureau;
  const auto anna = bureau.owner("anna");
  const auto rename = [](const std::string& from, const std::string& to) {
    return request::ChangeAccount{.name = from, .rename = to, .password = {}, .role = {}};
  };
  bureau.answer<event::Account>(rename("anna", "nina"));
  CHECK(bureau.refused(request::AddAccount{.name = "ANNA", .password = password, .role = {}}) ==
        Code::account_exists);
  const auto guest = bureau.connect();
  bureau.ask(*guest, hello("anna"));
  CHECK(code_of(*guest) == Code::name_taken);
  CHECK_THAT(guest->last<event::Failure>().error.text, Catch::Matchers::ContainsSubstring("for a while"));
  // Who has it may bear it, and have it again.
  bureau.ask(*anna, request::Rename{"Anna"});
  CHECK(anna->last<event::Renamed>().new_name == "Anna");
  bureau.answer<event::Account>(rename("nina", "anna"));
  bureau.answer<event::Account>(rename("anna", "nina"));
  bureau.clock.pass(std::chrono::days{91});
  bureau.ask(*guest, hello("anna"));
  CHECK(code_of(*guest) == Code::name_taken);  // borne by its old owner
  bureau.ask(*anna, request::Rename{"nina"});
  bureau.ask(*guest, hello("anna"));
  CHECK(guest->last<event::Welcome>().name == "anna");
}

TEST_CASE("an erased account is logged out, and its name is nobody's") {
  Bureau bureau;
  const auto anna = bureau.owner("anna");
  bureau.answer<event::Done>(request::EraseAccount{.name = "anna"});
  CHECK(anna->last<event::Bye>().error.code == Code::logged_out);
  const auto other = bureau.connect();
  bureau.ask(*other, hello("anna"));
  CHECK(code_of(*other) == Code::name_taken);
  CHECK(bureau.refused(request::AddAccount{.name = "anna", .password = password, .role = {}}) ==
        Code::account_exists);
  CHECK(bureau.answer<event::Accounts>(request::Accounts{}).accounts.empty());
}

TEST_CASE("a token that an operator makes logs in, and not when it is taken back") {
  Bureau bureau;
  bureau.add("bot");
  const auto made = bureau.answer<event::Token>(request::MakeToken{.account = "bot", .device = "weather"});
  const auto logs_in = [&] {
    auto asked = hello("bot");
    asked.token = made.token;
    auto peer = bureau.connect();
    bureau.ask(*peer, asked);
    return std::holds_alternative<event::Welcome>(peer->events.back().body);
  };
  CHECK(logs_in());
  const auto& devices = bureau.answer<event::Account>(request::ShowAccount{.name = "bot"}).account.devices;
  CHECK(devices.at(0).id == made.id);
  CHECK(devices.at(0).label == "weather");
  CHECK(bureau.refused(request::RevokeToken{.account = "bot", .id = 7, .all = false}) == Code::bad_request);
  bureau.answer<event::Done>(request::RevokeToken{.account = "bot", .id = made.id, .all = false});
  CHECK_FALSE(logs_in());
}

TEST_CASE("who has an invitation may register, as often as it says") {
  Bureau bureau;
  bureau.account_settings.registration = accounts::Settings::Registration::invite;
  const auto invite = bureau.answer<event::Invite>(request::Invite{.uses = 2, .for_ms = 60'000});
  const auto registers = [&](const std::string& name) {
    auto peer = bureau.enter(name);
    auto asked = registration();
    asked.invite = invite.token;
    bureau.ask(*peer, asked);
    return std::holds_alternative<event::Registered>(peer->events.back().body);
  };
  CHECK(registers("anna"));
  CHECK(bureau.answer<event::Invites>(request::Invites{}).invites.at(0).uses == 1);
  CHECK(registers("bob"));
  CHECK_FALSE(registers("carol"));
  CHECK(bureau.answer<event::Invites>(request::Invites{}).invites.empty());
  const auto id = bureau.answer<event::Invite>(request::Invite{}).invitation.id;
  bureau.answer<event::Done>(request::Uninvite{id});
  CHECK(bureau.refused(request::Uninvite{id}) == Code::invite_invalid);
  bureau.answer<event::Invite>(request::Invite{.uses = {}, .for_ms = 1000});
  bureau.clock.pass(std::chrono::seconds{2});
  CHECK(bureau.answer<event::Invites>(request::Invites{}).invites.empty());
}

TEST_CASE("operators see who is connected, but not themselves, and close connections") {
  Bureau bureau;
  const auto anna = bureau.owner("anna");
  const auto silent = bureau.connect();
  const auto listed = bureau.answer<event::Sessions>(request::Sessions{});
  REQUIRE(listed.sessions.size() == 2);
  CHECK(listed.sessions[0].name == "anna");
  CHECK(listed.sessions[0].account == "anna");
  CHECK(listed.sessions[0].rooms == std::vector<std::string>{"lobby"});
  CHECK(listed.sessions[1].name.empty());
  CHECK(bureau.refused(request::Disconnect{.name = "bob", .session = {}, .reason = {}}) ==
        Code::no_such_user);
  bureau.answer<event::Done>(request::Disconnect{.name = "ANNA", .session = {}, .reason = "good night"});
  CHECK(anna->last<event::Bye>().error.code == Code::kicked);
  CHECK(anna->last<event::Bye>().error.text == "good night");
  bureau.answer<event::Done>(
      request::Disconnect{.name = {}, .session = listed.sessions[1].session, .reason = {}});
  CHECK(silent->last<event::Bye>().error.code == Code::kicked);
  CHECK(bureau.answer<event::Sessions>(request::Sessions{}).sessions.empty());
}

TEST_CASE("lists of operators come in pages") {
  Bureau bureau;
  for (int i = 0; i < 501; ++i) {
    bureau.append(journal::account::Begun{
        .name = accounts::owned(protocol::parse_name("p" + std::to_string(i)).value()), .device = {}});
  }
  std::size_t listed = 0;
  std::size_t pages = 0;
  request::Accounts asked;
  for (bool more = true; more; ++pages) {
    const auto page = bureau.answer<event::Accounts>(asked);
    CHECK(protocol::encoded_size({.body = page, .ref = {}}) <= protocol::reply_bytes);
    for (const auto& each : page.accounts) CHECK(each.name == "p" + std::to_string(listed++));
    asked.after = page.accounts.back().id;
    more = page.more;
  }
  CHECK(listed == 501);
  CHECK(pages == 2);
}

TEST_CASE("a reason that is too long is refused, and not cut") {
  Bureau bureau;
  bureau.add("anna");
  CHECK(bureau.refused(request::Suspend{.account = "anna", .for_ms = {}, .reason = std::string(501, 'x')}) ==
        Code::bad_request);
}

TEST_CASE("a login that is under way does not outlive a suspension") {
  Bureau bureau;
  bureau.add("anna");
  const auto anna = bureau.connect();
  auto asked = hello("anna");
  asked.password = password;
  asked.device = "phone";
  anna->ask(asked);
  // The password was right, and the device is about to be stored; the suspension is stored behind it.
  while (bureau.accounts.hasher().waiting() > 0) {
    bureau.loop.restart();
    bureau.loop.poll();
  }
  bureau.clerk->ask(request::Suspend{.account = "anna", .for_ms = {}, .reason = {}});
  bureau.settle();
  CHECK(bureau.account("anna").devices.size() == 1);
  CHECK(code_of(*anna) == Code::suspended);
}

TEST_CASE("what the daemon lends is done, and what it does not lend is told") {
  Bureau bureau;
  CHECK(bureau.refused(request::Reload{}) == Code::denied);
  std::string level;
  bureau.hub.operations() = {.describe = [](event::Status& status) { status.engine = "none"; },
                             .reload =
                                 [] {
                                   return protocol::Error{Code::denied, "line 3"};
                                 },
                             .set_log_level = [&](const std::string& name) -> std::optional<protocol::Error> {
                               level = name;
                               return std::nullopt;
                             }};
  CHECK(bureau.refused(request::Reload{}) == Code::denied);
  bureau.answer<event::Done>(request::Log{.level = "debug"});
  CHECK(level == "debug");
  const auto anna = bureau.owner("anna");
  const auto& status = bureau.answer<event::Status>(request::Status{});
  CHECK(status.engine == "none");
  CHECK(status.sessions == 1);
  CHECK(status.rooms == 1);
  CHECK(status.accounts == 1);
}

TEST_CASE("secrets are not taken where others could read along, not even from an admin") {
  Bureau bureau;
  const auto anna = bureau.owner("anna");
  bureau.answer<event::Account>(
      request::ChangeAccount{.name = "anna", .rename = {}, .password = {}, .role = "admin"});
  anna->privacy_now = Wire::Privacy::anybody;
  for (const request::Any& asked :
       {request::Any(request::AddAccount{.name = "bob", .password = password, .role = {}}),
        request::Any(request::MakeToken{.account = "anna", .device = {}}), request::Any(request::Invite{}),
        request::Any(
            request::ChangeAccount{.name = "anna", .rename = {}, .password = "new password", .role = {}})}) {
    bureau.ask(*anna, asked);
    CHECK(code_of(*anna) == Code::login_insecure);
  }
}

}  // namespace hubbub::chat
