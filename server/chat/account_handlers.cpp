// The handlers for accounts: register, login, logout, password, devices and revoke; and the login of a hello.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "protocol/look_alike.hpp"
#include "protocol/text.hpp"
#include "server/accounts/token.hpp"
#include "server/chat/account_handlers.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using journal::Applied;
using protocol::Code;
using protocol::Error;
using protocol::Secret;
namespace event = protocol::event;
namespace record = journal::account;
namespace request = protocol::request;

Error wrong_token() {
  return {Code::login_failed, "this token is not accepted, or not any more; log in with the password"};
}

/// Whether that account may be logged in to; else that is answered.
bool may_enter(Answer& answer, const accounts::Account& account) {
  const auto why = answer.session().hub().logins().why_suspended(account);
  if (!why) return true;
  answer.fail(*why);
  return false;
}

/// Whose that token is; nobody's: it is not accepted.
accounts::Book::Bearer bearer_of(Hub& hub, const std::string& token) {
  auto& registry = hub.logins().registry();
  const auto now = hub.now().wall;
  const auto hash = accounts::hash_token(token);
  const auto bearer = hash ? registry.book().find_by_token(*hash) : accounts::Book::Bearer{};
  const auto age = registry.settings().token_age;
  const bool is_known = bearer.account != nullptr && (age.count() == 0 || now < bearer.device->used + age);
  return is_known ? bearer : accounts::Book::Bearer{};
}

/// Calls `then` with the account and the device of a token that is accepted; else that is answered. One that
/// is not known may have been given out on another node just now.
using WithBearer = std::function<void(Answer& answer, const accounts::Book::Bearer& bearer)>;
void with_bearer(Answer&& answer, const std::string& token, WithBearer then, bool is_current = false) {
  auto& hub = answer.session().hub();
  const auto bearer = bearer_of(hub, token);
  if (bearer.account == nullptr && !is_current) {
    return once_current(std::move(answer), [token, then = std::move(then)](Answer& held) {
      with_bearer(std::move(held), token, then, true);
    });
  }
  if (bearer.account == nullptr) return fail_login(answer, wrong_token());
  if (!may_enter(answer, *bearer.account)) return;
  hub.logins().note_use({.account = bearer.account->number, .device = bearer.device->number});
  then(answer, bearer);
}

/// Tells everybody whom it concerns that the person bears another name now. Whoever has joined another person
/// is not told of: for the others one has gone and the other was there, or come.
void tell_renamed(Session& session, const std::string& before) {
  const event::Renamed renamed{.old_name = before, .new_name = session.name().shown};
  if (renamed.old_name == renamed.new_name) return;
  session.hub().log_book().renamed(session, before, session.hub().now().steady);
  session.deliver({.body = renamed, .ref = {}});
  session.hub().rooms().broadcast(session, {.body = renamed, .ref = {}});
}

/// Has the session, which is welcome, be of that account; answers with its token, if it is given one.
void log_in(Answer&& answer, std::uint64_t number, std::uint64_t device, std::string token,
            const std::optional<Proof>& by = {}) {
  auto& hub = answer.session().hub();
  const auto* const account = hub.logins().registry().book().find(number);
  if (account == nullptr) return answer.fail(wrong());
  const auto name = name_of(*account);
  if (const auto why = hub.moderation().why_banned(answer.session(), name, number)) {
    const auto self = answer.session().shared_from_this();
    return self->close(*why, answer.ref(), to_string(why->code));
  }
  const PersonPtr guest(&answer.session().person());
  const auto ranks = hub.moderation().ranks_of(*guest);
  hub.logins().become(std::move(answer), {.account = number, .device = device, .by = by}, name,
                      [guest, ranks, token = std::move(token), account = account->name, number](
                          Answer& held, const std::string& before) {
                        auto& session = held.session();
                        session.hub().moderation().carry_over(session, protocol::key_of(before), number);
                        if (&session.person() == guest.get()) tell_renamed(session, before);
                        if (close_if_banned(session, held.ref())) return;
                        auto& logins = session.hub().logins();
                        logins.entered_all(session);
                        held.reply(event::LoggedIn{.account = account,
                                                   .name = session.name().shown,
                                                   .token = token,
                                                   .rooms = logins.rooms_of(session.person().account())});
                        if (&session.person() == guest.get())
                          session.hub().moderation().tell_roles(*guest, ranks);
                        leave_where_banned(session);
                      });
}

Error registration_refused(Applied applied, const std::string& name) {
  switch (applied) {
    case Applied::no_invitation:
      return {Code::invite_invalid, "this invitation is used up, over, or none; ask for another"};
    default:
      return {Code::account_exists, "there is an account of the name " + name +
                                        ", or of one that looks the same; choose another name (/name NEW)"};
  }
}

/// What is wrong with registering that can be said at once; nothing: nothing is.
std::optional<Error> why_not_register(Session& session, const request::Register& asked) {
  auto& logins = session.hub().logins();
  const auto registration = logins.registry().registration();
  const auto& name = session.name();
  if (!session.is_guest())
    return Error{Code::denied, "you are logged in as " + logins.account_name(session.person())};
  if (auto why = session.hub().moderation().why_locked()) {
    why->code = Code::registration_closed;
    return why;
  }
  if (registration == accounts::Settings::Registration::closed)
    return Error{Code::registration_closed, "this server takes no new accounts; ask its operator for one"};
  if (protocol::is_guest_name(name)) {
    return Error{Code::name_invalid,
                 "the account gets the name that you bear, and those with guest- are for guests; "
                 "choose one first, with rename or /name NEW"};
  }
  const auto& book = logins.registry().book();
  if (book.find_alike(name) != nullptr || book.is_reserved(name, session.hub().now().wall))
    return registration_refused(Applied::name_taken, name.shown);
  if (registration == accounts::Settings::Registration::invite && !asked.invite)
    return Error{Code::registration_closed, "one needs an invitation to have an account here; ask for one"};
  if (auto fault = accounts::fault_of_password(asked.password, name.shown))
    return Error{Code::password_weak, *std::move(fault)};
  return std::nullopt;
}

void register_now(Call& call, const request::Register& asked) {
  const auto& registry = call.hub.logins().registry();
  std::uint64_t invitation = 0;
  if (asked.invite) {
    const auto hash = accounts::hash_token(*asked.invite);
    const auto* const found = hash ? registry.book().find_invitation(*hash, call.hub.now().wall) : nullptr;
    if (found == nullptr) return fail_login(call.answer, registration_refused(Applied::no_invitation, {}));
    invitation = found->number;
  }
  const auto token = std::make_shared<Secret>();
  const auto stored = [token](Answer& held, const std::optional<InFlight::Stored>& outcome) {
    auto& session = held.session();
    if (!outcome) return held.fail(not_stored());
    if (outcome->applied != Applied::done)
      return held.fail(registration_refused(outcome->applied, session.name().shown));
    if (!session.hub().logins().is_there({.account = outcome->number}))
      return held.fail(wrong());  // erased already
    session.hub().logins().belongs(session.person(), outcome->number);
    session.hub().moderation().carry_over(session, session.name().key, outcome->number);
    session.hub().logins().entered_all(session);
    if (!token->text().empty()) session.set_device(outcome->number);
    session.hub().log_book().registered(session, session.hub().now().steady);
    held.reply(event::Registered{.name = session.name().shown, .token = std::string(token->text())});
  };
  const auto made = [token, stored, invitation, wants_token = !asked.once, device = label(asked.device),
                     name = call.session.name()](Answer& held, const accounts::PasswordHash& hash) {
    // It may have given way meanwhile.
    if (!(held.session().name() == name))
      return held.fail(registration_refused(Applied::name_taken, name.shown));
    record::Begun begun{
        .name = accounts::owned(held.session().name()), .password = hash, .invitation = invitation};
    if (wants_token) {
      *token = accounts::new_token();
      begun.device = record::Token{.hash = *accounts::hash_token(token->text()), .label = device};
    }
    auto& logins = held.session().hub().logins();
    logins.append(std::move(begun), answering(std::move(held), stored));
  };
  hash_password(std::move(call.answer), Secret(std::string(asked.password)), made);
}

}  // namespace

void handler::register_account(Call& call, const request::Register& asked) {
  if (!is_private(call.answer)) return;
  if (const auto why = why_not_register(call.session, asked)) return call.answer.fail(*why);
  const auto hash = asked.invite ? accounts::hash_token(*asked.invite) : std::nullopt;
  const auto& book = call.hub.logins().registry().book();
  if (!hash || book.find_invitation(*hash, call.hub.now().wall) != nullptr) return register_now(call, asked);
  // It may have been given out on another node just now.
  once_current(std::move(call.answer), [asked](Answer& held) {
    auto later = call_of(std::move(held));
    register_now(later, asked);
  });
}

void handler::login(Call& call, const request::Login& asked) {
  if (!is_private(call.answer)) return;
  if (!call.session.is_guest()) {
    return call.answer.fail({Code::denied, "you are logged in as " +
                                               call.hub.logins().account_name(call.session.person()) +
                                               "; log out first"});
  }
  if (asked.token) {
    return with_bearer(std::move(call.answer), *asked.token, [](Answer& held, const auto& bearer) {
      log_in(std::move(held), bearer.account->number, bearer.device->number, {});
    });
  }
  const auto name = protocol::parse_name(asked.account.value_or(call.session.name().shown));
  if (!name) return call.answer.fail(name.error());
  try_password(
      std::move(call.answer), *name, *asked.password,
      [once = asked.once, device = asked.device](Answer& held, std::uint64_t number, const Proof& proof) {
        const auto& account = *held.session().hub().logins().registry().book().find(number);
        if (!may_enter(held, account)) return;
        if (once) return log_in(std::move(held), number, 0, {}, proof);
        add_device(
            std::move(held), number, device,
            [number](Answer& last, std::uint64_t added, std::string token) {
              log_in(std::move(last), number, added, std::move(token));
            },
            proof);
      });
}

void log_in_with_hello(Answer&& answer, const request::Hello& asked, Entered entered) {
  if (!is_private(answer)) return;
  const auto enter = [name = asked.name, entered = std::move(entered)](
                         Answer& held, std::uint64_t number, std::uint64_t device, const std::string& token,
                         const std::optional<Proof>& by = {}) {
    auto& logins = held.session().hub().logins();
    const auto* const account = logins.registry().book().find(number);
    if (account == nullptr) return held.fail(wrong());
    auto wanted = name ? protocol::parse_name(*name) : protocol::Result<protocol::Name>(name_of(*account));
    if (!wanted) return held.fail(wanted.error());
    if (const auto why = logins.why_not(number, *wanted)) return held.fail(*why);
    logins.become(std::move(held), {.account = number, .device = device, .by = by}, *wanted,
                  [entered, token](Answer& last, const std::string& /*before*/) { entered(last, token); });
  };
  if (asked.token) {
    return with_bearer(std::move(answer), *asked.token, [enter](Answer& held, const auto& bearer) {
      enter(held, bearer.account->number, bearer.device->number, {});
    });
  }
  const auto name = protocol::parse_name(asked.account ? *asked.account : asked.name.value_or(""));
  if (!name) return answer.fail(name.error());
  const auto right = [enter, device = asked.device](Answer& held, std::uint64_t number, const Proof& proof) {
    const auto& account = *held.session().hub().logins().registry().book().find(number);
    if (!may_enter(held, account)) return;
    if (!device) return enter(held, number, 0, {}, proof);
    add_device(
        std::move(held), number, device,
        [enter, number](Answer& last, std::uint64_t added, const std::string& token) {
          enter(last, number, added, token);
        },
        proof);
  };
  try_password(std::move(answer), *name, *asked.password, right);
}

void handler::logout(Call& call, const request::Logout& /*asked*/) {
  auto& session = call.session;
  const auto device = session.device();
  const auto scopes = session.scopes();
  const auto leave = [](Answer& held) {
    auto& logins = held.session().hub().logins();
    logins.become_guest(std::move(held), [](Answer& last, const std::string& before) {
      const auto guest = last.session().shared_from_this();
      auto& hub = guest->hub();
      hub.log_book().renamed(*guest, before, hub.now().steady);
      last.reply(event::LoggedOut{.name = guest->name().shown});
      if (close_if_banned(*guest, {})) return;
      leave_where_banned(*guest);
      if (hub.logins().registry().settings().guests == accounts::Settings::Guests::none)
        guest->close({Code::logged_out, "this server is for those who are logged in"});
    });
  };
  if (device == 0) return leave(call.answer);
  // The session leaves with its own answer, and not as one whose device has gone.
  session.set_device(0, scopes);
  const auto stored = [leave, device, scopes](Answer& held, const std::optional<InFlight::Stored>& outcome) {
    if (outcome) return leave(held);
    held.session().set_device(device, scopes);
    held.fail(not_stored());
  };
  call.hub.logins().append(record::DeviceRevoked{.account = session.person().account(), .device = device},
                           answering(std::move(call.answer), stored));
}

void handler::password(Call& call, const request::Password& asked) {
  if (!is_private(call.answer)) return;
  const auto name = name_of(*call.hub.logins().account_of(call.session.person()));
  if (auto fault = accounts::fault_of_password(asked.after, name.shown))
    return call.answer.fail({Code::password_weak, *std::move(fault)});
  const auto after = std::make_shared<Secret>(std::string(asked.after));
  const auto stored = [](Answer& held, const std::optional<InFlight::Stored>& outcome) {
    if (!outcome) return held.fail(not_stored());
    // Somebody has set another one meanwhile.
    outcome->applied == Applied::done ? held.reply(event::Done{}) : held.fail(wrong());
  };
  try_password(std::move(call.answer), name, asked.before,
               [after, stored](Answer& held, std::uint64_t number, const Proof& proof) {
                 hash_password(
                     std::move(held), std::move(*after),
                     [number, stored, proof](Answer& last, const accounts::PasswordHash& made) {
                       auto& logins = last.session().hub().logins();
                       logins.append(
                           record::PasswordSet{.account = number, .password = made, .renews = proof.renewed},
                           answering(std::move(last), stored));
                     });
               });
}

void handler::devices(Call& call, const request::Devices& /*asked*/) {
  event::Devices list;
  for (const auto& device : call.hub.logins().account_of(call.session.person())->devices) {
    list.devices.push_back(described(device));
    list.devices.back().here = device.number == call.session.device();
  }
  call.answer.reply(std::move(list));
}

void handler::revoke(Call& call, const request::Revoke& asked) {
  auto& session = call.session;
  const auto account = session.person().account();
  record::Any body = record::OthersRevoked{.account = account, .device = session.device()};
  if (asked.id) body = record::DeviceRevoked{.account = account, .device = *asked.id};
  const auto stored = [others = asked.others](Answer& held, const std::optional<InFlight::Stored>& outcome) {
    if (!outcome) return held.fail(not_stored());
    if (outcome->applied != Applied::done)
      return held.fail({Code::bad_request, "there is no such device; /devices lists those that there are"});
    if (others) held.session().hub().logins().spare(held.session());
    held.reply(event::Done{});
  };
  call.hub.logins().append(std::move(body), answering(std::move(call.answer), stored));
}

}  // namespace hubbub::chat
