// The handlers of who one is: hello, rename, quit, and whether one is still there.
#include <string>
#include <utility>

#include "protocol/limits.hpp"
#include "protocol/look_alike.hpp"
#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::Error;
namespace event = protocol::event;

/// Bytes of a parting word that others are shown.
constexpr std::size_t reason_bytes = 200;

/// `bearer`: who goes by it, or by one that looks like it.
Error name_taken(const protocol::Name& name, const protocol::Name& bearer) {
  if (bearer == name) return {Code::name_taken, "the name " + name.shown + " is taken; choose another"};
  const auto& mixed = protocol::mixes_alphabets(name) ? name : bearer;
  return {Code::name_taken, "the name " + name.shown + " looks like " + bearer.shown + ", who is here (" +
                                mixed.shown + " mixes letters of several alphabets); choose another"};
}

event::Welcome welcome(const Settings& settings, const Session& session) {
  return {.version = protocol::version,
          .server = settings.server_name,
          .name = session.name().shown,
          .account = false,
          .motd = settings.motd,
          .line_bytes = settings.line_bytes,
          .text_bytes = settings.text_bytes,
          .name_code_points = protocol::name_code_points,
          .room_code_points = protocol::room_code_points,
          .default_room = settings.default_room,
          .messages_per_second = settings.messages_per_second,
          .messages_burst = settings.messages_burst};
}

void refuse_name(Call& call, std::string_view asked, const Error& why) {
  call.hub.log_book().name_refused(call.session, asked, why, call.hub.now().steady);
  call.answer.fail(why);
}

/// Takes the name, or refuses it and has whoever goes by it, or by one like it, show that he is there: he may
/// have lost his connection, and be the one who asks.
bool take_name(Call& call, const protocol::Name& name) {
  const auto bearer = call.hub.bearer(name, call.session);
  if (!bearer) {
    call.hub.take_name(call.session, name);
    return true;
  }
  bearer->doubt();
  refuse_name(call, name.shown, name_taken(name, bearer->name()));
  return false;
}

/// The name that a newcomer asks for, or one of the server's choice.
protocol::Result<protocol::Name> wanted_name(const Call& call, const handler::request::Hello& asked) {
  if (!asked.name) return call.hub.free_guest_name(call.session);
  return protocol::parse_name(*asked.name);
}

}  // namespace

void handler::hello(Call& call, const request::Hello& asked) {
  auto& session = call.session;
  if (session.is_welcome()) {
    call.answer.fail({Code::already_welcome, "you have said hello already; to change your name use rename"});
    return;
  }
  if (asked.version != protocol::version) {
    const Error why{Code::unsupported_version, "this server speaks version 1 of the protocol only"};
    session.close(why, call.answer.ref(), to_string(why.code));
    return;
  }
  auto name = wanted_name(call, asked);
  if (!name) {
    refuse_name(call, asked.name.value_or(""), name.error());
    return;
  }
  if (!take_name(call, *name)) return;
  session.set_welcome();
  call.hub.log_book().welcomed(session, asked.client.value_or(""), call.hub.now().steady);
  call.answer.reply(welcome(call.hub.settings(), session));
}

void handler::rename(Call& call, const request::Rename& asked) {
  auto& session = call.session;
  const auto name = protocol::parse_name(asked.name);
  if (!name) {
    refuse_name(call, asked.name, name.error());
    return;
  }
  const event::Renamed renamed{.old_name = session.name().shown, .new_name = name->shown};
  call.hub.tell_presence();  // who came or went under the old name, before it changes
  if (!take_name(call, *name)) return;
  call.hub.log_book().renamed(session, renamed.old_name, call.hub.now().steady);
  call.answer.reply(renamed);
  if (renamed.old_name == renamed.new_name) return;
  call.hub.broadcast(session, {.body = renamed, .ref = {}});
}

void handler::ping(Call& call, const request::Ping& /*asked*/) { call.answer.reply(event::Pong{}); }

void handler::pong(Call& /*call*/, const request::Pong& /*asked*/) {}

void handler::quit(Call& call, const request::Quit& asked) {
  const auto word = protocol::clean_text(asked.text.value_or(""), 0);
  const auto reason = word ? protocol::prefix(*word, reason_bytes) : to_string(Code::quit);
  call.session.close({Code::quit, "goodbye"}, call.answer.ref(), reason);
}

}  // namespace hubbub::chat
