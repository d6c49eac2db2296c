#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/logins.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using accounts::Scope;
using protocol::Code;
namespace request = protocol::request;

/// What a session needs to give a command: `welcome` is an accepted `hello`, `voice` besides that the right
/// to speak, which guests may lack, and `account` that it is logged in.
/// `door`: what even those may do who are to log in first. `office`: that it is an operator's, or logged in
/// to an admin's account.
/// `order`: that it is an operator's, or logged in to an account of the server's moderators or admins.
/// `ruling`: as `welcome`, but operators need no hello: they rule over rooms without being there.
enum class Needs { office, order, ruling, account, voice, welcome, door, nothing };
/// The bucket from which a command takes a token: `message` for what others get to see, `query` for what the
/// server has to look up, or to make. `hash`: a query with a password that is to be hashed.
enum class Costs { message, query, hash, nothing };

struct Row {
  std::size_t index;  ///< of its request among request::Any
  Needs needs;
  Costs costs;
  Scope scope;
  void (*run)(Call& call, const request::Any& asked);
};

template <class Asked, std::size_t index = 0>
consteval std::size_t index_of() {
  if constexpr (std::is_same_v<Asked, std::variant_alternative_t<index, request::Variant>>) {
    return index;
  } else {
    return index_of<Asked, index + 1>();
  }
}

template <class Asked, void (*handler)(Call&, const Asked&)>
consteval Row row(Needs needs, Costs costs, Scope scope) {
  return {index_of<Asked>(), needs, costs, scope,
          [](Call& call, const request::Any& asked) { handler(call, std::get<Asked>(asked)); }};
}

constexpr std::array rows{
    row<request::Hello, handler::hello>(Needs::nothing, Costs::nothing, Scope::any),
    row<request::Rename, handler::rename>(Needs::welcome, Costs::message, Scope::account),
    row<request::Join, handler::join>(Needs::welcome, Costs::query, Scope::read),
    row<request::Leave, handler::leave>(Needs::welcome, Costs::message, Scope::read),
    row<request::Say, handler::say>(Needs::voice, Costs::message, Scope::say),
    row<request::Tell, handler::tell>(Needs::voice, Costs::message, Scope::say),
    row<request::Who, handler::who>(Needs::welcome, Costs::query, Scope::read),
    row<request::Rooms, handler::rooms>(Needs::ruling, Costs::query, Scope::read),
    row<request::Topic, handler::topic>(Needs::voice, Costs::message, Scope::say),
    row<request::History, handler::history>(Needs::welcome, Costs::query, Scope::read),
    row<request::Ping, handler::ping>(Needs::door, Costs::nothing, Scope::any),
    row<request::Pong, handler::pong>(Needs::nothing, Costs::nothing, Scope::any),
    row<request::Quit, handler::quit>(Needs::nothing, Costs::nothing, Scope::any),
    row<request::Register, handler::register_account>(Needs::welcome, Costs::hash, Scope::account),
    row<request::Login, handler::login>(Needs::door, Costs::hash, Scope::any),
    row<request::Logout, handler::logout>(Needs::account, Costs::message, Scope::any),
    row<request::Password, handler::password>(Needs::account, Costs::hash, Scope::account),
    row<request::Devices, handler::devices>(Needs::account, Costs::query, Scope::account),
    row<request::Revoke, handler::revoke>(Needs::account, Costs::query, Scope::account),
    row<request::Conversations, handler::conversations>(Needs::account, Costs::query, Scope::read),
    row<request::Read, handler::read>(Needs::account, Costs::query, Scope::read),
    row<request::Typing, handler::typing>(Needs::voice, Costs::query, Scope::say),
    row<request::Export, handler::export_own>(Needs::account, Costs::query, Scope::account),
    row<request::Erase, handler::erase>(Needs::account, Costs::hash, Scope::account),
    row<request::Status, handler::status>(Needs::office, Costs::nothing, Scope::admin),
    row<request::Accounts, handler::accounts>(Needs::office, Costs::nothing, Scope::admin),
    row<request::ShowAccount, handler::show_account>(Needs::office, Costs::nothing, Scope::admin),
    row<request::AddAccount, handler::add_account>(Needs::office, Costs::nothing, Scope::admin),
    row<request::ChangeAccount, handler::change_account>(Needs::office, Costs::nothing, Scope::admin),
    row<request::Suspend, handler::suspend>(Needs::order, Costs::nothing, Scope::moderate),
    row<request::Resume, handler::resume>(Needs::order, Costs::nothing, Scope::moderate),
    row<request::EraseAccount, handler::erase_account>(Needs::office, Costs::nothing, Scope::admin),
    row<request::ExportAccount, handler::export_account>(Needs::office, Costs::nothing, Scope::admin),
    row<request::MakeToken, handler::make_token>(Needs::office, Costs::nothing, Scope::admin),
    row<request::RevokeToken, handler::revoke_token>(Needs::office, Costs::nothing, Scope::admin),
    row<request::Invite, handler::invite>(Needs::ruling, Costs::message, Scope::moderate),
    row<request::Invites, handler::invites>(Needs::ruling, Costs::query, Scope::moderate),
    row<request::Uninvite, handler::uninvite>(Needs::ruling, Costs::message, Scope::moderate),
    row<request::Sessions, handler::sessions>(Needs::office, Costs::nothing, Scope::admin),
    row<request::Disconnect, handler::disconnect>(Needs::order, Costs::nothing, Scope::moderate),
    row<request::Reload, handler::reload>(Needs::office, Costs::nothing, Scope::admin),
    row<request::Log, handler::set_log>(Needs::office, Costs::nothing, Scope::admin),
    row<request::Room, handler::room>(Needs::ruling, Costs::query, Scope::read),
    row<request::Role, handler::role>(Needs::ruling, Costs::message, Scope::moderate),
    row<request::Close, handler::close_room>(Needs::ruling, Costs::message, Scope::moderate),
    row<request::Kick, handler::kick>(Needs::ruling, Costs::message, Scope::moderate),
    row<request::Ban, handler::ban>(Needs::ruling, Costs::message, Scope::moderate),
    row<request::Unban, handler::unban>(Needs::ruling, Costs::message, Scope::moderate),
    row<request::Bans, handler::bans>(Needs::ruling, Costs::query, Scope::moderate),
    row<request::Redeem, handler::redeem>(Needs::welcome, Costs::message, Scope::read),
    row<request::Edit, handler::edit>(Needs::voice, Costs::message, Scope::say),
    row<request::Delete, handler::delete_message>(Needs::voice, Costs::message, Scope::say),
    row<request::Report, handler::report>(Needs::welcome, Costs::message, Scope::say),
    row<request::Reports, handler::reports>(Needs::ruling, Costs::query, Scope::moderate),
    row<request::Resolve, handler::resolve>(Needs::ruling, Costs::message, Scope::moderate),
    row<request::Audit, handler::audit>(Needs::ruling, Costs::query, Scope::moderate),
    row<request::Announce, handler::announce>(Needs::order, Costs::message, Scope::moderate),
    row<request::Lockdown, handler::lockdown>(Needs::order, Costs::nothing, Scope::moderate),
    row<request::Webhook, handler::webhook>(Needs::ruling, Costs::message, Scope::moderate),
    row<request::Webhooks, handler::webhooks>(Needs::ruling, Costs::query, Scope::moderate),
    row<request::RevokeWebhook, handler::revoke_webhook>(Needs::ruling, Costs::message, Scope::moderate),
};

consteval bool each_request_has_its_row() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].index != i) return false;
  }
  return rows.size() == std::variant_size_v<request::Variant>;
}
static_assert(each_request_has_its_row());

/// The id of the message that the request brings, for the answer if it fails.
std::string_view id_of(const request::Any& asked) {
  if (const auto* say = std::get_if<request::Say>(&asked); say != nullptr && say->id) return *say->id;
  if (const auto* tell = std::get_if<request::Tell>(&asked); tell != nullptr && tell->id) return *tell->id;
  return {};
}

/// How many tokens a query takes. A search in all rooms takes one for each room: it reads as often as
/// separate searches, and keeps other queries waiting as long.
std::size_t queries_in(const Session& session, const request::Any& asked) {
  const auto* history = std::get_if<request::History>(&asked);
  return history != nullptr ? std::max<std::size_t>(handler::rooms_read(session, *history), 1) : 1;
}

/// Takes the tokens of a command; false when they have been refused.
bool spend(Call& call, const Row& row, const request::Any& asked) {
  const auto& settings = call.hub.settings();
  const auto now = call.hub.now().steady;
  std::optional<Pace::Excess> excess;
  if (row.costs == Costs::message) excess = call.session.pace().spend(settings, now);
  if (row.costs == Costs::query || row.costs == Costs::hash) {
    excess = call.session.pace().spend_queries(settings, now, queries_in(call.session, asked));
  }
  if (!excess) return true;
  call.hub.log_book().too_fast(call.session, "refused", excess->limit, now);
  if (row.costs == Costs::hash) call.session.rest_a_while();
  if (excess->is_flood) {
    call.session.close({Code::flooding, "you have kept sending far more than is allowed here"},
                       call.answer.ref(), to_string(Code::flooding));
  } else {
    call.answer.fail({Code::rate_limited,
                      "too much at once; try again in " + std::to_string(excess->wait.count()) + " ms"},
                     excess->wait);
  }
  return false;
}

std::optional<protocol::Error> lack_of_rank(const Session& session, Hub& hub, Rank needed) {
  if (hub.moderation().server_rank(session) >= needed) return std::nullopt;
  if (needed == Rank::moderator) {
    return protocol::Error{Code::denied,
                           "that is for the moderators and admins of this server, and for operators "
                           "(`hubbubd ctl`)"};
  }
  return protocol::Error{Code::denied,
                         "that is for operators: with `hubbubd ctl`, or with an account that is an admin's"};
}

/// Why the session may not give a command that needs that.
std::optional<protocol::Error> lack(const Session& session, Hub& hub, Needs needs) {
  const bool is_for_operators = needs == Needs::office || needs == Needs::order || needs == Needs::ruling;
  if (needs == Needs::nothing || (is_for_operators && session.is_operator())) return std::nullopt;
  if (!session.is_welcome())
    return protocol::Error{Code::hello_required, "say hello first: {\"type\":\"hello\",\"version\":1}"};
  if (needs == Needs::office) return lack_of_rank(session, hub, Rank::admin);
  if (needs == Needs::order) return lack_of_rank(session, hub, Rank::moderator);
  if (needs == Needs::door || !session.is_guest()) return std::nullopt;
  if (hub.logins().registry().settings().guests == accounts::Settings::Guests::none) {
    return protocol::Error{Code::login_required,
                           "this server is for those who have an account; log in to yours"};
  }
  if (needs == Needs::welcome || needs == Needs::ruling) return std::nullopt;
  if (needs == Needs::account)
    return protocol::Error{Code::login_required, "that is for accounts; log in first, or register one"};
  return hub.logins().why_silent();
}

/// What it needs of a token that does not allow everything.
Scope scope_of(const Row& row, const request::Any& asked) {
  if (const auto* const room = std::get_if<request::Room>(&asked))
    return room->set ? Scope::moderate : row.scope;
  // Those to the server are its operators' matter.
  const auto* const invite = std::get_if<request::Invite>(&asked);
  const auto* const invites = std::get_if<request::Invites>(&asked);
  const bool is_of_server = (invite != nullptr && !invite->room) || (invites != nullptr && !invites->room);
  return is_of_server ? Scope::admin : row.scope;
}

/// Why the token that the session is logged in with does not allow that.
std::optional<protocol::Error> beyond_scopes(const Session& session, const Row& row,
                                             const request::Any& asked) {
  const auto scopes = session.scopes();
  if (scopes.is_all()) return std::nullopt;
  const auto needed = scope_of(row, asked);
  if (scopes.has(needed)) return std::nullopt;
  return protocol::Error{Code::denied, "the token that this program is logged in with is for \"" +
                                           scopes.text() + "\" alone, and that needs \"" +
                                           std::string(to_string(needed)) +
                                           "\"; an operator makes another one"};
}

/// Null if it is no request of type `Body`.
template <class Body>
const Body* asks(const protocol::DecodedRequest& decoded) {
  const auto* asked = std::get_if<protocol::Request>(&decoded);
  return asked != nullptr ? std::get_if<Body>(&asked->body) : nullptr;
}

/// Whether the request's row needs what those who run a room or the server are.
bool is_ruling_request(const protocol::DecodedRequest& decoded) {
  const auto* const asked = std::get_if<protocol::Request>(&decoded);
  if (asked == nullptr) return false;
  const auto& row = rows.at(asked->body.index());
  return row.needs == Needs::ruling || row.needs == Needs::order ||
         std::holds_alternative<request::Redeem>(asked->body);
}

/// The key of the room that a request is about, or of the server.
std::string place_asked(const request::Any& body, Session& session) {
  const auto of_room = [&session](const std::string& name) {
    if (const auto room = session.stays().find(name)) return room->key();
    const auto parsed = protocol::parse_room(name);
    return parsed ? parsed->key : std::string(journal::server_key);
  };
  return std::visit(
      [&](const auto& asked) -> std::string {
        if constexpr (requires { asked.room.has_value(); }) {
          if (asked.room) return of_room(*asked.room);
        } else if constexpr (requires { asked.room.size(); }) {
          return of_room(asked.room);
        } else if constexpr (requires {
                               { asked.id } -> std::same_as<const std::uint64_t&>;
                             }) {
          if (const auto found = session.hub().moderation().find(asked.id)) return found->place.key;
        }
        return std::string(journal::server_key);
      },
      body);
}

}  // namespace

std::optional<protocol::Error> lack_of_office(const Call& call) {
  return lack_of_rank(call.session, call.hub, Rank::admin);
}

std::optional<journal::Parties> Session::kept(const request::Tell& tell) const {
  if (is_guest()) return std::nullopt;
  auto parties = hub_.conversations().parties(*this, tell.to);
  if (!parties || !tell.id) return parties;
  // What was said to a guest of that name has nothing to do with the account that has it now.
  const auto to = protocol::parse_name(tell.to);
  return to && hub_.tells().is_known(name(), *to, *tell.id) ? std::nullopt : parties;
}

/// While something is being ruled, whom it may be about does nothing that it may forbid: so nothing comes
/// behind the ruling that it forbids.
bool Session::waits_for_ruling(const protocol::DecodedRequest& decoded) {
  auto& in_flight = hub_.in_flight();
  if (!in_flight.is_ruling_anywhere()) return false;
  const auto* const asked = std::get_if<protocol::Request>(&decoded);
  const bool may_wait = asks<request::Say>(decoded) != nullptr || asks<request::Topic>(decoded) != nullptr ||
                        is_ruling_request(decoded);
  const bool waits = may_wait && in_flight.is_ruling(place_asked(asked->body, *this));
  if (waits) in_flight.wait(*this);
  return waits;
}

bool Session::may_handle(const protocol::DecodedRequest& decoded,
                         const std::optional<journal::Parties>& conversation) {
  if (delivery_.is_behind()) return false;
  const auto* const say = asks<request::Say>(decoded);
  const auto* const tell = asks<request::Tell>(decoded);
  if (answers_.any() && (say != nullptr || conversation)) {
    const auto feed = say != nullptr ? std::shared_ptr<Feed>(stays_.find(say->room))
                                     : hub_.conversations().of(*conversation);
    // The lines of messages in flight must fit into what the client may leave unread.
    if (!answers_.take_message(feed.get()) || !delivery_.takes(answers_.bytes())) return false;
  } else if (answers_.any()) {
    if (tell == nullptr || !answers_.take_tell()) return false;
  }
  if (waits_for_ruling(decoded)) return false;
  const bool is_noted =
      !is_guest() && (asks<request::Read>(decoded) != nullptr || asks<request::Join>(decoded) != nullptr ||
                      asks<request::Leave>(decoded) != nullptr);
  // Where several nodes share a log, it is told there who comes, goes, and is called what.
  const bool is_presence =
      hub_.directory().shares_rooms() &&
      (tell != nullptr || asks<request::Hello>(decoded) != nullptr ||
       asks<request::Rename>(decoded) != nullptr || asks<request::Join>(decoded) != nullptr ||
       asks<request::Leave>(decoded) != nullptr || asks<request::Login>(decoded) != nullptr ||
       asks<request::Logout>(decoded) != nullptr);
  const bool appends = say != nullptr || conversation || is_noted || is_presence ||
                       asks<request::Topic>(decoded) != nullptr || is_ruling_request(decoded);
  const bool speaks = say != nullptr || conversation || is_noted || tell != nullptr ||
                      asks<request::Topic>(decoded) != nullptr || is_ruling_request(decoded);
  if (speaks && person_->is_silent()) return false;
  return !appends || !hub_.in_flight().must_wait(*this);
}

/// Finds the command's row, checks what every command needs (to be welcome, tokens of the rate limit), and
/// calls its handler.
bool Session::handle(const protocol::DecodedRequest& decoded) {
  if (is_closed()) return true;
  const auto* const tell = asks<request::Tell>(decoded);
  const auto conversation = tell != nullptr ? kept(*tell) : std::nullopt;
  if (!may_handle(decoded, conversation)) {
    refused_ = true;
    return false;
  }
  const auto self = shared_from_this();  // a command may end the session
  if (const auto* bad = std::get_if<protocol::BadRequest>(&decoded)) {
    Answer(self, bad->ref, bad->id).fail(bad->error);
    return true;
  }
  answers_.begins(tell != nullptr && !conversation);
  const auto& [asked, ref] = std::get<protocol::Request>(decoded);
  const auto& row = rows[asked.index()];
  Call call{.session = *this, .hub = hub_, .answer = Answer(self, ref, id_of(asked))};
  if (const auto why = lack(*this, hub_, row.needs)) {
    call.answer.fail(*why);
  } else if (const auto beyond = beyond_scopes(*this, row, asked)) {
    call.answer.fail(*beyond);
  } else if (spend(call, row, asked)) {
    row.run(call, asked);
  }
  return true;
}

void once_current(Answer&& answer, std::function<void(Answer& answer)> then) {
  auto& directory = answer.session().hub().directory();
  directory.when_current(answering(
      std::move(answer), [then = std::move(then)](Answer& held, bool /*is_current*/) { then(held); }));
}

Call call_of(Answer&& answer) {
  auto& session = answer.session();
  return {.session = session, .hub = session.hub(), .answer = std::move(answer)};
}

std::shared_ptr<Room> joined_room(Call& call, const std::string& name, std::string_view remedy) {
  if (auto room = call.session.stays().find(name)) return room;
  if (const auto parsed = protocol::parse_room(name); !parsed) {
    call.answer.fail(parsed.error());
  } else {
    call.answer.fail({Code::not_joined, "you are not in " + parsed->shown + std::string(remedy)});
  }
  return nullptr;
}

}  // namespace hubbub::chat
