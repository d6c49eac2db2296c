#pragma once

#include <string>
#include <string_view>

#include "server/front/session_client.hpp"

namespace hubbub::front {

/// Events as JSON, one per message, in any framing.
class JsonFormat final : public chat::Format {
 public:
  explicit JsonFormat(const Framing& framing) : framing_(framing) {}

  void render(const protocol::Event& event, std::string& out) const override;
  void render(const protocol::Message& message, std::string_view ref, std::string& out) const override;

 private:
  const Framing& framing_;
};

/// How JSON lies in the bytes of a connection: `framing` cuts the input; `format` is one object for all
/// clients that are sent the same bytes.
struct JsonWire {
  Framing& framing;
  const chat::Format& format;
};

/// A line for each message.
const JsonWire& json_lines();

/// A client that speaks JSON: each message becomes a request, each event a message.
class JsonClient : public SessionClient {
 public:
  /// `wire` outlives the client.
  JsonClient(net::Connection& connection, chat::Hub& hub, const JsonWire& wire);

  const chat::Format& format() const override { return wire_.format; }
  void deliver_event(const protocol::Event& event) override;

 protected:
  bool take_message(std::string_view message) override;

 private:
  Framing& framing() const override { return wire_.framing; }

  const JsonWire& wire_;
};

}  // namespace hubbub::front
