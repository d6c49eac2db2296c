#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/request.hpp"

/// JSON, one object per line (RFC 8259). Lines are passed without their ending and written with "\n".
namespace hubbub::protocol {

/// A line that is no request: why, and as much of it as an answer should carry.
struct BadRequest {
  Error error;
  std::string ref;
  std::string id;
};

using DecodedRequest = std::variant<Request, BadRequest>;

/// Reads a request. Errors: bad_utf8, bad_json (syntax, more than 8 deep, a key twice), unknown_type,
/// bad_request (a field is missing, of the wrong type or out of range: the text names it).
/// Unknown fields are ignored.
DecodedRequest decode_request(std::string_view line);

/// Reads an event. An unknown type, which a newer server may send, is nothing; so is a line that is
/// no JSON object. Unknown fields are ignored and missing ones left at their defaults.
std::optional<Event> decode_event(std::string_view line);

/// Appends one line, with its "\n".
void encode(const Request& request, std::string& out);
void encode(const Event& event, std::string& out);
/// Appends a room message's line; `ref` (may be empty) goes to its sender only.
void encode(const Message& message, std::string_view ref, std::string& out);

}  // namespace hubbub::protocol
