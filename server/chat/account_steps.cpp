// What the handlers for accounts, those of operators, and export and erase have in common.
#include "server/chat/account_steps.hpp"

#include <set>
#include <utility>

#include "protocol/text.hpp"
#include "server/accounts/token.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using accounts::Hasher;
using journal::Applied;
using protocol::Code;
using protocol::Error;
using protocol::Secret;
namespace event = protocol::event;
namespace record = journal::account;

// Bytes of what an owner knows a device by.
constexpr std::size_t label_bytes = 64;
// After so many wrong passwords or tokens a connection is closed.
constexpr unsigned most_failed = 3;

/// Whose place in the hasher's line it is: an address has few, and each operator's connection its own.
std::string hasher_address(const Session& session) {
  return session.is_operator() ? "operator " + std::to_string(session.number())
                               : std::string(session.address());
}

Hasher::Client client(Session& session) {
  return {.address = hasher_address(session), .is_wanted = [session = session.weak_from_this()] {
            const auto still = session.lock();
            return still && !still->is_closed();
          }};
}

void too_many_wait(Answer& answer) {
  answer.session().rest_a_while();
  answer.fail({Code::busy, "too many passwords wait to be checked; try again in a moment"},
              answer.session().hub().logins().registry().hasher().wait(hasher_address(answer.session()),
                                                                       answer.session().hub().now().steady));
}

/// Whether there is a place for one more hash for the session; else that is answered.
bool has_place(Answer& answer) {
  auto& session = answer.session();
  auto& hasher = session.hub().logins().registry().hasher();
  if (hasher.takes(hasher_address(session), session.hub().now().steady)) return true;
  too_many_wait(answer);
  return false;
}

/// The device that makes way for another one: that which was used longest ago, and is not here. Nothing: all
/// are, or may be on other nodes, which do not tell by which.
std::optional<std::uint64_t> device_to_replace(Hub& hub, const accounts::Account& account) {
  if (hub.directory().is_elsewhere(account.number)) return std::nullopt;
  std::set<std::uint64_t> here;
  hub.each_session([&](const Session& session) {
    if (!session.is_closed()) here.insert(session.device());
  });
  const accounts::Device* oldest = nullptr;
  for (const auto& device : account.devices) {
    if (!here.contains(device.number) && (oldest == nullptr || device.used < oldest->used)) oldest = &device;
  }
  return oldest == nullptr ? std::nullopt : std::optional(oldest->number);
}

}  // namespace

namespace {

void try_password_now(Answer&& answer, const protocol::Name& name, const std::string& password, Right right);

}  // namespace

Error not_stored() { return {Code::storage_failed, "the server could not store this; try again later"}; }

Error wrong() { return {Code::login_failed, "the name or the password is wrong"}; }

void fail_login(Answer& answer, const Error& why) {
  auto& session = answer.session();
  session.hub().log_book().login_failed(session, session.hub().now().steady);
  if (session.failed_login() < most_failed) return answer.fail(why);
  const std::string ref = answer.ref();
  session.close({Code::auth_failed, why.text + ", three times"}, ref, to_string(Code::auth_failed));
}

std::string label(const std::optional<std::string>& device) {
  const auto text = protocol::clean_text(device.value_or(""), 0);
  return text ? std::string(protocol::prefix(*text, label_bytes)) : std::string();
}

protocol::Name name_of(const accounts::Account& account) {
  auto name = protocol::parse_name(account.name);
  return name ? *std::move(name) : protocol::Name{.shown = account.name, .key = account.name};
}

bool is_private(Answer& answer) {
  auto& session = answer.session();
  if (session.is_operator()) return true;
  const auto plain = session.hub().logins().registry().settings().plain_login;
  const auto privacy = session.delivery().wire()->privacy();
  const bool may = privacy == Wire::Privacy::nobody || plain == accounts::Settings::PlainLogin::anywhere ||
                   (privacy == Wire::Privacy::machine && plain == accounts::Settings::PlainLogin::loopback);
  if (may) return true;
  answer.fail(
      {Code::login_insecure,
       "others on the way could read along, so no password or token is taken here; connect with TLS, and "
       "change what you have just sent"});
  return false;
}

void try_password(Answer&& answer, const protocol::Name& name, const std::string& password, Right right) {
  // It may have been changed on another node just now.
  once_current(std::move(answer), [name, password, right = std::move(right)](Answer& held) {
    try_password_now(std::move(held), name, password, right);
  });
}

namespace {

void try_password_now(Answer&& answer, const protocol::Name& name, const std::string& password, Right right) {
  auto& session = answer.session();
  auto& registry = session.hub().logins().registry();
  const auto now = session.hub().now().steady;
  if (const auto wait = registry.tries().look(session.address(), name.key, now); wait.count() > 0) {
    session.rest_a_while();
    return answer.fail({Code::rate_limited, "too many passwords were tried; try again in " +
                                                std::to_string(wait.count() / 1000 + 1) + " s"},
                       wait);
  }
  // Who finds no place has not tried.
  if (!has_place(answer)) return;
  registry.tries().take(session.address(), name.key, now);
  const auto* const account = registry.book().find(name);
  const auto number = account == nullptr ? 0 : account->number;
  const auto hash = account == nullptr ? std::nullopt : std::optional(account->password);
  const auto outcome = [number, right = std::move(right), key = name.key](Answer& held,
                                                                          const Hasher::Tried& tried) {
    auto& logins = held.session().hub().logins();
    if (tried.verdict == Hasher::Verdict::not_tried) {
      logins.registry().tries().give_back(held.session().address(), key);
      return too_many_wait(held);
    }
    // Another password may be the account's by now, or the account be gone.
    const auto* const still = logins.registry().book().find(number);
    const bool is_right = tried.verdict == Hasher::Verdict::right && still != nullptr &&
                          still->password.salt == tried.against->salt;
    if (!is_right) return fail_login(held, wrong());
    logins.registry().tries().give_back(held.session().address(), key);
    Proof proof{.salt = tried.against->salt, .renewed = tried.against->salt};
    if (tried.renewed) {
      proof.renewed = tried.renewed->salt;
      logins.append(
          record::PasswordSet{.account = number, .password = *tried.renewed, .renews = tried.against->salt},
          [](const auto&) {});
    }
    right(held, number, proof);
  };
  registry.hasher().try_password(client(session), Secret(std::string(password)), hash,
                                 answering(std::move(answer), outcome));
}

}  // namespace

void hash_password(Answer&& answer, Secret password, Hashed made) {
  auto& session = answer.session();
  if (!has_place(answer)) return;
  const auto done = [made = std::move(made)](Answer& held,
                                             const std::optional<accounts::PasswordHash>& hash) {
    hash ? made(held, *hash) : too_many_wait(held);
  };
  session.hub().logins().registry().hasher().make(client(session), std::move(password),
                                                  answering(std::move(answer), done));
}

void add_device(Answer&& answer, std::uint64_t number, const std::optional<std::string>& device, Added added,
                const std::optional<Proof>& by, accounts::Scopes scopes) {
  auto& hub = answer.session().hub();
  const auto& account = *hub.logins().registry().book().find(number);
  if (account.devices.size() >= journal::most_devices) {
    const auto oldest = device_to_replace(hub, account);
    if (!oldest) {
      return answer.fail({Code::denied,
                          "this account is logged in on as many devices as it may be, and they are in use; "
                          "log one of them out first"});
    }
    hub.logins().append(record::DeviceRevoked{.account = number, .device = *oldest}, [](const auto&) {});
  }
  const auto token = std::make_shared<Secret>(accounts::new_token());
  const auto stored = [token, added = std::move(added)](Answer& held,
                                                        const std::optional<InFlight::Stored>& outcome) {
    if (!outcome) return held.fail(not_stored());
    if (outcome->applied != Applied::done) return held.fail(wrong());
    added(held, outcome->number, std::string(token->text()));
  };
  hub.logins().append(record::DeviceAdded{.account = number,
                                          .token = {.hash = *accounts::hash_token(token->text()),
                                                    .label = label(device),
                                                    .scopes = scopes.text()},
                                          .by = by ? std::optional(by->renewed) : std::nullopt},
                      answering(std::move(answer), stored));
}

void forget_device(Hub& hub, std::string_view token, const std::function<void(bool is_stored)>& done) {
  const auto hash = accounts::hash_token(token);
  const auto bearer = hash ? hub.logins().registry().book().find_by_token(*hash) : accounts::Book::Bearer{};
  if (bearer.account == nullptr) return done(true);
  hub.logins().append(
      record::DeviceRevoked{.account = bearer.account->number, .device = bearer.device->number},
      [done](const std::optional<InFlight::Stored>& outcome) { done(outcome.has_value()); });
}

protocol::Timestamp reserved_until(protocol::Timestamp now) {
  constexpr std::chrono::days reserved{90};
  return now + reserved;
}

journal::account::Erased erasure_of(const accounts::Account& account, protocol::Timestamp now) {
  const auto name = accounts::owned(name_of(account));
  return {
      .account = account.number, .key = name.key, .look = name.look, .reserved_until = reserved_until(now)};
}

const accounts::Account* account_named(Call& call, const std::string& name) {
  const auto parsed = protocol::parse_name(name);
  if (!parsed) {
    call.answer.fail(parsed.error());
    return nullptr;
  }
  const auto* const account = call.hub.logins().registry().book().find(*parsed);
  if (account == nullptr) {
    call.answer.fail(
        {Code::no_such_account, "there is no account " + parsed->shown + "; see the list of accounts"});
  }
  return account;
}

event::DeviceInfo described(const accounts::Device& device) {
  return {.id = device.number,
          .label = device.label,
          .created = device.added,
          .used = device.used,
          .scopes = device.scopes.text()};
}

event::AccountInfo described(Hub& hub, const accounts::Account& account, bool with_devices) {
  event::AccountInfo info{.id = account.number,
                          .name = account.name,
                          .role = std::string(to_string(account.role)),
                          .created = account.begun,
                          .tokens = account.devices.size()};
  hub.logins().each_session(account.number, [&](const Session&) { ++info.sessions; });
  if (account.is_suspended(hub.now().wall)) {
    info.suspended = true;
    info.until = account.suspension->until;
    info.reason = account.suspension->reason;
  }
  if (!with_devices) return info;
  for (const auto& each : account.devices) info.devices.push_back(described(each));
  return info;
}

}  // namespace hubbub::chat
