#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/line_client.hpp"

namespace hubbub::test {

/// One line of the protocol, read with Boost.JSON alone: this client is written from the protocol's
/// description, and uses none of the product's code.
using Event = boost::json::object;
using Events = std::vector<Event>;

bool has(const Event& event, std::string_view field);
/// The value of a field; a std::runtime_error if the field is missing.
std::string text_of(const Event& event, std::string_view field);
std::uint64_t number_of(const Event& event, std::string_view field);
bool truth_of(const Event& event, std::string_view field);
std::vector<std::string> texts_of(const Event& event, std::string_view field);
Events list_of(const Event& event, std::string_view field);

/// The events of that type.
Events of_type(const Events& events, std::string_view type);
/// The texts of the messages among the events, in order.
std::vector<std::string> said(const Events& events);

class JsonClient : public LineClient {
 public:
  using LineClient::LineClient;

  void send(const boost::json::object& request);

  /// The next event of any type. Skips lines before `welcome` that do not begin with "{", as the protocol
  /// says.
  Event next();
  /// The next event of that type; skips earlier events.
  Event expect(std::string_view type);
  /// Skips to the presence that tells that the person left a room; returns the reason.
  std::string expect_departure(std::string_view name);
  /// Expects `bye` with that code, and the end of the stream; skips earlier events.
  Event expect_bye(std::string_view code);
  /// Sends the request with a `ref` of its own, and skips to the answer with the same `ref`.
  Event answer(boost::json::object request);
  /// The code of the `error` that answers the request.
  std::string refusal(boost::json::object request);
  /// All events up to the `pong` that answers a `ping` sent now.
  Events sync();

  Event hello(std::string_view name);
  Event join(std::string_view room);
  Event say(std::string_view room, std::string_view text);

 private:
  bool welcomed_ = false;
  std::uint64_t refs_ = 0;
};

/// A client that has sent `hello` and joined the room.
JsonClient member(const Address& address, std::string_view name, std::string_view room = "lobby",
                  Framing framing = Framing::lines);

}  // namespace hubbub::test
