// The handlers of what operators ask for: accounts, tokens, sessions, and the daemon itself.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/look_alike.hpp"
#include "protocol/text.hpp"
#include "server/accounts/token.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/operations.hpp"
#include "server/chat/room.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {
namespace {

using accounts::Account;
using journal::Applied;
using journal::ServerRole;
using protocol::Code;
using protocol::Error;
namespace event = protocol::event;
namespace log = ops::log;
namespace record = journal::account;
namespace request = protocol::request;

// Items of a list in one answer, at most; and bytes of it, of which an item may take this many more.
constexpr std::size_t page_items = 500;
constexpr std::size_t page_bytes = protocol::reply_bytes - 16 * std::size_t{1024};

/// Who asks, for the log: an account, or where the connection is from.
std::string asker(Session& session) {
  const auto account = session.hub().logins().account_name(session.person());
  return account.empty() ? session.peer() : account;
}

/// Something that an operator does, for the log.
struct Deed {
  std::string_view what;
  std::string about;
  std::string by;
};

Deed deed(Session& session, std::string_view what, std::string about) {
  return {.what = what, .about = std::move(about), .by = asker(session)};
}

/// The same for the audit; what has come of it does not matter.
void append_audit(Session& session, const Deed& done) {
  auto& hub = session.hub();
  const auto place = Moderation::server_place();
  hub.in_flight().append(
      {.room = place.key,
       .audit = hub.moderation().audit(session, place, std::string(done.what), done.about)},
      {});
}

void note(const Deed& done) { log::info("chat", done.what, {{"name", done.about}, {"by", done.by}}); }

ServerRole role_of(const std::optional<std::string>& word) {
  if (word == "admin") return ServerRole::admin;
  return word == "moderator" ? ServerRole::moderator : ServerRole::none;
}

/// Answers with the account as it is now.
void show(Answer& answer, std::uint64_t number) {
  auto& hub = answer.session().hub();
  const auto* const account = hub.logins().registry().book().find(number);
  if (account == nullptr) return answer.fail({Code::no_such_account, "the account has just been erased"});
  answer.reply(event::Account{described(hub, *account, true)});
}

Error not_done(Applied applied) {
  switch (applied) {
    case Applied::name_taken:
      return {Code::account_exists, "there is an account of that name, or of one that looks the same"};
    case Applied::name_reserved:
      return {Code::account_exists,
              "another account had that name, or one that looks the same; after it has been erased or given "
              "another name that is nobody's for 90 days"};
    case Applied::no_account:
      return {Code::no_such_account, "the account has just been erased"};
    case Applied::no_invitation:
      return {Code::invite_invalid, "there is no such invitation; see the list of those that are open"};
    default:
      return {Code::bad_request, "there is no such thing, or it was so already"};
  }
}

using Bodies = std::vector<record::Any>;

/// Stores the records, in one batch, and calls `then` with the number of the last; a failure is answered
/// here. What was done is logged, whether or not anybody waits for the answer.
template <class Then>
void store(Answer&& answer, Bodies bodies, const Deed& done_then, Then then) {
  auto& logins = answer.session().hub().logins();
  append_audit(answer.session(), done_then);
  const auto fault = std::make_shared<std::optional<Error>>();
  const auto note_fault = [fault](const std::optional<InFlight::Stored>& outcome) {
    if (!outcome) *fault = not_stored();
    if (outcome && outcome->applied != Applied::done && !*fault) *fault = not_done(outcome->applied);
  };
  const auto answered = [fault, then](Answer& held, const std::optional<InFlight::Stored>& outcome) {
    *fault ? held.fail(**fault) : then(held, outcome->number);
  };
  auto last = std::move(bodies.back());
  bodies.pop_back();
  for (auto& body : bodies) logins.append(std::move(body), note_fault);
  logins.append(std::move(last),
                [fault, note_fault, done_then, then = answering(std::move(answer), answered)](
                    const std::optional<InFlight::Stored>& outcome) {
                  note_fault(outcome);
                  if (!*fault) note(done_then);
                  then(outcome);
                });
}

/// Whether the one who asks has more to say on the server than that account; else that is answered.
bool outranks(Call& call, const Account& account) {
  const auto rank = account.role == ServerRole::admin       ? Rank::admin
                    : account.role == ServerRole::moderator ? Rank::moderator
                                                            : Rank::anyone;
  const auto mine = call.hub.moderation().server_rank(call.session);
  if (mine == Rank::admin || mine > rank) return true;
  call.answer.fail({Code::denied, account.name + " has as much to say on this server as you"});
  return false;
}

/// The name of a new account, or a new name of an old one (`number`); else that is answered.
std::optional<protocol::Name> free_name(Call& call, const std::string& wanted, std::uint64_t number) {
  const auto name = protocol::parse_name(wanted);
  if (!name) {
    call.answer.fail(name.error());
    return std::nullopt;
  }
  const auto& book = call.hub.logins().registry().book();
  const auto* const owner = book.find_alike(*name);
  if (is_guest_name(*name)) {
    call.answer.fail({Code::name_invalid, "names that begin with guest- are for guests"});
  } else if (owner != nullptr && owner->number != number) {
    call.answer.fail({Code::account_exists, owner->name + " is an account already, or looks the same"});
  } else if (owner == nullptr && book.is_reserved(*name, call.hub.now().wall, number)) {
    call.answer.fail(not_done(Applied::name_reserved));
  } else {
    return *name;
  }
  return std::nullopt;
}

bool is_good(Call& call, const std::string& password, const std::string& name) {
  const auto fault = accounts::fault_of_password(password, name);
  if (fault) call.answer.fail({Code::password_weak, *fault});
  return !fault;
}

event::SessionInfo described(Hub& hub, const Session& session) {
  event::SessionInfo info{.session = session.number(), .name = {}, .peer = session.peer()};
  if (session.is_welcome()) info.name = session.name().shown;
  info.account = hub.logins().account_name(session.person());
  for (const auto& stay : session.stays().all()) info.rooms.push_back(stay.room->name().shown);
  return info;
}

/// What still goes into a page.
class PageRoom {
 public:
  bool takes_one() const { return items_ < page_items && bytes_ < page_bytes; }
  /// `as`: an event that has the item alone.
  void took(event::Any as) {
    ++items_;
    bytes_ += protocol::encoded_size({.body = std::move(as), .ref = {}});
  }

 private:
  std::size_t items_ = 0;
  std::size_t bytes_ = 0;
};

/// Those of operators, who are asking, are nobody's business.
bool is_listed(const Session& session) { return !session.is_closed() && !session.is_operator(); }

template <class Function, class... Arguments>
void done_by_daemon(Call& call, const Function& function, const Arguments&... arguments) {
  if (!function) return call.answer.fail({Code::denied, "that cannot be done here"});
  if (auto fault = function(arguments...)) return call.answer.fail(*std::move(fault));
  call.answer.reply(event::Done{});
}

}  // namespace

void store_for_office(Answer&& answer, std::vector<record::Any> bodies, std::string_view what,
                      std::string about, std::function<void(Answer& answer, std::uint64_t number)> then) {
  const auto done = deed(answer.session(), what, std::move(about));
  store(std::move(answer), std::move(bodies), done,
        [then = std::move(then)](Answer& held, std::uint64_t number) { then(held, number); });
}

// --- accounts

void handler::status(Call& call, const request::Status& /*asked*/) {
  event::Status status{.server = call.hub.settings().server_name};
  call.hub.each_session([&](const Session& session) { status.sessions += session.is_welcome() ? 1 : 0; });
  status.rooms = call.hub.room_count();
  status.accounts = call.hub.logins().registry().book().size();
  const auto& registry = call.hub.logins().registry();
  status.registration = to_string(registry.registration());
  status.guests = to_string(registry.settings().guests);
  if (const auto cluster = call.hub.journal().cluster()) {
    status.cluster = cluster->name;
    status.position = cluster->position;
    status.lag = cluster->lag;
    for (const auto& node : cluster->nodes) {
      status.nodes.push_back({.node = node.id,
                              .here = node.is_here,
                              .epoch = node.epoch,
                              .position = node.position,
                              .heard = node.heard});
    }
  }
  if (call.hub.operations().describe) call.hub.operations().describe(status);
  call.answer.reply(std::move(status));
}

void handler::accounts(Call& call, const request::Accounts& asked) {
  const auto& book = call.hub.logins().registry().book();
  event::Accounts page;
  PageRoom room;
  for (const auto* each : book.list(asked.after.value_or(0), page_items + 1)) {
    page.more = !room.takes_one();
    if (page.more) break;
    page.accounts.push_back(described(call.hub, *each, false));
    room.took(event::Account{page.accounts.back()});
  }
  call.answer.reply(std::move(page));
}

void handler::show_account(Call& call, const request::ShowAccount& asked) {
  if (const auto* account = account_named(call, asked.name)) show(call.answer, account->number);
}

void handler::add_account(Call& call, const request::AddAccount& asked) {
  if (!is_private(call.answer)) return;
  const auto name = free_name(call, asked.name, 0);
  if (!name || !is_good(call, asked.password, name->shown)) return;
  hash_password(std::move(call.answer), protocol::Secret(std::string(asked.password)),
                [name = *name, role = role_of(asked.role)](Answer& held, const accounts::PasswordHash& hash) {
                  Bodies bodies{record::Begun{
                      .name = accounts::owned(name), .password = hash, .role = role, .device = {}}};
                  const auto done = deed(held.session(), "account added", name.shown);
                  store(std::move(held), std::move(bodies), done,
                        [](Answer& last, std::uint64_t number) { show(last, number); });
                });
}

void handler::change_account(Call& call, const request::ChangeAccount& asked) {
  if (asked.password && !is_private(call.answer)) return;
  const auto* const account = account_named(call, asked.name);
  if (account == nullptr) return;
  const auto number = account->number;
  const auto show_it = [number](Answer& held, std::uint64_t /*record*/) { show(held, number); };
  if (asked.rename) {
    const auto wanted = free_name(call, *asked.rename, number);
    if (!wanted) return;
    const auto done = deed(call.session, "account renamed", account->name + " to " + wanted->shown);
    return store(std::move(call.answer),
                 {record::Renamed{.account = number,
                                  .name = accounts::owned(*wanted),
                                  .reserved_until = reserved_until(call.hub.now().wall)}},
                 done, show_it);
  }
  if (asked.role) {
    const auto done = deed(call.session, "account given a role", account->name + ": " + *asked.role);
    return store(std::move(call.answer), {record::RoleSet{.account = number, .role = role_of(asked.role)}},
                 done, show_it);
  }
  if (!is_good(call, *asked.password, account->name)) return;
  hash_password(std::move(call.answer), protocol::Secret(std::string(*asked.password)),
                [number, show_it, name = account->name](Answer& held, const accounts::PasswordHash& hash) {
                  const auto done = deed(held.session(), "account given a password", name);
                  // Whoever had the old one may have logged in with it.
                  store(std::move(held),
                        {record::PasswordSet{.account = number, .password = hash, .renews = {}},
                         record::OthersRevoked{.account = number, .device = 0}},
                        done, show_it);
                });
}

void handler::suspend(Call& call, const request::Suspend& asked) {
  const auto* const account = account_named(call, asked.account);
  if (account == nullptr) return;
  auto reason = reason_in(call, asked.reason);
  if (!reason || !outranks(call, *account)) return;
  const auto number = account->number;
  const auto done = deed(call.session, "account suspended", account->name);
  Bodies bodies{record::Suspended{
      .account = number, .until = after(call.hub.now().wall, asked.for_ms), .reason = *std::move(reason)}};
  store(std::move(call.answer), std::move(bodies), done,
        [number](Answer& held, std::uint64_t /*record*/) { show(held, number); });
}

void handler::resume(Call& call, const request::Resume& asked) {
  const auto* const account = account_named(call, asked.account);
  if (account == nullptr) return;
  const auto number = account->number;
  if (!account->suspension) return call.answer.fail({Code::bad_request, account->name + " is not suspended"});
  const auto done = deed(call.session, "account resumed", account->name);
  store(std::move(call.answer), {record::Resumed{.account = number}}, done,
        [number](Answer& held, std::uint64_t /*record*/) { show(held, number); });
}

void handler::erase_account(Call& call, const request::EraseAccount& asked) {
  const auto* const account = account_named(call, asked.name);
  if (account == nullptr) return;
  call.hub.moderation().disown(account->number);
  Bodies bodies{erasure_of(*account, call.hub.now().wall)};
  const auto done = deed(call.session, "account erased", account->name);
  store(std::move(call.answer), std::move(bodies), done,
        [](Answer& held, std::uint64_t /*record*/) { held.reply(event::Done{}); });
}

// --- tokens

void handler::make_token(Call& call, const request::MakeToken& asked) {
  if (!is_private(call.answer)) return;
  const auto* const account = account_named(call, asked.account);
  if (account == nullptr) return;
  accounts::Scopes scopes;
  if (asked.scopes) {
    const auto parsed = accounts::Scopes::parse(*asked.scopes);
    if (!parsed) return call.answer.fail(parsed.error());
    scopes = *parsed;
  }
  add_device(
      std::move(call.answer), account->number, asked.device,
      [name = account->name, scopes](Answer& held, std::uint64_t device, const std::string& token) {
        note(deed(held.session(), "token made", name));
        held.reply(event::Token{.account = name, .id = device, .token = token, .scopes = scopes.text()});
      },
      {}, scopes);
}

void handler::revoke_token(Call& call, const request::RevokeToken& asked) {
  const auto* const account = account_named(call, asked.account);
  if (account == nullptr) return;
  if (asked.id && account->device(*asked.id) == nullptr)
    return call.answer.fail({Code::bad_request, account->name + " has no such device"});
  record::Any body = record::OthersRevoked{.account = account->number, .device = 0};
  if (asked.id) body = record::DeviceRevoked{.account = account->number, .device = *asked.id};
  const auto done = deed(call.session, "token revoked", account->name);
  store(std::move(call.answer), {std::move(body)}, done,
        [](Answer& held, std::uint64_t /*record*/) { held.reply(event::Done{}); });
}

// --- sessions

void handler::sessions(Call& call, const request::Sessions& asked) {
  std::vector<const Session*> all;
  call.hub.each_session([&](const Session& session) {
    if (is_listed(session) && session.number() > asked.after.value_or(0)) all.push_back(&session);
  });
  event::Sessions page;
  const auto count = std::min(all.size(), page_items);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(all.begin(), middle, all.end(),
                    [](const Session* a, const Session* b) { return a->number() < b->number(); });
  PageRoom room;
  for (auto each = all.begin(); each != middle && room.takes_one(); ++each) {
    page.sessions.push_back(described(call.hub, **each));
    room.took(event::Sessions{.sessions = {page.sessions.back()}});
  }
  page.more = all.size() > page.sessions.size();
  call.answer.reply(std::move(page));
}

void handler::disconnect(Call& call, const request::Disconnect& asked) {
  std::optional<protocol::Name> name;
  if (asked.name) {
    const auto parsed = protocol::parse_name(*asked.name);
    if (!parsed) return call.answer.fail(parsed.error());
    name = *parsed;
  }
  std::vector<std::shared_ptr<Session>> chosen;
  call.hub.each_session([&](Session& session) {
    const bool is_one =
        name ? session.is_welcome() && session.name() == *name : session.number() == asked.session;
    if (is_listed(session) && is_one) chosen.push_back(session.shared_from_this());
  });
  if (chosen.empty()) {
    return call.answer.fail(
        {Code::no_such_user, "nobody is here of that name or number; see the list of sessions"});
  }
  const auto reason = reason_in(call, asked.reason);
  if (!reason) return;
  for (const auto& each : chosen) {
    const auto* const account = call.hub.logins().account_of(each->person());
    if (account != nullptr && !outranks(call, *account)) return;
  }
  const auto done =
      deed(call.session, "disconnected by an operator", name ? name->shown : std::to_string(*asked.session));
  note(done);
  append_audit(call.session, done);
  call.answer.reply(event::Done{});
  for (const auto& each : chosen) {
    each->close({Code::kicked, reason->empty() ? "an operator has closed this connection" : *reason});
  }
}

// --- the daemon

void handler::reload(Call& call, const request::Reload& /*asked*/) {
  note(deed(call.session, "the configuration is to be read again", {}));
  done_by_daemon(call, call.hub.operations().reload);
}

void handler::set_log(Call& call, const request::Log& asked) {
  // At a level that is written whatever the log is set to.
  log::error("chat", "an operator sets the level of the log",
             {{"name", asked.level}, {"by", asker(call.session)}});
  done_by_daemon(call, call.hub.operations().set_log_level, asked.level);
}

}  // namespace hubbub::chat
