#include "protocol/json.hpp"
#include "protocol/json_writer.hpp"

namespace hubbub::protocol {
namespace {

JsonWriter line(std::string& out, const event::Welcome& welcome) {
  JsonWriter json(out, "welcome");
  json.number("version", welcome.version);
  json.text("server", welcome.server);
  json.text("name", welcome.name);
  json.flag("account", welcome.account);
  json.text_if_any("motd", welcome.motd);
  json.begin_object("limits");
  json.number("line", welcome.line_bytes);
  json.number("text", welcome.text_bytes);
  json.number("name", welcome.name_code_points);
  json.number("room", welcome.room_code_points);
  json.number("messages_per_second", welcome.messages_per_second);
  json.number("messages_burst", welcome.messages_burst);
  json.end_object();
  json.text("default_room", welcome.default_room);
  return json;
}

void fields(JsonWriter& json, const Message& message) {
  const bool is_private = !message.to.empty();
  json.text(is_private ? "to" : "room", is_private ? message.to : message.room);
  if (!is_private) json.number("seq", message.seq);
  json.time("time", message.time);
  json.text("from", message.from);
  if (!message.is_deleted()) json.text("text", message.text);
  json.text_if_any("id", message.id);
  json.flag_if_set("action", message.is_action());
  json.flag_if_set("notice", message.kind == MessageKind::notice);
  json.text_if_any("account", message.account);
  if (message.reply_to != 0) json.number("reply_to", message.reply_to);
  if (!message.change) return;
  message.is_deleted() ? json.flag("deleted", true) : json.time("edited", message.change->time);
}

/// Messages in a list are whole events, so that a client reads them with what reads the live ones.
void messages(JsonWriter& json, std::string_view name, const std::vector<MessagePtr>& list) {
  json.begin_array(name);
  for (const MessagePtr& message : list) {
    json.begin_element();
    json.text("type", "message");
    fields(json, *message);
    json.end_object();
  }
  json.end_array();
}

void texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& list) {
  json.begin_array(name);
  for (const std::string& text : list) json.element(text);
  json.end_array();
}

JsonWriter line(std::string& out, const event::Joined& joined) {
  JsonWriter json(out, "joined");
  json.text("room", joined.room);
  json.text("topic", joined.topic);
  json.number("count", joined.count);
  texts(json, "members", joined.members);
  json.number("last", joined.last);
  json.text_if_any("epoch", joined.epoch);
  messages(json, "history", joined.history);
  json.flag("complete", joined.complete);
  return json;
}

JsonWriter line(std::string& out, const event::Left& left) {
  JsonWriter json(out, "left");
  json.text("room", left.room);
  return json;
}

JsonWriter line(std::string& out, const MessagePtr& message) {
  JsonWriter json(out, "message");
  fields(json, *message);
  return json;
}

JsonWriter line(std::string& out, const event::Presence& presence) {
  JsonWriter json(out, "presence");
  json.text("room", presence.room);
  json.number("count", presence.count);
  if (!presence.joined.empty()) texts(json, "joined", presence.joined);
  if (presence.left.empty()) return json;
  json.begin_array("left");
  for (const event::Departure& departure : presence.left) {
    json.begin_element();
    json.text("name", departure.name);
    json.text("reason", departure.reason);
    json.end_object();
  }
  json.end_array();
  return json;
}

JsonWriter line(std::string& out, const event::Renamed& renamed) {
  JsonWriter json(out, "renamed");
  json.text("old", renamed.old_name);
  json.text("new", renamed.new_name);
  return json;
}

JsonWriter line(std::string& out, const event::Topic& topic) {
  JsonWriter json(out, "topic");
  json.text("room", topic.room);
  json.text("text", topic.text);
  json.text("from", topic.from);
  json.time("time", topic.time);
  return json;
}

JsonWriter line(std::string& out, const event::Members& members) {
  JsonWriter json(out, "members");
  json.text_if_any("room", members.room);
  json.number("count", members.count);
  texts(json, "names", members.names);
  json.flag("more", members.more);
  return json;
}

JsonWriter line(std::string& out, const event::Rooms& rooms) {
  JsonWriter json(out, "rooms");
  json.begin_array("rooms");
  for (const event::RoomInfo& info : rooms.rooms) {
    json.begin_element();
    json.text("room", info.room);
    json.text("topic", info.topic);
    json.number("count", info.count);
    json.end_object();
  }
  json.end_array();
  json.flag("more", rooms.more);
  return json;
}

JsonWriter line(std::string& out, const event::History& history) {
  JsonWriter json(out, "history");
  json.text_if_any("room", history.room);
  messages(json, "messages", history.messages);
  json.flag("complete", history.complete);
  json.optional_number("count", history.count);
  return json;
}

JsonWriter line(std::string& out, const event::Ping&) { return {out, "ping"}; }
JsonWriter line(std::string& out, const event::Pong&) { return {out, "pong"}; }

JsonWriter line(std::string& out, const event::Failure& failure) {
  JsonWriter json(out, "error");
  json.text("code", to_string(failure.error.code));
  json.text("text", failure.error.text);
  json.text_if_any("id", failure.id);
  if (failure.retry_after_ms != 0) json.number("retry_after", failure.retry_after_ms);
  return json;
}

JsonWriter line(std::string& out, const event::Bye& bye) {
  JsonWriter json(out, "bye");
  json.text("code", to_string(bye.error.code));
  json.text("text", bye.error.text);
  return json;
}

}  // namespace

void encode(const Event& event, std::string& out) {
  JsonWriter json = std::visit([&out](const auto& body) { return line(out, body); }, event.body);
  json.text_if_any("ref", event.ref);
  json.end_line();
}

void encode(const Message& message, std::string_view ref, std::string& out) {
  JsonWriter json(out, "message");
  fields(json, message);
  json.text_if_any("ref", ref);
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
