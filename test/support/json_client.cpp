#include "test/support/json_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

namespace hubbub::test {
namespace {

namespace json = boost::json;

const json::value& field_of(const Event& event, std::string_view field) {
  const auto* value = event.if_contains(field);
  if (!value) throw std::runtime_error("no " + std::string(field) + " in " + json::serialize(event));
  return *value;
}

}  // namespace

bool has(const Event& event, std::string_view field) { return event.contains(field); }

std::string text_of(const Event& event, std::string_view field) {
  return std::string(field_of(event, field).as_string());
}

std::uint64_t number_of(const Event& event, std::string_view field) {
  return field_of(event, field).to_number<std::uint64_t>();
}

bool truth_of(const Event& event, std::string_view field) { return field_of(event, field).as_bool(); }

std::vector<std::string> texts_of(const Event& event, std::string_view field) {
  std::vector<std::string> texts;
  for (const auto& value : field_of(event, field).as_array()) texts.emplace_back(value.as_string());
  return texts;
}

Events list_of(const Event& event, std::string_view field) {
  Events list;
  for (const auto& value : field_of(event, field).as_array()) list.push_back(value.as_object());
  return list;
}

Events of_type(const Events& events, std::string_view type) {
  Events chosen;
  for (const auto& event : events) {
    if (text_of(event, "type") == type) chosen.push_back(event);
  }
  return chosen;
}

std::vector<std::string> said(const Events& events) {
  std::vector<std::string> texts;
  for (const auto& event : events) {
    // Messages within a `history` or a `joined` have no type of their own.
    if (!has(event, "type") || text_of(event, "type") == "message") texts.push_back(text_of(event, "text"));
  }
  return texts;
}

void JsonClient::send(const json::object& request) { send_line(json::serialize(request)); }

Event JsonClient::next() {
  while (true) {
    const auto line = read_line();
    if (!line) fail("expected an event, the stream ended");
    if (!welcomed_ && !line->starts_with('{')) continue;
    boost::system::error_code error;
    const json::value value = json::parse(*line, error);
    if (error || !value.is_object()) fail("no JSON object: " + *line);
    Event event = value.get_object();
    welcomed_ = welcomed_ || text_of(event, "type") == "welcome";
    return event;
  }
}

Event JsonClient::expect(std::string_view type) {
  while (true) {
    Event event = next();
    if (text_of(event, "type") == type) return event;
    if (text_of(event, "type") == "bye") fail("expected " + std::string(type));
  }
}

std::string JsonClient::expect_departure(std::string_view name) {
  while (true) {
    const Event presence = expect("presence");
    if (!has(presence, "left")) continue;
    for (const Event& departure : list_of(presence, "left")) {
      if (text_of(departure, "name") == name) return text_of(departure, "reason");
    }
  }
}

Event JsonClient::expect_bye(std::string_view code) {
  Event bye = expect("bye");
  if (text_of(bye, "code") != code) fail("expected bye " + std::string(code));
  expect_end();
  return bye;
}

Event JsonClient::answer(json::object request) {
  const std::string ref = "ref-" + std::to_string(++refs_);
  request["ref"] = ref;
  send(request);
  while (true) {
    Event event = next();
    if (has(event, "ref") && text_of(event, "ref") == ref) return event;
    if (text_of(event, "type") == "bye") fail("expected an answer to " + json::serialize(request));
  }
}

std::string JsonClient::refusal(json::object request) {
  const Event event = answer(std::move(request));
  if (text_of(event, "type") != "error") fail("expected an error");
  return text_of(event, "code");
}

Events JsonClient::sync() {
  const std::string ref = "sync-" + std::to_string(++refs_);
  send({{"type", "ping"}, {"ref", ref}});
  Events events;
  while (true) {
    Event event = next();
    if (text_of(event, "type") == "pong" && text_of(event, "ref") == ref) return events;
    if (text_of(event, "type") == "bye") fail("expected a pong");
    events.push_back(std::move(event));
  }
}

Event JsonClient::hello(std::string_view name) {
  send({{"type", "hello"}, {"version", 1}, {"name", name}});
  return expect("welcome");
}

Event JsonClient::join(std::string_view room) {
  send({{"type", "join"}, {"room", room}});
  return expect("joined");
}

Event JsonClient::say(std::string_view room, std::string_view text) {
  Event message = answer({{"type", "say"}, {"room", room}, {"text", text}});
  if (text_of(message, "type") != "message") fail("expected the message itself");
  return message;
}

JsonClient member(const Address& address, std::string_view name, std::string_view room, Framing framing) {
  JsonClient client(address, framing);
  client.send({{"type", "hello"}, {"version", 1}, {"name", name}});
  client.join(room);
  return client;
}

}  // namespace hubbub::test
