#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/request.hpp"

/// JSON, one object per line (RFC 8259). Functions take lines without a line ending, and write lines that end
/// in "\n".
namespace hubbub::protocol {

/// Why a line is no request, and the `ref` and `id` that the error returns. Each is empty where the line has
/// none or an invalid one; for a line that is not JSON, both are empty.
struct BadRequest {
  Error error;
  std::string ref;
  std::string id;
};

using DecodedRequest = std::variant<Request, BadRequest>;

/// Reads a request. Errors: bad_utf8, bad_json (syntax, more than 8 deep, a key twice), unknown_type,
/// bad_request (a field is missing, of the wrong type or out of range: the text names it). Unknown fields are
/// ignored, and a null field counts as missing. Numbers are whole and from 0 to 2^53 (5, 5.0 and 5e0 are the
/// same); `ref` and `id` are 1 to 64 bytes without controls. Takes time in proportion to the line (n log n in
/// its keys), and memory in proportion to it too.
DecodedRequest decode_request(std::string_view line);

/// Reads an event. Returns nothing for an unknown type, which a newer server may send, and for a line that is
/// not a JSON object. Unknown fields are ignored, and missing fields keep their defaults. An unknown code is
/// appended to the sentence, and read as bad_request (`error`) or shutting_down (`bye`).
std::optional<Event> decode_event(std::string_view line);

/// Appends one line, with its "\n". The line is valid JSON whatever the strings hold (bytes that are not
/// UTF-8 become U+FFFD). Controls, DEL and C1 included, and U+2028/2029 are escaped, so that no reader splits
/// the line and no terminal that shows it raw obeys it. Pointers must not be null.
void encode(const Request& request, std::string& out);
void encode(const Event& event, std::string& out);
/// Appends a room message's line. `ref` (may be empty) belongs only in the copy for the message's sender.
void encode(const Message& message, std::string_view ref, std::string& out);

/// Bytes of a message in the list of a `history` or `joined`, escapes included: a text may be full of
/// escapes, and such a reply has to stay under reply_bytes.
std::size_t encoded_size(const Message& message);
/// Bytes of the event's line, with its ending.
std::size_t encoded_size(const Event& event);

}  // namespace hubbub::protocol
