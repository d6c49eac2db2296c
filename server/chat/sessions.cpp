// The handlers for the session itself: hello, rename, ping, pong and quit.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "protocol/limits.hpp"
#include "protocol/look_alike.hpp"
#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "server/chat/account_handlers.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/invitations.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::Error;
namespace event = protocol::event;

/// Bytes of the text of a `quit` that others are shown.
constexpr std::size_t reason_bytes = 200;

/// `bearer`: the name in the way: the same, or one that looks like it.
Error name_taken(const protocol::Name& name, const protocol::Name& bearer) {
  if (bearer == name) return {Code::name_taken, "the name " + name.shown + " is taken; choose another"};
  const auto& mixed = protocol::mixes_alphabets(name) ? name : bearer;
  return {Code::name_taken, "the name " + name.shown + " looks like " + bearer.shown + ", who is here (" +
                                mixed.shown + " mixes letters of several alphabets); choose another"};
}

event::Welcome welcome(const Settings& settings, Logins& logins, const Session& session,
                       const std::string& token) {
  const auto* const account = logins.account_of(session.person());
  const auto& registry = logins.registry();
  return {.version = protocol::version,
          .server = settings.server_name,
          .name = session.name().shown,
          .account = account != nullptr,
          .account_name = account == nullptr ? std::string() : account->name,
          .token = token,
          .role = account == nullptr ? std::string() : std::string(to_string(account->role)),
          .registration = std::string(to_string(registry.registration())),
          .guests = std::string(to_string(registry.settings().guests)),
          .rooms = logins.rooms_of(session.person().account()),
          .motd = settings.motd,
          .line_bytes = settings.line_bytes,
          .text_bytes = settings.text_bytes,
          .name_code_points = protocol::name_code_points,
          .room_code_points = protocol::room_code_points,
          .default_room = settings.default_room,
          .messages_per_second = settings.messages_per_second,
          .messages_burst = settings.messages_burst};
}

void refuse_name(Answer& answer, std::string_view asked, const Error& why) {
  auto& session = answer.session();
  session.hub().log_book().name_refused(session, asked, why, session.hub().now().steady);
  answer.fail(why);
}

/// Claims the name, or one of the directory's choice, for the person of the session. `done` is called when
/// the person bears it, with the name before; a refusal is answered here. If the session has closed
/// meanwhile, the name is given back.
template <class Done>
void take_name(Call& call, const std::optional<protocol::Name>& name, Done done) {
  auto bear = [name, done](Answer& answer, Claimed claimed) {
    if (!claimed.claim) {
      return refuse_name(answer, name ? name->shown : "",
                         claimed.why ? *claimed.why : name_taken(*name, claimed.holder));
    }
    auto& session = answer.session();
    const auto before = session.name().shown;
    session.hub().rooms().rename(session.person(), *claimed.claim);
    done(answer, before);
  };
  const PersonPtr person(&call.session.person());
  if (name) {
    if (const auto why = call.hub.logins().why_not(person->account(), *name))
      return refuse_name(call.answer, name->shown, *why);
  }
  auto& directory = call.hub.directory();
  if (person->sessions().size() < 2)
    return directory.claim(person, name, person->account(), answering(std::move(call.answer), bear));
  // What the person says in its other sessions is out before it bears another name.
  const auto waiting = std::make_shared<Answer>(std::move(call.answer));
  call.hub.logins().fall_silent(person, [&directory, person, name, bear,
                                         waiting](const Logins::Silence& silence) {
    const auto last = [bear, silence](Answer& answer, Claimed claimed) { bear(answer, std::move(claimed)); };
    directory.claim(person, name, person->account(), answering(std::move(*waiting), last));
  });
}

}  // namespace

void handler::hello(Call& call, const request::Hello& asked) {
  if (call.session.is_welcome()) {
    call.answer.fail({Code::already_welcome, "you have said hello already; to change your name use rename"});
    return;
  }
  if (asked.version != protocol::version) {
    const Error why{Code::unsupported_version, "this server speaks version 1 of the protocol only"};
    return call.session.close(why, call.answer.ref(), to_string(why.code));
  }
  if (call.hub.journal().service() == journal::Service::away) {
    const Error why{Code::shutting_down, "this server has lost the others; go to another one"};
    return call.session.close(why, call.answer.ref(), to_string(why.code));
  }
  // A login that others know of, and that was refused here in the end, is not this one's any more.
  if (call.session.person().account() != 0) call.session.set_person(PersonPtr(new Person));
  const auto enter = [client = asked.client.value_or(""), invite = asked.invite](Answer& answer,
                                                                                 const std::string& token) {
    const auto self = answer.session().shared_from_this();
    auto& session = *self;
    auto& hub = session.hub();
    auto& moderation = hub.moderation();
    if (const auto why = moderation.why_banned(session, session.name(), session.person().account()))
      return session.close(*why, answer.ref(), to_string(why->code));
    session.set_welcome();
    hub.log_book().welcomed(session, client, hub.now().steady);
    answer.reply(welcome(hub.settings(), hub.logins(), session, token));
    if (session.is_guest()) moderation.arrived(session);
    const auto lockdown = moderation.lockdown();
    if (lockdown.level > 0) session.delivery().tell({.body = lockdown, .ref = {}});
    if (!invite) return;
    redeem(Answer(self, {}, {}), *invite,
           [](Answer& held, const std::string& room) { held.reply(event::Redeemed{.room = room}); });
  };
  if (asked.password && asked.token)
    return call.answer.fail({Code::bad_request, R"(hello takes a "password" or a "token", not both)"});
  if (asked.password || asked.token) return log_in_with_hello(std::move(call.answer), asked, enter);
  if (call.hub.logins().registry().settings().guests == accounts::Settings::Guests::none) {
    return call.answer.fail(
        {Code::login_required, "this server is for those who have an account; say hello with yours"});
  }
  if (const auto why = call.hub.moderation().why_closed_to_guests()) return call.answer.fail(*why);
  std::optional<protocol::Name> name;
  if (asked.name) {
    auto parsed = protocol::parse_name(*asked.name);
    if (!parsed) return refuse_name(call.answer, *asked.name, parsed.error());
    name = *std::move(parsed);
  }
  take_name(call, name, [enter](Answer& answer, const std::string& /*before*/) { enter(answer, {}); });
}

void handler::rename(Call& call, const request::Rename& asked) {
  auto name = protocol::parse_name(asked.name);
  if (!name) return refuse_name(call.answer, asked.name, name.error());
  if (auto why = call.hub.moderation().why_banned(call.session, *name, call.session.person().account())) {
    why->code = Code::denied;
    return refuse_name(call.answer, asked.name, *why);
  }
  take_name(call, *std::move(name), [](Answer& answer, const std::string& before) {
    auto& session = answer.session();
    auto& hub = session.hub();
    const event::Renamed renamed{.old_name = before, .new_name = session.name().shown};
    hub.log_book().renamed(session, before, hub.now().steady);
    answer.reply(renamed);
    if (renamed.old_name != renamed.new_name) hub.rooms().broadcast(session, {.body = renamed, .ref = {}});
    leave_if_banned(session);
  });
}

void handler::ping(Call& call, const request::Ping& /*asked*/) { call.answer.reply(event::Pong{}); }

void handler::pong(Call& /*call*/, const request::Pong& /*asked*/) {}

void handler::quit(Call& call, const request::Quit& asked) {
  const auto word = protocol::clean_text(asked.text.value_or(""), 0);
  // Who may say nothing has no last word either.
  bool may_speak = !call.session.is_guest() || !call.hub.logins().why_silent();
  for (const auto& stay : call.session.stays().all())
    if (call.hub.moderation().why_silent(call.session, *stay.room)) may_speak = false;
  const auto reason = word && may_speak ? protocol::prefix(*word, reason_bytes) : to_string(Code::quit);
  call.session.close({Code::quit, "goodbye"}, call.answer.ref(), reason);
}

}  // namespace hubbub::chat
