#include <cstdint>

#include "protocol/json.hpp"
#include "protocol/json_writer.hpp"

namespace hubbub::protocol {
namespace {

JsonWriter line(std::string& out, const request::Hello& hello) {
  JsonWriter json(out, "hello");
  json.number("version", hello.version);
  json.optional_text("name", hello.name);
  json.optional_text("password", hello.password);
  json.optional_text("token", hello.token);
  json.optional_text("client", hello.client);
  return json;
}

JsonWriter line(std::string& out, const request::Rename& rename) {
  JsonWriter json(out, "rename");
  json.text("name", rename.name);
  return json;
}

JsonWriter line(std::string& out, const request::Join& join) {
  JsonWriter json(out, "join");
  json.text("room", join.room);
  json.optional_number("since", join.since);
  json.optional_text("epoch", join.epoch);
  json.optional_number("replay", join.replay);
  json.optional_text("key", join.key);
  return json;
}

JsonWriter line(std::string& out, const request::Leave& leave) {
  JsonWriter json(out, "leave");
  json.text("room", leave.room);
  return json;
}

JsonWriter line(std::string& out, const request::Say& say) {
  JsonWriter json(out, "say");
  json.text("room", say.room);
  json.text("text", say.text);
  json.optional_text("id", say.id);
  json.flag_if_set("action", say.action);
  return json;
}

JsonWriter line(std::string& out, const request::Tell& tell) {
  JsonWriter json(out, "tell");
  json.text("to", tell.to);
  json.text("text", tell.text);
  json.optional_text("id", tell.id);
  return json;
}

JsonWriter line(std::string& out, const request::Who& who) {
  JsonWriter json(out, "who");
  json.optional_text("room", who.room);
  json.optional_text("after", who.after);
  return json;
}

JsonWriter line(std::string& out, const request::Rooms& rooms) {
  JsonWriter json(out, "rooms");
  json.optional_text("after", rooms.after);
  return json;
}

JsonWriter line(std::string& out, const request::Topic& topic) {
  JsonWriter json(out, "topic");
  json.text("room", topic.room);
  json.text("text", topic.text);
  return json;
}

JsonWriter line(std::string& out, const request::History& history) {
  JsonWriter json(out, "history");
  json.text_if_any("room", history.room);
  json.optional_number("before", history.before);
  json.optional_number("after", history.after);
  json.optional_number("limit", history.limit);
  json.optional_text("search", history.search);
  json.optional_text("from", history.from);
  json.flag_if_set("count", history.count);
  return json;
}

JsonWriter line(std::string& out, const request::Ping&) { return {out, "ping"}; }
JsonWriter line(std::string& out, const request::Pong&) { return {out, "pong"}; }

JsonWriter line(std::string& out, const request::Quit& quit) {
  JsonWriter json(out, "quit");
  json.optional_text("text", quit.text);
  return json;
}

}  // namespace

void encode(const Request& request, std::string& out) {
  JsonWriter json = std::visit([&out](const auto& body) { return line(out, body); }, request.body);
  json.text_if_any("ref", request.ref);
  json.end_line();
}

}  // namespace hubbub::protocol
