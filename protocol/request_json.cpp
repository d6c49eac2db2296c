// Requests as lines of JSON, and back.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "protocol/json.hpp"
#include "protocol/json_fields.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/limits.hpp"
#include "protocol/moderation_request_fields.hpp"
#include "protocol/text.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::protocol {
namespace {

using Type = JsonFields::Type;
using Value = JsonFields::Value;

/// Whether a value is a valid `id` or `ref`.
bool is_identifier(const Value& value) {
  std::string_view text = value.string;
  if (value.type != Type::string || text.empty() || text.size() > id_bytes) return false;
  for (; !text.empty(); text.remove_prefix(front_code_point(text).bytes))
    if (is_control(front_code_point(text).value)) return false;
  return true;
}

/// The `id` or `ref` of a line that may be faulty; empty: not valid.
std::string identifier_or_nothing(const Value& value) {
  return is_identifier(value) ? std::string(value.string) : std::string();
}

/// Reads the fields of one request, and keeps the first complaint. Members for fields that may be left out
/// are optionals or flags.
class RequestReader {
 public:
  RequestReader(std::string_view request, const JsonFields& fields) : request_(request), fields_(fields) {}

  void field(std::string_view name, std::string& into) {
    into = needed(name, Type::string, "a string").string;
  }
  void field(std::string_view name, std::uint64_t& into) {
    into = needed(name, Type::whole_number, whole_number).whole_number;
  }
  void field(std::string_view name, std::optional<bool>& into) {
    const Value value = given(name, Type::boolean, "true or false");
    if (value.type != Type::null) into = value.boolean;
  }
  /// An object in the line, if it is there.
  template <class Inner, class Fields>
  void object_if_any(std::string_view name, std::optional<Inner>& into, Fields fields_of_it) {
    if (given(name, Type::nested, "an object").type == Type::null) return;
    const std::string before = std::exchange(outer_, outer_ + std::string(name) + '.');
    fields_of_it(*this, into.emplace());
    outer_ = before;
  }
  void field(std::string_view name, std::optional<std::string>& into) {
    const Value value = given(name, Type::string, "a string");
    if (value.type != Type::null) into = value.string;
  }
  void field(std::string_view name, std::optional<std::uint64_t>& into) {
    const Value value = given(name, Type::whole_number, whole_number);
    if (value.type != Type::null) into = value.whole_number;
  }
  void field_if_any(std::string_view name, bool& into) {
    into = given(name, Type::boolean, "true or false").boolean;
  }
  void identifier(std::string_view name, std::optional<std::string>& into) {
    constexpr std::string_view kind = "a string of 1 to 64 bytes without controls";
    const Value value = given(name, Type::string, kind);
    if (value.type == Type::null) return;
    if (!is_identifier(value)) reject(name, kind);
    into = value.string;
  }

  void complain(std::string sentence) {
    if (complaint_.empty()) complaint_ = std::move(sentence);
  }
  const std::string& complaint() const { return complaint_; }

 private:
  static constexpr std::string_view whole_number = "a whole number from 0 to 2^53";

  Value needed(std::string_view name, Type type, std::string_view kind) {
    Value value = value_of(name);
    if (value.type != type)
      complain(std::string(request_).append(" needs a \"").append(name).append("\" that is ").append(kind));
    return value;
  }

  /// null: it was left out.
  Value given(std::string_view name, Type type, std::string_view kind) {
    Value value = value_of(name);
    if (value.type != type && value.type != Type::null) reject(name, kind);
    return value;
  }

  Value value_of(std::string_view name) const {
    return outer_.empty() ? fields_[name] : fields_[outer_ + std::string(name)];
  }

  void reject(std::string_view name, std::string_view kind) {
    std::string sentence("the \"");
    sentence.append(name).append("\" of ").append(request_).append(" must be ").append(kind);
    complain(std::move(sentence));
  }

  std::string_view request_;
  const JsonFields& fields_;
  std::string complaint_;
  std::string outer_;  ///< "set." within an object of that name
};

/// Writes a request, by the same lists of fields; absent values are left out.
struct RequestWriter : JsonWriter {
  using JsonWriter::JsonWriter;
  void identifier(std::string_view name, const std::optional<std::string>& value) { field(name, value); }
  template <class Inner, class Fields>
  void object_if_any(std::string_view name, const std::optional<Inner>& value, Fields fields_of_it) {
    if (!value) return;
    begin_object(name);
    fields_of_it(*this, *value);
    end_object();
  }
};

/// What must hold of a request that is read; `sentence`: the complaint. Of one that is written it does.
void demand(RequestReader& in, bool holds, std::string_view sentence) {
  if (!holds) in.complain(std::string(sentence));
}
void demand(RequestWriter&, bool, std::string_view) {}

// The fields of each request, in the order in which they are written and complained of.

void fields(auto& io, Of<request::Hello> auto& hello) {
  io.field("version", hello.version);
  io.field("name", hello.name);
  io.field("account", hello.account);
  io.field("password", hello.password);
  io.field("token", hello.token);
  io.field("client", hello.client);
  io.field("invite", hello.invite);
  io.field("device", hello.device);
}

void fields(auto& io, Of<request::Rename> auto& rename) { io.field("name", rename.name); }

void fields(auto& io, Of<request::Join> auto& join) {
  io.field("room", join.room);
  io.field("since", join.since);
  io.field("epoch", join.epoch);
  io.field("replay", join.replay);
  io.field("key", join.key);
}

void fields(auto& io, Of<request::Leave> auto& leave) { io.field("room", leave.room); }

void fields(auto& io, Of<request::Say> auto& say) {
  io.field("room", say.room);
  io.field("text", say.text);
  io.identifier("id", say.id);
  io.field_if_any("action", say.action);
}

void fields(auto& io, Of<request::Tell> auto& tell) {
  io.field("to", tell.to);
  io.field("text", tell.text);
  io.identifier("id", tell.id);
}

void fields(auto& io, Of<request::Who> auto& who) {
  io.field("room", who.room);
  io.field("after", who.after);
}

void fields(auto& io, Of<request::Rooms> auto& rooms) { io.field("after", rooms.after); }

void fields(auto& io, Of<request::Topic> auto& topic) {
  io.field("room", topic.room);
  io.field("text", topic.text);
}

void fields(RequestWriter& out, const request::History& history) {
  out.field_if_any("room", history.room);
  out.field("with", history.with);
  out.field("before", history.before);
  out.field("after", history.after);
  out.field("limit", history.limit);
  out.field("search", history.search);
  out.field("from", history.from);
  out.field_if_any("count", history.count);
}

/// `room` may be missing where `with`, `search` or `from` is given.
void fields(RequestReader& in, request::History& history) {
  in.field("with", history.with);
  in.field("search", history.search);
  in.field("from", history.from);
  std::optional<std::string> room;
  history.with || history.search || history.from ? in.field("room", room) : in.field("room", room.emplace());
  if (history.with && room) in.complain(R"(history takes a "room" or a "with", not both)");
  history.room = std::move(room).value_or("");
  in.field("before", history.before);
  in.field("after", history.after);
  in.field("limit", history.limit);
  in.field_if_any("count", history.count);
  if (history.before && history.after) in.complain(R"(history takes "before" or "after", not both)");
  if (history.limit == 0U) in.complain("the \"limit\" of history must be 1 or more");
}

void fields(auto&, Of<request::Ping> auto&) {}
void fields(auto&, Of<request::Pong> auto&) {}
void fields(auto& io, Of<request::Quit> auto& quit) { io.field("text", quit.text); }

void fields(auto& io, Of<request::Register> auto& asked) {
  io.field("password", asked.password);
  io.field("invite", asked.invite);
  io.field("device", asked.device);
  io.field_if_any("once", asked.once);
}

void fields(auto& io, Of<request::Login> auto& login) {
  io.field("account", login.account);
  io.field("password", login.password);
  io.field("token", login.token);
  io.field("device", login.device);
  io.field_if_any("once", login.once);
  demand(io, login.password.has_value() != login.token.has_value(),
         R"(login takes a "password" or a "token", one of them)");
}

void fields(auto&, Of<request::Logout> auto&) {}

void fields(auto& io, Of<request::Password> auto& password) {
  io.field("old", password.before);
  io.field("new", password.after);
}

void fields(auto&, Of<request::Devices> auto&) {}

void fields(auto& io, Of<request::Revoke> auto& revoke) {
  io.field("id", revoke.id);
  io.field_if_any("others", revoke.others);
  demand(io, revoke.id.has_value() != revoke.others,
         R"(revoke takes the "id" of a device, or "others" that is true)");
}

void fields(auto& io, Of<request::Conversations> auto& asked) {
  io.field("after", asked.after);
  io.field("before", asked.before);
  demand(io, !asked.after || !asked.before, R"(conversations takes "after" or "before", not both)");
}

void fields(auto& io, Of<request::Read> auto& read) {
  io.field("room", read.room);
  io.field("with", read.with);
  io.field("seq", read.seq);
  demand(io, read.room.has_value() != read.with.has_value(),
         R"(read takes a "room" or a "with", one of them)");
}

void fields(auto& io, Of<request::Typing> auto& typing) {
  io.field("room", typing.room);
  io.field("with", typing.with);
  io.field("state", typing.state);
  demand(io, typing.room.has_value() != typing.with.has_value(),
         R"(typing takes a "room" or a "with", one of them)");
  demand(io, is_one_of(typing.state, {"active", "paused", "done"}),
         R"(the "state" of typing must be "active", "paused" or "done")");
}

void fields(auto& io, Of<request::Export> auto& asked) { io.field("next", asked.next); }

void fields(auto& io, Of<request::Erase> auto& asked) {
  io.field("password", asked.password);
  io.field("messages", asked.messages);
  demand(io, is_one_of(asked.messages.value_or("keep"), {"keep", "delete"}),
         R"(the "messages" of erase must be "keep" or "delete")");
}

// What operators ask for.

/// Spans of time and counts.
void positive(auto& io, std::string_view name, const std::optional<std::uint64_t>& asked) {
  demand(io, asked != 0U, "the \"" + std::string(name) + "\" must be 1 or more");
}

void fields(auto&, Of<request::Status> auto&) {}
void fields(auto& io, Of<request::Accounts> auto& asked) { io.field("after", asked.after); }
void fields(auto& io, Of<request::ShowAccount> auto& asked) { io.field("name", asked.name); }

void fields(auto& io, Of<request::AddAccount> auto& asked) {
  io.field("name", asked.name);
  io.field("password", asked.password);
  io.field("role", asked.role);
  demand(io, is_one_of(asked.role.value_or("admin"), {"moderator", "admin"}),
         R"(the "role" must be "moderator" or "admin")");
}

void fields(auto& io, Of<request::ChangeAccount> auto& asked) {
  io.field("name", asked.name);
  io.field("rename", asked.rename);
  io.field("password", asked.password);
  io.field("role", asked.role);
  demand(io, is_one_of(asked.role.value_or("none"), {"none", "moderator", "admin"}),
         R"(the "role" must be "none", "moderator" or "admin")");
  demand(io, asked.rename.has_value() + asked.password.has_value() + asked.role.has_value() == 1,
         R"(account_set takes a "rename", a "password" or a "role", one of them)");
}

void fields(auto& io, Of<request::Suspend> auto& asked) {
  io.field("account", asked.account);
  io.field("for", asked.for_ms);
  positive(io, "for", asked.for_ms);
  io.field("reason", asked.reason);
}

void fields(auto& io, Of<request::Resume> auto& asked) { io.field("account", asked.account); }
void fields(auto& io, Of<request::EraseAccount> auto& asked) { io.field("name", asked.name); }

void fields(auto& io, Of<request::ExportAccount> auto& asked) {
  io.field("name", asked.name);
  io.field("next", asked.next);
}

void fields(auto& io, Of<request::MakeToken> auto& asked) {
  io.field("account", asked.account);
  io.field("device", asked.device);
  io.field("scopes", asked.scopes);
}

void fields(auto& io, Of<request::RevokeToken> auto& asked) {
  io.field("account", asked.account);
  io.field("id", asked.id);
  io.field_if_any("all", asked.all);
  demand(io, asked.id.has_value() != asked.all,
         R"(token_revoke takes the "id" of a device, or "all" that is true)");
}

void fields(auto& io, Of<request::Invite> auto& asked) {
  io.field("room", asked.room);
  io.field("name", asked.name);
  io.field("role", asked.role);
  demand(io, is_one_of(asked.role.value_or("voice"), {"moderator", "voice"}),
         R"(the "role" of an invitation must be "moderator" or "voice")");
  demand(io, asked.room || (!asked.name && !asked.role),
         R"(an invitation of a person, or with a role, needs a "room")");
  io.field("uses", asked.uses);
  positive(io, "uses", asked.uses);
  io.field("for", asked.for_ms);
  positive(io, "for", asked.for_ms);
}

void fields(auto& io, Of<request::Invites> auto& asked) {
  io.field("room", asked.room);
  io.field("after", asked.after);
}
void fields(auto& io, Of<request::Uninvite> auto& asked) { io.field("id", asked.id); }
void fields(auto& io, Of<request::Sessions> auto& asked) { io.field("after", asked.after); }

void fields(auto& io, Of<request::Disconnect> auto& asked) {
  io.field("name", asked.name);
  io.field("session", asked.session);
  demand(io, asked.name.has_value() != asked.session.has_value(),
         R"(disconnect takes a "name" or a "session", one of them)");
  io.field("reason", asked.reason);
}

void fields(auto&, Of<request::Reload> auto&) {}
void fields(auto& io, Of<request::Log> auto& asked) { io.field("level", asked.level); }

/// In the order of request::Any.
constexpr std::array<std::string_view, std::variant_size_v<request::Variant>> request_types = {
    "hello",         "rename",        "join",           "leave",       "say",          "tell",
    "who",           "rooms",         "topic",          "history",     "ping",         "pong",
    "quit",          "register",      "login",          "logout",      "password",     "devices",
    "revoke",        "conversations", "read",           "typing",      "export",       "erase",
    "status",        "accounts",      "account",        "account_add", "account_set",  "suspend",
    "resume",        "account_erase", "account_export", "token_make",  "token_revoke", "invite",
    "invites",       "uninvite",      "sessions",       "disconnect",  "reload",       "log",
    "room",          "role",          "close",          "kick",        "ban",          "unban",
    "bans",          "redeem",        "edit",           "delete",      "report",       "reports",
    "resolve",       "audit",         "announce",       "lockdown",    "webhook",      "webhooks",
    "webhook_revoke"};

/// An unknown type, cut short and made safe for a sentence.
std::string shortened(std::string_view type) {
  constexpr std::size_t enough = 40;
  std::string shown = for_terminal(prefix(type, enough));
  if (type.size() > enough) shown += "…";
  return shown;
}

/// The request's body: everything but the `ref`.
Result<request::Any> read_body(const JsonFields& fields) {
  const Value type = fields["type"];
  if (type.type != Type::string)
    return Error{Code::bad_request, "every request needs a \"type\" that is a string"};
  const auto at =
      static_cast<std::size_t>(std::ranges::find(request_types, type.string) - request_types.begin());
  if (at == request_types.size())
    return Error{Code::unknown_type, "there is no request of type \"" + shortened(type.string) + "\""};
  RequestReader reader(request_types.at(at), fields);
  std::optional<std::string> ref;
  reader.identifier("ref", ref);
  request::Any body = readers_of<request::Any, RequestReader>.at(at)(reader);
  if (!reader.complaint().empty()) return Error{Code::bad_request, reader.complaint()};
  return body;
}

}  // namespace

DecodedRequest decode_request(std::string_view line) {
  if (!is_utf8(line)) return BadRequest{{Code::bad_utf8, "the line is not valid UTF-8"}, {}, {}};
  thread_local JsonFields fields;
  if (!fields.read(line)) {
    std::string why = "every line must be one JSON object, but this one " + fields.problem();
    return BadRequest{{Code::bad_json, std::move(why)}, {}, {}};
  }
  std::string ref = identifier_or_nothing(fields["ref"]);
  Result<request::Any> body = read_body(fields);
  if (!body) return BadRequest{body.error(), std::move(ref), identifier_or_nothing(fields["id"])};
  return Request{*std::move(body), std::move(ref)};
}

void encode(const Request& request, std::string& out) {
  RequestWriter json(out, request_types.at(request.body.index()));
  std::visit([&json](const auto& body) { fields(json, body); }, request.body);
  json.field_if_any("ref", request.ref);
  json.end_line();
}

}  // namespace hubbub::protocol
