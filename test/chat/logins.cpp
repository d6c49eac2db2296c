// Accounts as those who are in the chat meet them: registering, logging in, whose names are whose.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "protocol/limits.hpp"
#include "server/accounts/token.hpp"
#include "test/chat/doors.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

namespace event = protocol::event;
namespace record = journal::account;
namespace request = protocol::request;
using AccountSettings = accounts::Settings;
using protocol::Code;
using Lines = std::vector<std::string>;
using Catch::Matchers::ContainsSubstring;

}  // namespace

TEST_CASE("who comes into a room and logs in or out in the same turn knows who is there") {
  Doors doors;
  const auto anna = doors.enter("anna");
  auto without_device = registration();
  without_device.once = true;
  doors.ask(*anna, without_device);
  anna->join("dev");
  anna->ask(request::Logout{});  // which needs no record
  doors.settle();
  const auto guest = anna->session().name().shown;
  CHECK(anna->last<event::Joined>().members == Lines{"anna"});
  std::vector<std::string> there = anna->last<event::Joined>().members;
  for (const auto& event : anna->events) {
    const auto* const presence = std::get_if<event::Presence>(&event.body);
    if (presence == nullptr || presence->room != "dev") continue;
    for (const auto& gone : presence->left) std::erase(there, gone.name);
    for (const auto& name : presence->joined)
      if (std::find(there.begin(), there.end(), name) == there.end()) there.push_back(name);
  }
  CHECK(there == Lines{guest});
}

TEST_CASE("a name that is registered is one's own, on every device") {
  Doors doors;
  const auto bob = doors.enter("bob");
  const auto anna = doors.owner("Anna");
  CHECK(bob->heard() == Lines{"presence lobby 2 +Anna"});

  auto other = doors.connect();
  doors.ask(*other, hello("anna"));
  CHECK(code_of(*other) == Code::name_taken);
  CHECK_THAT(other->last<event::Failure>().error.text, ContainsSubstring("/login Anna PASSWORD"));

  other = doors.come_back("ANNA");
  const auto& welcome = other->last<event::Welcome>();
  CHECK(welcome.name == "Anna");
  CHECK(welcome.account);
  CHECK(welcome.account_name == "Anna");
  CHECK(welcome.registration == "open");
  CHECK(welcome.guests == "speak");
  other->join("lobby");
  doors.settle();
  // It is one person: nobody is told of the second session.
  CHECK(bob->heard().empty());
  other->heard();
  anna->say("lobby", "hi");
  doors.settle();
  CHECK(other->heard() == Lines{"message lobby Anna: hi"});
  CHECK(bob->last<protocol::MessagePtr>()->account == "Anna");
  bob->heard();
  bob->say("lobby", "hello");
  doors.settle();
  bob->ask(request::Tell{.to = "anna", .text = "psst", .id = {}});
  doors.settle();
  CHECK(other->last<protocol::MessagePtr>()->text == "psst");
  CHECK(anna->last<protocol::MessagePtr>()->text == "psst");
  CHECK(bob->last<protocol::MessagePtr>()->text == "psst");
  bob->heard();
  // Presence ends with the last session.
  anna->ask(request::Quit{});
  doors.settle();
  CHECK(bob->heard().empty());
  other->ask(request::Quit{});
  doors.settle();
  CHECK(bob->heard() == Lines{"presence lobby 1 -Anna(quit)"});
}

TEST_CASE("a login takes the account's name, or joins the person who bears it") {
  Doors doors;
  auto anna = doors.owner("Anna");
  anna->ask(request::Quit{});
  doors.settle();
  const auto bob = doors.enter("bob");
  const auto guest = doors.enter("somebody");
  bob->heard();
  doors.ask(*guest, login("anna"));
  CHECK(guest->heard() == Lines{"renamed somebody Anna", "logged_in Anna"});
  CHECK(bob->heard() == Lines{"renamed somebody Anna"});
  const auto second = doors.enter("else");
  bob->heard();
  guest->heard();
  doors.ask(*second, login("anna"));
  CHECK(&second->session().person() == &guest->session().person());
  CHECK(bob->heard() == Lines{"presence lobby 2 -else(logged in as Anna)"});
  doors.ask(*second, login("anna"));
  CHECK(code_of(*second) == Code::denied);
  second->heard();
  doors.ask(*second, request::Logout{});
  CHECK(second->session().is_guest());
  CHECK(second->heard().front() == "logged_out " + second->session().name().shown);
  CHECK(bob->heard() == Lines{"presence lobby 3 +" + second->session().name().shown});
  CHECK_FALSE(guest->session().is_guest());
}

TEST_CASE("a guest can neither take nor imitate the name of an account, nor what was one's") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  const auto guest = doors.enter("guest");
  for (const auto* const name :
       {"anna", "ANNA", "\uFF21\uFF4E\uFF4E\uFF41", "\u0410nna", "\u0410\u043Fna", "Ann\u0430"}) {
    CAPTURE(name);
    doors.ask(*guest, request::Rename{name});
    // Ап is not An.
    const bool looks_the_same = std::string(name) != "\u0410\u043Fna";
    if (looks_the_same) CHECK(code_of(*guest) == Code::name_taken);
    CHECK((guest->session().name().shown == "guest") == looks_the_same);
    doors.ask(*guest, request::Rename{"guest"});
    guest->events.clear();
  }
  const auto other = doors.enter("\u0410ndrej");
  doors.ask(*other, request::Rename{"anna2"});
  CHECK(other->session().name().shown == "anna2");
  // Erased, its name is nobody's for a while.
  const auto name = accounts::owned(protocol::parse_name("Anna").value());
  doors.append(record::Erased{.account = doors.account("Anna").number,
                              .key = name.key,
                              .look = name.look,
                              .reserved_until = doors.clock.now().wall + std::chrono::hours(24 * 90)});
  CHECK(anna->session().closing_word() == "logged_out");
  for (const auto* const taken : {"anna", "Ann\u0430"}) {
    doors.ask(*guest, request::Rename{taken});
    CHECK(code_of(*guest) == Code::name_taken);
  }
  doors.ask(*guest, login("anna"));
  CHECK(code_of(*guest) == Code::login_failed);
  doors.clock.pass(std::chrono::hours(24 * 91));
  doors.ask(*guest, request::Rename{"anna"});
  CHECK(guest->session().name().shown == "anna");
}

TEST_CASE("who bears a name that becomes owned has a minute, and then another name") {
  Doors doors;
  const auto bob = doors.enter("bob");
  const auto guest = doors.enter("\u0441\u043E\u0440");  // in Cyrillic
  bob->heard();
  const auto cop = doors.owner("cop");
  CHECK(guest->last<event::NameClaimed>().name == "\u0441\u043E\u0440");
  CHECK(guest->last<event::NameClaimed>().until == doors.clock.now().wall + std::chrono::minutes(1));
  guest->heard();
  SECTION("unless it takes another itself") {
    doors.ask(*guest, request::Rename{"other"});
    doors.clock.pass(std::chrono::minutes(2));
    doors.hub.tick();
    doors.settle();
    CHECK(guest->session().name().shown == "other");
  }
  SECTION("when the time is over") {
    doors.clock.pass(std::chrono::seconds(59));
    doors.hub.tick();
    doors.settle();
    CHECK(guest->session().name().shown == "\u0441\u043E\u0440");
    bob->heard();
    doors.clock.pass(std::chrono::seconds(2));
    doors.hub.tick();
    doors.settle();
    CHECK(guest->heard() == Lines{"renamed \u0441\u043E\u0440 guest-1"});
    CHECK(bob->heard() == Lines{"renamed \u0441\u043E\u0440 guest-1"});
    guest->say("lobby", "still here");
    doors.settle();
    CHECK(bob->heard() == Lines{"message lobby guest-1: still here"});
  }
  SECTION("at once when the owner logs in") {
    const auto again = doors.come_back("cop");
    CHECK(again->last<event::Welcome>().name == "cop");
    CHECK(guest->session().name().shown == "guest-1");
  }
}

TEST_CASE("who gives way has said all that was under way before, and goes on under the new name") {
  SlowDoors doors;
  const auto guest = doors.enter("\u0441\u043E\u0440");
  const auto bob = doors.enter("bob");
  const auto cop = doors.enter("cop");
  cop->ask(registration());
  doors.finish();
  bob->heard();
  guest->say("lobby", "first");
  doors.settle();
  const auto again = doors.connect();
  auto asked = hello("cop");
  asked.token = doors.token_of(*cop);
  again->ask(asked);
  doors.settle();
  CHECK(again->heard().empty());
  CHECK_FALSE(guest->say("lobby", "second"));  // later
  const int resumed = guest->resumes;
  doors.finish();
  CHECK(again->last<event::Welcome>().name == "cop");
  CHECK(guest->resumes > resumed);
  CHECK(guest->say("lobby", "second"));
  doors.finish();
  CHECK(bob->heard() == Lines{"message lobby \u0441\u043E\u0440: first", "renamed \u0441\u043E\u0440 guest-1",
                              "message lobby guest-1: second"});
}

TEST_CASE("a wrong password and no account are told in the same words, and three times only") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  const auto guest = doors.enter("guest");
  doors.ask(*guest, login("anna", "another horse"));
  const auto wrong = guest->last<event::Failure>().error;
  CHECK(wrong.code == Code::login_failed);
  doors.ask(*guest, login("nobody"));
  CHECK(guest->last<event::Failure>().error.text == wrong.text);
  doors.ask(*guest, token_login("hub_AAAA"));
  CHECK(guest->last<event::Bye>().error.code == Code::auth_failed);
  CHECK(guest->closed);
}

TEST_CASE("passwords are tried five times a minute, and those that are right do not count") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  for (int i = 0; i < 30; ++i) REQUIRE(doors.come_back("Anna")->last<event::Welcome>().account);
  std::vector<std::unique_ptr<Peer>> guests;
  for (int i = 0; i < 5; ++i) {
    guests.push_back(doors.enter("g" + std::to_string(i)));
    doors.ask(*guests.back(), login("anna", "another horse"));
    CHECK(code_of(*guests.back()) == Code::login_failed);
  }
  const auto late = doors.enter("late");
  doors.ask(*late, login("anna"));
  CHECK(code_of(*late) == Code::rate_limited);
  CHECK(late->last<event::Failure>().retry_after_ms > 0);
  CHECK_FALSE(late->closed);
  doors.clock.pass(std::chrono::seconds(13));
  doors.ask(*late, login("anna"));
  CHECK(late->last<event::LoggedIn>().account == "Anna");
}

TEST_CASE("when many passwords wait, further ones are told to come back") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  std::vector<std::unique_ptr<Peer>> guests;
  for (int i = 0; i < 6; ++i) {
    guests.push_back(doors.enter("g" + std::to_string(i)));
    guests.back()->ask(login("anna", "another horse"));
  }
  // One is under way and two of the address wait.
  for (std::size_t i = 3; i < guests.size(); ++i) {
    CHECK(code_of(*guests[i]) == Code::busy);
    CHECK(guests[i]->last<event::Failure>().retry_after_ms > 0);
  }
  doors.settle();
  for (std::size_t i = 0; i < 3; ++i) CHECK(code_of(*guests[i]) == Code::login_failed);
  // Those that found no place were no tries.
  doors.ask(*guests[3], login("anna"));
  CHECK(guests[3]->last<event::LoggedIn>().account == "Anna");
}

TEST_CASE("no secret is taken where others could read along") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  const auto token = doors.token_of(*anna);
  const auto guest = doors.enter("guest");
  const auto is_taken = [&](Wire::Privacy privacy, AccountSettings::PlainLogin plain) {
    guest->privacy_now = privacy;
    doors.account_settings.plain_login = plain;
    guest->events.clear();
    doors.ask(*guest, token_login(token));
    if (guest->session().is_guest()) {
      CHECK(code_of(*guest) == Code::login_insecure);
      return false;
    }
    doors.ask(*guest, request::Logout{});
    doors.ask(*anna, request::Quit{});
    return true;
  };
  using Plain = AccountSettings::PlainLogin;
  SECTION("anybody") { CHECK_FALSE(is_taken(Wire::Privacy::anybody, Plain::loopback)); }
  SECTION("never") { CHECK_FALSE(is_taken(Wire::Privacy::machine, Plain::never)); }
  SECTION("loopback") { CHECK(is_taken(Wire::Privacy::machine, Plain::loopback)); }
  SECTION("anywhere") { CHECK(is_taken(Wire::Privacy::anybody, Plain::anywhere)); }
  SECTION("encrypted") { CHECK(is_taken(Wire::Privacy::nobody, Plain::never)); }
  SECTION("each request with a secret") {
    guest->privacy_now = Wire::Privacy::anybody;
    doors.ask(*guest, registration());
    CHECK(code_of(*guest) == Code::login_insecure);
    const auto other = doors.connect();
    other->privacy_now = Wire::Privacy::anybody;
    auto asked = hello("anna");
    asked.token = token;
    doors.ask(*other, asked);
    CHECK(code_of(*other) == Code::login_insecure);
    anna->privacy_now = Wire::Privacy::anybody;
    doors.ask(*anna, request::Password{.before = password, .after = "battery staple"});
    CHECK(code_of(*anna) == Code::login_insecure);
  }
}

TEST_CASE("a token brings its device back, until it is revoked, logged out, too old or suspended") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  const auto token = doors.token_of(*anna);
  const auto& account = doors.account("Anna");
  REQUIRE(account.devices.size() == 1);
  CHECK(account.devices[0].label == "laptop");
  const auto back = [&] {
    auto peer = doors.connect();
    auto asked = hello("Anna");
    asked.name.reset();
    asked.token = token;
    doors.ask(*peer, asked);
    return peer;
  };
  {
    doors.clock.pass(std::chrono::hours(2));
    const auto peer = back();
    CHECK(peer->last<event::Welcome>().name == "Anna");
    CHECK(account.devices[0].used == doors.clock.now().wall);
    doors.ask(*peer, request::Devices{});
    CHECK(peer->last<event::Devices>().devices.at(0).here);
  }
  SECTION("revoked from elsewhere") {
    const auto peer = back();
    const auto other = doors.enter("other");
    doors.ask(*other, login("anna"));
    doors.ask(*other, request::Devices{});
    const auto& devices = other->last<event::Devices>().devices;
    REQUIRE(devices.size() == 2);
    CHECK(devices[1].label == "phone");
    CHECK(devices[1].here);
    doors.ask(*other, request::Revoke{.id = devices[0].id});
    CHECK(peer->last<event::Bye>().error.code == Code::logged_out);
    CHECK(anna->last<event::Bye>().error.code == Code::logged_out);
    CHECK_FALSE(other->closed);
    doors.ask(*other, request::Revoke{.id = devices[0].id});
    CHECK(code_of(*other) == Code::bad_request);
  }
  SECTION("all others") {
    const auto peer = doors.come_back("Anna");  // without a device
    doors.ask(*anna, request::Revoke{.id = {}, .others = true});
    CHECK(peer->last<event::Bye>().error.code == Code::logged_out);
    CHECK_FALSE(anna->closed);
    return;
  }
  SECTION("logged out") {
    doors.ask(*anna, request::Logout{});
    CHECK(anna->session().is_guest());
    CHECK_FALSE(anna->closed);
  }
  SECTION("not used for too long") { doors.clock.pass(std::chrono::hours(24 * 90)); }
  SECTION("suspended") {
    doors.append(record::Suspended{.account = account.number, .until = {}, .reason = "rude"});
    const auto peer = back();
    CHECK(code_of(*peer) == Code::suspended);
    CHECK_THAT(peer->last<event::Failure>().error.text, ContainsSubstring("rude"));
    doors.append(record::Resumed{.account = account.number});
    CHECK(back()->last<event::Welcome>().account);
    return;
  }
  CHECK(code_of(*back()) == Code::login_failed);
}

TEST_CASE("a changed password is the only one from then on, and devices stay") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  doors.ask(*anna, request::Password{.before = "another horse", .after = "battery staple"});
  CHECK(code_of(*anna) == Code::login_failed);
  doors.ask(*anna, request::Password{.before = password, .after = "anna"});
  CHECK(code_of(*anna) == Code::password_weak);
  anna->heard();
  doors.ask(*anna, request::Password{.before = password, .after = "battery staple"});
  CHECK(anna->heard() == Lines{"done"});
  const auto guest = doors.enter("guest");
  doors.ask(*guest, login("anna"));
  CHECK(code_of(*guest) == Code::login_failed);
  doors.ask(*guest, login("anna", "battery staple"));
  CHECK(guest->last<event::LoggedIn>().account == "Anna");
}

TEST_CASE("who may register is the operator's choice, and an invitation is used as often as it says") {
  Doors doors;
  const auto anna = doors.enter("Anna");
  SECTION("nobody") {
    doors.account_settings.registration = AccountSettings::Registration::closed;
    doors.ask(*anna, registration());
    CHECK(code_of(*anna) == Code::registration_closed);
  }
  SECTION("those who are invited, where others can connect") {
    doors.accounts.set_public();
    doors.ask(*anna, registration());
    CHECK(code_of(*anna) == Code::registration_closed);
    const auto token = accounts::new_token();
    doors.append(
        record::InvitationMade{.token = *accounts::hash_token(token.text()), .uses = 1, .until = {}});
    const auto bob = doors.enter("bob");
    auto invited = registration();
    invited.invite = "hub_no";
    doors.ask(*anna, invited);
    CHECK(code_of(*anna) == Code::invite_invalid);
    invited.invite = std::string(token.text());
    anna->ask(invited);
    bob->ask(invited);
    doors.settle();
    CHECK(anna->last<event::Registered>().name == "Anna");
    CHECK(code_of(*bob) == Code::invite_invalid);
    CHECK(bob->session().is_guest());
  }
  SECTION("two at once want names that look the same") {
    const auto other = doors.enter("\u0441\u043E\u0440");
    const auto cop = doors.enter("cop");
    cop->ask(registration());
    other->ask(registration());
    doors.settle();
    CHECK(cop->last<event::Registered>().name == "cop");
    CHECK(code_of(*other) == Code::account_exists);
    doors.ask(*other, registration());
    CHECK(code_of(*other) == Code::account_exists);
  }
  SECTION("not under a name that the server gives to guests") {
    const auto guest = doors.connect();
    doors.ask(*guest, request::Hello{});
    doors.ask(*guest, registration());
    CHECK(code_of(*guest) == Code::name_invalid);
    doors.ask(*guest, request::Rename{"guest-l"});
    doors.ask(*guest, registration());
    CHECK(code_of(*guest) == Code::name_invalid);
  }
  SECTION("weak passwords are refused") {
    doors.ask(*anna, registration("short"));
    CHECK(code_of(*anna) == Code::password_weak);
  }
}

TEST_CASE("guests may speak, only read, or not come in") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  const auto guest = doors.enter("guest");
  doors.account_settings.guests = AccountSettings::Guests::read;
  for (const request::Any& asked :
       {request::Any(request::Say{.room = "lobby", .text = "hi", .id = {}}),
        request::Any(request::Tell{.to = "anna", .text = "hi", .id = {}}),
        request::Any(request::Topic{.room = "lobby", .text = "hi"}), request::Any(request::Devices{})}) {
    doors.ask(*guest, asked);
    CHECK(guest->heard() == Lines{"error login_required"});
  }
  anna->say("lobby", "hi");
  doors.settle();
  CHECK(guest->heard() == Lines{"message lobby Anna: hi"});
  doors.account_settings.guests = AccountSettings::Guests::none;
  const auto other = doors.connect();
  doors.ask(*other, hello("other"));
  CHECK(code_of(*other) == Code::login_required);
  CHECK(doors.come_back("anna")->last<event::Welcome>().account);
}

TEST_CASE("what the journal does not take has not been") {
  SlowDoors doors;
  const auto anna = doors.enter("Anna");
  doors.slow.finish_commit();
  anna->ask(registration());
  doors.settle();
  doors.slow.fail_next = true;
  doors.slow.finish_commit();
  doors.settle();
  CHECK(code_of(*anna) == Code::storage_failed);
  CHECK(anna->session().is_guest());
  CHECK(doors.accounts.book().size() == 0);
}

TEST_CASE("who goes while a password is tried is forgotten, and so is who waits at the end") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  {
    const auto guest = doors.enter("guest");
    guest->ask(login("anna"));
  }
  doors.settle();
  CHECK(doors.account("Anna").devices.size() == 1);
  const auto late = doors.enter("late");
  late->ask(login("anna"));
}

TEST_CASE(
    "a logout that could not be stored can be asked for again, and a login meets what was revoked "
    "meanwhile") {
  SlowDoors doors;
  const auto anna = doors.enter("cop");
  anna->ask(registration());
  doors.finish();
  const auto token = doors.token_of(*anna);
  SECTION("logout") {
    doors.slow.fail_next = true;
    anna->ask(request::Logout{});
    doors.finish();
    CHECK(code_of(*anna) == Code::storage_failed);
    anna->ask(request::Logout{});
    doors.finish();
    CHECK(anna->session().is_guest());
    CHECK(doors.account("cop").devices.empty());
  }
  SECTION("revoked while another gives way") {
    // As if she had come before the account was made.
    const auto guest = doors.enter("guest");
    doors.hub.directory().claim(PersonPtr(&guest->session().person()),
                                protocol::parse_name("\u0441\u043E\u0440").value(), 0,
                                [](Claimed claimed) { claimed.claim->bear(); });
    guest->say("lobby", "under way");
    doors.settle();
    const auto late = doors.connect();
    auto asked = hello("cop");
    asked.token = token;
    anna->ask(request::Revoke{.id = doors.account("cop").devices[0].number});
    late->ask(asked);
    doors.finish();
    CHECK(code_of(*late) == Code::login_failed);
    CHECK_FALSE(late->session().is_welcome());
    CHECK(anna->last<event::Bye>().error.code == Code::logged_out);
  }
}

TEST_CASE("all that one says in other sessions is out before one bears another name") {
  SlowDoors doors;
  const auto bob = doors.enter("bob");
  const auto anna = doors.enter("Anna");
  anna->ask(registration());
  doors.finish();
  const auto other = doors.connect();
  auto asked = hello("Anna");
  asked.token = doors.token_of(*anna);
  other->ask(asked);
  other->join("lobby");
  doors.finish();
  bob->heard();
  anna->say("lobby", "first");
  other->ask(request::Rename{"Annette"});
  doors.settle();
  CHECK_FALSE(anna->say("lobby", "second"));
  doors.finish();
  CHECK(anna->say("lobby", "second"));
  doors.finish();
  CHECK(bob->heard() ==
        Lines{"message lobby Anna: first", "renamed Anna Annette", "message lobby Annette: second"});
}

namespace {

/// The account of that person has as many devices as it may have, each used later than the one before.
void fill_devices(Doors& doors, const std::string& name) {
  for (std::size_t i = 1; i < journal::most_devices; ++i) {
    doors.clock.pass(std::chrono::seconds(1));
    auto asked = hello(name);
    asked.password = password;
    asked.device = "d" + std::to_string(i);
    const auto peer = doors.connect();
    doors.ask(*peer, asked);
    REQUIRE(peer->last<event::Welcome>().token.starts_with("hub_"));
  }
  REQUIRE(doors.account(name).devices.size() == journal::most_devices);
}

/// With the same people on other nodes, as far as is asked.
struct ElsewhereDirectory final : LocalDirectory {
  bool is_elsewhere(std::uint64_t /*account*/) const override { return is_there; }
  bool is_there = false;
};

}  // namespace

TEST_CASE("the device that makes way for another is one that is not here, and was used longest ago") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  const auto& account = doors.account("Anna");
  fill_devices(doors, "Anna");
  const auto guest = doors.enter("guest");
  doors.ask(*guest, login("anna"));
  CHECK(guest->last<event::LoggedIn>().account == "Anna");
  REQUIRE(account.devices.size() == journal::most_devices);
  CHECK(account.devices[0].label == "laptop");  // she is here with it, though it is the oldest
  CHECK(account.devices[1].label == "d2");
  CHECK_FALSE(anna->closed);
}

TEST_CASE("no device makes way for another while its account is on other nodes, too") {
  auto directory = std::make_unique<ElsewhereDirectory>();
  auto& elsewhere = *directory;
  Doors doors(std::make_unique<journal::MemoryJournal>(journal::Settings{}, 3'600'000'000),
              std::move(directory));
  const auto anna = doors.owner("Anna");
  fill_devices(doors, "Anna");
  const auto guest = doors.enter("guest");
  elsewhere.is_there = true;
  doors.ask(*guest, login("anna"));
  CHECK(code_of(*guest) == Code::denied);
  elsewhere.is_there = false;
  doors.ask(*guest, login("anna"));
  CHECK(guest->last<event::LoggedIn>().account == "Anna");
}

TEST_CASE("where nobody is let in without an account, a logout is the end, and readers have no last word") {
  Doors doors;
  const auto anna = doors.owner("Anna");
  const auto guest = doors.enter("guest");
  doors.account_settings.guests = AccountSettings::Guests::read;
  const auto other = doors.enter("other");
  guest->heard();
  doors.ask(*other, request::Quit{.text = "what I cannot say"});
  CHECK(guest->heard() == Lines{"presence lobby 2 -other(quit)"});
  doors.account_settings.guests = AccountSettings::Guests::none;
  doors.ask(*guest, request::Who{.room = {}, .after = {}});
  CHECK(code_of(*guest) == Code::login_required);
  doors.ask(*anna, request::Logout{});
  CHECK(anna->last<event::Bye>().error.code == Code::logged_out);
  doors.ask(*guest, login("anna"));
  CHECK(guest->last<event::LoggedIn>().name == "Anna");
}

}  // namespace hubbub::chat
