#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/request.hpp"

/// JSON, one object per line (RFC 8259). Lines are passed without their ending and written with "\n".
namespace hubbub::protocol {

/// A line that is no request: why, and as much of it as an answer should carry.
/// `ref` and `id` are empty where the line has none, or none fit to be returned; of a line that is no
/// JSON nothing is believed.
struct BadRequest {
  Error error;
  std::string ref;
  std::string id;
};

using DecodedRequest = std::variant<Request, BadRequest>;

/// Reads a request. Errors: bad_utf8, bad_json (syntax, more than 8 deep, a key twice), unknown_type,
/// bad_request (a field is missing, of the wrong type or out of range: the text names it).
/// Unknown fields are ignored, and null is a field that is not there. Numbers are whole and from 0 to
/// 2^53 (5, 5.0 and 5e0 are the same); `ref` and `id` are 1 to 64 bytes without controls. Takes
/// time in proportion to the line (n log n in its keys), and memory in proportion to it too.
DecodedRequest decode_request(std::string_view line);

/// Reads an event. An unknown type, which a newer server may send, is nothing; so is a line that is
/// no JSON object. Unknown fields are ignored and missing ones left at their defaults. An unknown code
/// is named at the end of the sentence, and stands as bad_request (`error`) or shutting_down (`bye`).
std::optional<Event> decode_event(std::string_view line);

/// Appends one line, with its "\n". It is valid JSON whatever the strings hold (bytes that are no UTF-8
/// become U+FFFD), and controls, also DEL and C1, and U+2028/2029 are escaped, so that no reader takes
/// it for two lines and no terminal that shows it raw is driven by it. Pointers must not be null.
void encode(const Request& request, std::string& out);
void encode(const Event& event, std::string& out);
/// Appends a room message's line; `ref` (may be empty) goes to its sender only.
void encode(const Message& message, std::string_view ref, std::string& out);

/// Bytes that a message takes up in the list of a `history` or a `joined`: what keeps such a reply under
/// reply_bytes has to count escapes too, of which a text may be full.
std::size_t encoded_size(const Message& message);
/// Bytes of the event's line, with its ending.
std::size_t encoded_size(const Event& event);

}  // namespace hubbub::protocol
