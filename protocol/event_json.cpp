// Events as lines of JSON, and back.
#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "protocol/json.hpp"
#include "protocol/json_fields.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/limits.hpp"
#include "protocol/moderation_event_fields.hpp"

namespace hubbub::protocol {
namespace {

namespace json = boost::json;

/// Reads an object leniently: a field that is missing or of another type leaves its member unchanged.
class Reader {
 public:
  explicit Reader(const json::value& value) : object_(value.if_object()) {}

  void field(std::string_view name, std::string& into) const {
    if (const auto* const text = value(name).if_string()) into.assign(text->data(), text->size());
  }

  void field(std::string_view name, std::uint64_t& into) const {
    const json::value& found = value(name);
    const double number = number_in(found, -1);
    if (number < 0 || number > static_cast<double>(max_integer)) return;
    into =
        found.is_int64() ? static_cast<std::uint64_t>(found.get_int64()) : static_cast<std::uint64_t>(number);
  }

  void field(std::string_view name, std::optional<std::uint64_t>& into) const {
    constexpr std::uint64_t none = max_integer + 1;
    std::uint64_t number = none;
    field(name, number);
    if (number != none) into = number;
  }

  void field(std::string_view name, double& into) const { into = number_in(value(name), into); }

  void field(std::string_view name, bool& into) const {
    if (const auto* const flag = value(name).if_bool()) into = *flag;
  }

  void field(std::string_view name, std::optional<bool>& into) const {
    if (const auto* const flag = value(name).if_bool()) into = *flag;
  }

  void field(std::string_view name, std::optional<std::string>& into) const {
    if (const auto* const text = value(name).if_string()) into.emplace(text->data(), text->size());
  }

  void field(std::string_view name, Timestamp& into) const {
    std::string text;
    field(name, text);
    into = timestamp_from(text).value_or(into);
  }

  void field(std::string_view name, std::optional<Timestamp>& into) const {
    std::string text;
    field(name, text);
    if (const auto time = timestamp_from(text)) into = time;
  }

  /// The elements of an array; an element of another type becomes an empty one.
  template <class Item>
  void field(std::string_view name, std::vector<Item>& into) const {
    const auto* const array = value(name).if_array();
    if (array == nullptr) return;
    into.reserve(array->size());
    for (const json::value& element : *array) read(element, into.emplace_back());
  }

  template <class Kind>
  void field_if_any(std::string_view name, Kind& into) const {
    field(name, into);
  }

  template <class Fields>
  void object(std::string_view name, Fields fields_of_it) const {
    fields_of_it(Reader(value(name)));
  }

  /// An unknown code, which a newer server may send, is appended to the sentence.
  void error(Error& into, Code otherwise) const {
    std::string name;
    field("code", name);
    field("text", into.text);
    const std::optional<Code> code = code_from(name);
    if (!code && !name.empty()) into.text += " (" + name + ")";
    into.code = code.value_or(otherwise);
  }

 private:
  const json::value& value(std::string_view name) const {
    static const json::value nothing;
    const json::value* const found =
        object_ != nullptr ? object_->if_contains(json::string_view(name.data(), name.size())) : nullptr;
    return found != nullptr ? *found : nothing;
  }

  static double number_in(const json::value& value, double otherwise) {
    boost::system::error_code error;
    const double number = value.is_number() ? value.to_number<double>(error) : otherwise;
    return error ? otherwise : number;
  }

  static void read(const json::value& element, std::uint64_t& into) {
    const double number = number_in(element, 0);
    if (number > 0 && number <= static_cast<double>(max_integer)) into = static_cast<std::uint64_t>(number);
  }
  static void read(const json::value& element, event::Changed& into) {
    const Reader in(element);
    std::string type;
    in.field("type", type);
    if (type == "deleted") into.emplace<event::Deleted>();
    std::visit([&in](auto& change) { fields(in, change); }, into);
  }
  static void read(const json::value& element, std::string& into) {
    if (const auto* const text = element.if_string()) into.assign(text->data(), text->size());
  }
  template <class Struct>
  static void read(const json::value& element, Struct& into) {
    const Reader in(element);
    fields(in, into);
  }

  const json::object* object_;
};

/// Writes an object, by the same lists of fields.
class Writer : public JsonWriter {
 public:
  using JsonWriter::field;
  using JsonWriter::field_if_any;
  using JsonWriter::JsonWriter;

  template <class Item>
  void field(std::string_view name, const std::vector<Item>& items) {
    begin_array(name);
    for (const Item& item : items) write(item);
    end_array();
  }
  template <class Item>
  void field_if_any(std::string_view name, const std::vector<Item>& items) {
    if (!items.empty()) field(name, items);
  }

  template <class Fields>
  void object(std::string_view name, Fields fields_of_it) {
    begin_object(name);
    fields_of_it(*this);
    end_object();
  }

  void error(const Error& error, Code /*otherwise*/) {
    field("code", to_string(error.code));
    field("text", error.text);
  }

 private:
  void write(const std::string& text) { element(text); }
  void write(std::uint64_t number) { element(number); }
  void write(const event::Changed& change) {
    begin_element();
    field("type", std::string_view(std::holds_alternative<event::Edited>(change) ? "edited" : "deleted"));
    std::visit([this](const auto& one) { fields(*this, one); }, change);
    end_object();
  }
  /// Messages in a list are whole events, so that a client needs one reader for listed and live messages.
  template <class Struct>
  void write(const Struct& item) {
    begin_element();
    if constexpr (std::is_same_v<Struct, MessagePtr>) field("type", std::string_view("message"));
    fields(*this, item);
    end_object();
  }
};

// --- messages

void fields(Writer& out, const Message& message) {
  const bool is_private = !message.to.empty();
  out.field(is_private ? "to" : "room", is_private ? message.to : message.room);
  if (!is_private || message.seq != 0) out.field("seq", message.seq);
  out.field("time", message.time);
  out.field("from", message.from);
  if (!message.is_deleted()) out.field("text", message.text);
  out.field_if_any("id", message.id);
  out.field_if_any("action", message.is_action());
  out.field_if_any("notice", message.kind == MessageKind::notice);
  out.field_if_any("account", message.account);
  out.field_if_any("reply_to", message.reply_to);
  if (!message.change) return;
  message.is_deleted() ? out.field("deleted", true) : out.field("edited", message.change->time);
}

void fields(Writer& out, const MessagePtr& message) { fields(out, *message); }

/// A message marked as an action and as a notice counts as an action.
MessageKind read_kind(const Reader& in) {
  bool is_action = false;
  bool is_notice = false;
  in.field("action", is_action);
  in.field("notice", is_notice);
  if (is_action) return MessageKind::action;
  return is_notice ? MessageKind::notice : MessageKind::said;
}

std::shared_ptr<const Change> read_change(const Reader& in) {
  bool is_deleted = false;
  std::string edited;
  in.field("deleted", is_deleted);
  in.field("edited", edited);
  if (is_deleted) return std::make_shared<const Change>(Change{.what = Change::What::deleted});
  const std::optional<Timestamp> time = timestamp_from(edited);
  return time ? std::make_shared<const Change>(Change{.time = *time}) : nullptr;
}

void fields(const Reader& in, MessagePtr& into) {
  Message message;
  in.field("room", message.room);
  in.field("to", message.to);
  in.field("seq", message.seq);
  in.field("time", message.time);
  in.field("from", message.from);
  in.field("text", message.text);
  in.field("id", message.id);
  message.kind = read_kind(in);
  in.field("account", message.account);
  in.field("reply_to", message.reply_to);
  message.change = read_change(in);
  into = std::make_shared<const Message>(std::move(message));
}

// --- the fields of each event, in the order in which they are written

void fields(auto& io, Of<event::RememberedRoom> auto& remembered) {
  io.field("room", remembered.room);
  io.field("read", remembered.read);
}

void fields(auto& io, Of<event::Welcome> auto& welcome) {
  io.field("version", welcome.version);
  io.field("server", welcome.server);
  io.field("name", welcome.name);
  io.field("account", welcome.account);
  io.field_if_any("account_name", welcome.account_name);
  io.field_if_any("token", welcome.token);
  io.field_if_any("role", welcome.role);
  io.field_if_any("registration", welcome.registration);
  io.field_if_any("guests", welcome.guests);
  if (welcome.account) io.field("rooms", welcome.rooms);
  io.field_if_any("motd", welcome.motd);
  io.object("limits", [&welcome](auto&& limits) {
    limits.field("line", welcome.line_bytes);
    limits.field("text", welcome.text_bytes);
    limits.field("name", welcome.name_code_points);
    limits.field("room", welcome.room_code_points);
    limits.field("messages_per_second", welcome.messages_per_second);
    limits.field("messages_burst", welcome.messages_burst);
  });
  io.field("default_room", welcome.default_room);
}

/// Left out where there are none.
void rules_of_joined(Writer& out, const RoomRules& rules) {
  if (rules != RoomRules()) out.object("rules", [&](Writer& inner) { fields(inner, rules); });
}
void rules_of_joined(const Reader& in, RoomRules& rules) {
  in.object("rules", [&](const Reader& inner) { fields(inner, rules); });
}

/// The same.
void mute_of_joined(Writer& out, const std::optional<event::Mute>& muted) {
  if (muted) out.object("muted", [&](Writer& inner) { fields(inner, *muted); });
}
void mute_of_joined(const Reader& in, std::optional<event::Mute>& muted) {
  event::Mute read;
  in.object("muted", [&](const Reader& inner) { fields(inner, read); });
  if (read.id != 0) muted = std::move(read);
}

void fields(auto& io, Of<event::Joined> auto& joined) {
  io.field("room", joined.room);
  io.field("topic", joined.topic);
  io.field("count", joined.count);
  io.field("members", joined.members);
  io.field("last", joined.last);
  io.field_if_any("epoch", joined.epoch);
  io.field("history", joined.history);
  io.field("complete", joined.complete);
  io.field("read", joined.read);
  io.field_if_any("role", joined.role);
  io.field_if_any("roles", joined.roles);
  io.field_if_any("changes", joined.changes);
  rules_of_joined(io, joined.rules);
  mute_of_joined(io, joined.muted);
}

void fields(auto& io, Of<event::Left> auto& left) { io.field("room", left.room); }

void fields(auto& io, Of<event::Departure> auto& departure) {
  io.field("name", departure.name);
  io.field("reason", departure.reason);
}

void fields(auto& io, Of<event::Presence> auto& presence) {
  io.field("room", presence.room);
  io.field("count", presence.count);
  io.field_if_any("joined", presence.joined);
  io.field_if_any("left", presence.left);
  io.field_if_any("roles", presence.roles);
}

void fields(auto& io, Of<event::Renamed> auto& renamed) {
  io.field("old", renamed.old_name);
  io.field("new", renamed.new_name);
}

void fields(auto& io, Of<event::Topic> auto& topic) {
  io.field("room", topic.room);
  io.field("text", topic.text);
  io.field("from", topic.from);
  io.field("time", topic.time);
}

void fields(auto& io, Of<event::Members> auto& members) {
  io.field_if_any("room", members.room);
  io.field("count", members.count);
  io.field("names", members.names);
  io.field("more", members.more);
  io.field_if_any("roles", members.roles);
}

void fields(auto& io, Of<event::RoomInfo> auto& info) {
  io.field("room", info.room);
  io.field("topic", info.topic);
  io.field("count", info.count);
}

void fields(auto& io, Of<event::Rooms> auto& rooms) {
  io.field("rooms", rooms.rooms);
  io.field("more", rooms.more);
}

void fields(auto& io, Of<event::History> auto& history) {
  io.field_if_any("room", history.room);
  io.field_if_any("with", history.with);
  io.field("messages", history.messages);
  io.field("complete", history.complete);
  io.field("count", history.count);
  io.field_if_any("changes", history.changes);
  io.field("next", history.next);
}

void fields(auto& io, Of<event::Registered> auto& registered) {
  io.field("name", registered.name);
  io.field_if_any("token", registered.token);
}

void fields(auto& io, Of<event::LoggedIn> auto& logged_in) {
  io.field("account", logged_in.account);
  io.field("name", logged_in.name);
  io.field_if_any("token", logged_in.token);
  io.field_if_any("rooms", logged_in.rooms);
}

void fields(auto& io, Of<event::LoggedOut> auto& logged_out) { io.field("name", logged_out.name); }
void fields(auto&, Of<event::Done> auto&) {}

void fields(auto& io, Of<event::DeviceInfo> auto& device) {
  io.field("id", device.id);
  io.field("label", device.label);
  io.field("created", device.created);
  io.field("used", device.used);
  io.field_if_any("here", device.here);
  io.field_if_any("scopes", device.scopes);
}

void fields(auto& io, Of<event::Devices> auto& devices) { io.field("devices", devices.devices); }

void fields(auto& io, Of<event::NameClaimed> auto& claimed) {
  io.field("name", claimed.name);
  io.field("until", claimed.until);
}

void fields(auto& io, Of<event::Conversation> auto& conversation) {
  io.field("with", conversation.with);
  io.field("last", conversation.last);
  io.field("read", conversation.read);
  io.field("unread", conversation.unread);
  io.field_if_any("erased", conversation.erased);
}

void fields(auto& io, Of<event::Conversations> auto& page) {
  io.field("conversations", page.conversations);
  io.field("more", page.more);
}

void fields(auto& io, Of<event::Read> auto& read) {
  io.field_if_any("room", read.room);
  io.field_if_any("with", read.with);
  io.field("seq", read.seq);
}

void fields(auto& io, Of<event::Typing> auto& typing) {
  io.field_if_any("room", typing.room);
  io.field_if_any("to", typing.to);
  io.field("from", typing.from);
  io.field_if_any("account", typing.account);
  io.field("state", typing.state);
}

// What operators are told.

void fields(auto& io, Of<event::NodeInfo> auto& node) {
  io.field("node", node.node);
  io.field_if_any("here", node.here);
  io.field("epoch", node.epoch);
  io.field("position", node.position);
  io.field("heard", node.heard);
}

void fields(auto& io, Of<event::Status> auto& status) {
  io.field("server", status.server);
  io.field("version", status.version);
  io.field("since", status.since);
  io.field("connections", status.connections);
  io.field("sessions", status.sessions);
  io.field("rooms", status.rooms);
  io.field("accounts", status.accounts);
  io.field("registration", status.registration);
  io.field("guests", status.guests);
  io.field("engine", status.engine);
  io.field_if_any("state_dir", status.state_dir);
  io.field("log", status.log);
  io.field_if_any("trouble", status.trouble);
  io.field_if_any("cluster", status.cluster);
  io.field_if_any("position", status.position);
  io.field_if_any("lag", status.lag);
  io.field_if_any("nodes", status.nodes);
}

void fields(auto& io, Of<event::AccountInfo> auto& account) {
  io.field("id", account.id);
  io.field("name", account.name);
  io.field_if_any("role", account.role);
  io.field("created", account.created);
  io.field("sessions", account.sessions);
  io.field("tokens", account.tokens);
  io.field_if_any("suspended", account.suspended);
  io.field("until", account.until);
  io.field_if_any("reason", account.reason);
  io.field_if_any("devices", account.devices);
}

void fields(Writer& out, const event::Export& page) {
  if (page.account) out.object("account", [&](Writer& inner) { fields(inner, *page.account); });
  if (page.account) out.field("rooms", page.rooms);
  out.field("messages", page.messages);
  out.field_if_any("next", page.next);
}

void fields(const Reader& in, event::Export& page) {
  event::AccountInfo account;
  in.object("account", [&](const Reader& inner) { fields(inner, account); });
  if (account.id != 0) page.account = std::move(account);
  in.field("rooms", page.rooms);
  in.field("messages", page.messages);
  in.field("next", page.next);
}

void fields(auto& io, Of<event::Accounts> auto& page) {
  io.field("accounts", page.accounts);
  io.field("more", page.more);
}

void fields(auto& io, Of<event::Account> auto& event) { fields(io, event.account); }

void fields(auto& io, Of<event::Token> auto& token) {
  io.field("account", token.account);
  io.field("id", token.id);
  io.field("token", token.token);
  io.field_if_any("scopes", token.scopes);
}

void fields(auto& io, Of<event::Invitation> auto& invitation) {
  io.field("id", invitation.id);
  io.field("uses", invitation.uses);
  io.field("until", invitation.until);
  io.field_if_any("by", invitation.by);
  io.field_if_any("room", invitation.room);
  io.field_if_any("role", invitation.role);
  io.field_if_any("name", invitation.name);
}

void fields(auto& io, Of<event::Invite> auto& invite) {
  fields(io, invite.invitation);
  io.field("token", invite.token);
  io.field_if_any("url", invite.url);
}

void fields(auto& io, Of<event::Invites> auto& list) {
  io.field("invites", list.invites);
  io.field("more", list.more);
}

void fields(auto& io, Of<event::SessionInfo> auto& session) {
  io.field("session", session.session);
  io.field_if_any("name", session.name);
  io.field_if_any("account", session.account);
  io.field("peer", session.peer);
  io.field("rooms", session.rooms);
}

void fields(auto& io, Of<event::Sessions> auto& page) {
  io.field("sessions", page.sessions);
  io.field("more", page.more);
}

void fields(auto&, Of<event::Ping> auto&) {}
void fields(auto&, Of<event::Pong> auto&) {}

void fields(auto& io, Of<event::Failure> auto& failure) {
  io.error(failure.error, Code::bad_request);
  io.field_if_any("id", failure.id);
  io.field_if_any("retry_after", failure.retry_after_ms);
}

void fields(auto& io, Of<event::Bye> auto& bye) { io.error(bye.error, Code::shutting_down); }

/// In the order of event::Any.
constexpr std::array<std::string_view, std::variant_size_v<event::Variant>> types = {
    "welcome",      "joined",       "left",          "message",    "presence",  "renamed",    "topic",
    "members",      "rooms",        "history",       "registered", "logged_in", "logged_out", "done",
    "devices",      "name_claimed", "conversations", "read",       "typing",    "export",     "status",
    "accounts",     "account",      "token",         "invite",     "invites",   "sessions",   "room",
    "role",         "closed",       "kicked",        "banned",     "unbanned",  "bans",       "invited",
    "redeemed",     "edited",       "deleted",       "reported",   "report",    "reports",    "audit",
    "announcement", "lockdown",     "webhook",       "webhooks",   "ping",      "pong",       "error",
    "bye"};

}  // namespace

std::optional<Event> decode_event(std::string_view line) {
  std::array<unsigned char, 4096> first_block;  // NOLINT(*-member-init): only ever written before it is read
  json::monotonic_resource memory(first_block.data(), first_block.size());
  boost::system::error_code error;
  const json::value tree = json::parse(json::string_view(line.data(), line.size()), error, &memory);
  if (error) return std::nullopt;
  const Reader in(tree);
  std::string type;
  std::string ref;
  in.field("type", type);
  in.field("ref", ref);
  const auto at = static_cast<std::size_t>(std::ranges::find(types, type) - types.begin());
  if (at == types.size()) return std::nullopt;
  return Event{readers_of<event::Any, const Reader>.at(at)(in), std::move(ref)};
}

void encode(const Event& event, std::string& out) {
  Writer json(out, types.at(event.body.index()));
  std::visit([&json](const auto& body) { fields(json, body); }, event.body);
  json.field_if_any("ref", event.ref);
  json.end_line();
}

void encode(const Message& message, std::string_view ref, std::string& out) {
  Writer json(out, "message");
  fields(json, message);
  json.field_if_any("ref", ref);
  json.end_line();
}

std::size_t encoded_size(const Event& event) {
  std::string line;
  encode(event, line);
  return line.size();
}

std::size_t encoded_size(const Message& message) {
  thread_local std::string line;
  line.clear();
  encode(message, {}, line);
  return line.size();  // the comma in the list takes the place of the line's end
}

}  // namespace hubbub::protocol
