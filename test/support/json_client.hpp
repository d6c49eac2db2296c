#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/line_client.hpp"

namespace hubbub::test {

/// One line of the protocol, read with Boost.JSON alone: this client is a witness of its own, which
/// knows what the protocol's description says and nothing of the product's code.
using Event = boost::json::object;
using Events = std::vector<Event>;

bool has(const Event& event, std::string_view field);
/// A field that has to be there; a std::runtime_error otherwise.
std::string text_of(const Event& event, std::string_view field);
std::uint64_t number_of(const Event& event, std::string_view field);
bool truth_of(const Event& event, std::string_view field);
std::vector<std::string> texts_of(const Event& event, std::string_view field);
Events list_of(const Event& event, std::string_view field);

/// What of a list of events has that type.
Events of_type(const Events& events, std::string_view type);
/// The texts of the messages among them, in order.
std::vector<std::string> said(const Events& events);

class JsonClient : public LineClient {
 public:
  using LineClient::LineClient;

  void send(const boost::json::object& request);

  /// The next event, whatever it is. Lines before `welcome` that do not begin with "{" are skipped,
  /// as the protocol says.
  Event next();
  /// The next event of that type; what comes before it is skipped.
  Event expect(std::string_view type);
  /// Skips to the presence that tells of that person's leaving a room: the reason.
  std::string expect_departure(std::string_view name);
  /// `bye` with that code, and the end of the stream; what comes before it is skipped.
  Event expect_bye(std::string_view code);
  /// Sends the request with a `ref` of its own and skips to the answer, which has to carry it.
  Event answer(boost::json::object request);
  /// The code of the `error` that answers the request.
  std::string refusal(boost::json::object request);
  /// Everything that has come up to now: up to the `pong` for a `ping` sent now.
  Events sync();

  Event hello(std::string_view name);
  Event join(std::string_view room);
  Event say(std::string_view room, std::string_view text);

 private:
  bool welcomed_ = false;
  std::uint64_t refs_ = 0;
};

/// A client that has said hello and joined the room.
JsonClient member(const Address& address, std::string_view name, std::string_view room = "lobby",
                  Framing framing = Framing::lines);

}  // namespace hubbub::test
