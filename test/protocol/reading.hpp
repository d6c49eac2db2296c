#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "protocol/json.hpp"
#include "test/support/catch.hpp"

/// Lines of the protocol that are read in a test, which fails where they are not what it takes them for.
namespace hubbub::protocol {

template <class Body>
Body read(std::string_view line) {
  const DecodedRequest decoded = decode_request(line);
  const auto* const request = std::get_if<Request>(&decoded);
  INFO(line);
  REQUIRE(request != nullptr);
  REQUIRE(std::holds_alternative<Body>(request->body));
  return std::get<Body>(request->body);
}

inline BadRequest refused(std::string_view line) {
  const DecodedRequest decoded = decode_request(line);
  INFO(line);
  REQUIRE(std::holds_alternative<BadRequest>(decoded));
  return std::get<BadRequest>(decoded);
}

template <class Body>
Body read_event(std::string_view line) {
  const std::optional<Event> event = decode_event(line);
  INFO(line);
  REQUIRE(event.has_value());
  REQUIRE(std::holds_alternative<Body>(event->body));
  return std::get<Body>(event->body);
}

}  // namespace hubbub::protocol
