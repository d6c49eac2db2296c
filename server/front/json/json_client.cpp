#include "server/front/json/json_client.hpp"

#include <string>
#include <utility>

#include "protocol/json.hpp"

namespace hubbub::front {
void JsonFormat::render(const protocol::Event& event, std::string& out) const {
  const auto begin = out.size();
  protocol::encode(event, out);
  framing_.frame(out, begin);
}

void JsonFormat::render(const protocol::Message& message, std::string_view ref, std::string& out) const {
  const auto begin = out.size();
  protocol::encode(message, ref, out);
  framing_.frame(out, begin);
}

const JsonWire& json_lines() {
  static Lines lines(protocol::LineEnding::line_feed);
  static const JsonFormat format(lines);
  static const JsonWire wire{.framing = lines, .format = format};
  return wire;
}

JsonClient::JsonClient(net::Connection& connection, chat::Hub& hub, const JsonWire& wire)
    : SessionClient(connection, hub), wire_(wire) {}

bool JsonClient::take_message(std::string_view message) {
  if (!message.empty()) take(protocol::decode_request(message));
  return true;
}

void JsonClient::deliver_event(const protocol::Event& event) {
  std::string text;
  format().render(event, text);
  write(std::move(text));
}

}  // namespace hubbub::front
