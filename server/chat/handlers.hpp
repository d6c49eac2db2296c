#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/request.hpp"
#include "server/chat/answer.hpp"
#include "server/journal/conversation.hpp"

namespace hubbub::chat {

class Hub;
class Room;
class Session;

/// What a handler works on: the session that asks, and the right to answer. A handler that answers later
/// moves `answer` on.
struct Call {
  Session& session;
  Hub& hub;
  Answer answer;
};

/// The room of that name if the session is in it; else answers with the error and `remedy`, and returns null.
std::shared_ptr<Room> joined_room(Call& call, const std::string& name,
                                  std::string_view remedy = "; join it first");

/// The conversation of the session's account with that name; else answers with the error.
std::optional<journal::Parties> conversation_with(Call& call, const std::string& name);

/// Goes on when this server knows what any node of its cluster had done when it was asked, as far as that can
/// be known: for what may have been changed or given out on another one just now.
void once_current(Answer&& answer, std::function<void(Answer& answer)> then);
/// The call that the answer is of.
Call call_of(Answer&& answer);

/// Why it may not do what operators may; nothing: it may.
std::optional<protocol::Error> lack_of_office(const Call& call);

// One handler for each row of the table in commands.cpp, each after its request.
namespace handler {

namespace request = protocol::request;

// sessions.cpp
void hello(Call& call, const request::Hello& asked);
void rename(Call& call, const request::Rename& asked);
void ping(Call& call, const request::Ping& asked);
void pong(Call& call, const request::Pong& asked);
void quit(Call& call, const request::Quit& asked);

// account_handlers.cpp
void register_account(Call& call, const request::Register& asked);
void login(Call& call, const request::Login& asked);
void logout(Call& call, const request::Logout& asked);
void password(Call& call, const request::Password& asked);
void devices(Call& call, const request::Devices& asked);
void revoke(Call& call, const request::Revoke& asked);

// in_flight.cpp
void say(Call& call, const request::Say& asked);
void topic(Call& call, const request::Topic& asked);

// tells.cpp
void tell(Call& call, const request::Tell& asked);

// conversations.cpp
void conversations(Call& call, const request::Conversations& asked);
void read(Call& call, const request::Read& asked);

// typing.cpp
void typing(Call& call, const request::Typing& asked);

// places.cpp
void join(Call& call, const request::Join& asked);
void leave(Call& call, const request::Leave& asked);
void who(Call& call, const request::Who& asked);
void rooms(Call& call, const request::Rooms& asked);
void history(Call& call, const request::History& asked);
/// How many rooms the request reads, for the limit of queries.
std::size_t rooms_read(const Session& session, const request::History& asked);

// export.cpp
void export_own(Call& call, const request::Export& asked);
void export_account(Call& call, const request::ExportAccount& asked);
void erase(Call& call, const request::Erase& asked);

// operator_handlers.cpp
void status(Call& call, const request::Status& asked);
void accounts(Call& call, const request::Accounts& asked);
void show_account(Call& call, const request::ShowAccount& asked);
void add_account(Call& call, const request::AddAccount& asked);
void change_account(Call& call, const request::ChangeAccount& asked);
void suspend(Call& call, const request::Suspend& asked);
void resume(Call& call, const request::Resume& asked);
void erase_account(Call& call, const request::EraseAccount& asked);
void make_token(Call& call, const request::MakeToken& asked);
void revoke_token(Call& call, const request::RevokeToken& asked);
void sessions(Call& call, const request::Sessions& asked);
void disconnect(Call& call, const request::Disconnect& asked);
void reload(Call& call, const request::Reload& asked);
void set_log(Call& call, const request::Log& asked);

// room_handlers.cpp
void room(Call& call, const request::Room& asked);
void role(Call& call, const request::Role& asked);
void close_room(Call& call, const request::Close& asked);
void kick(Call& call, const request::Kick& asked);

// ban_handlers.cpp
void ban(Call& call, const request::Ban& asked);
void unban(Call& call, const request::Unban& asked);
void bans(Call& call, const request::Bans& asked);

// invite_handlers.cpp
void invite(Call& call, const request::Invite& asked);
void invites(Call& call, const request::Invites& asked);
void uninvite(Call& call, const request::Uninvite& asked);
void redeem(Call& call, const request::Redeem& asked);

// change_handlers.cpp
void edit(Call& call, const request::Edit& asked);
void delete_message(Call& call, const request::Delete& asked);

// report_handlers.cpp
void report(Call& call, const request::Report& asked);
void reports(Call& call, const request::Reports& asked);
void resolve(Call& call, const request::Resolve& asked);
void audit(Call& call, const request::Audit& asked);

// order_handlers.cpp
void announce(Call& call, const request::Announce& asked);
void lockdown(Call& call, const request::Lockdown& asked);

// webhook_handlers.cpp
void webhook(Call& call, const request::Webhook& asked);
void webhooks(Call& call, const request::Webhooks& asked);
void revoke_webhook(Call& call, const request::RevokeWebhook& asked);

}  // namespace handler
}  // namespace hubbub::chat
