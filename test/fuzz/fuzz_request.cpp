#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/line_splitter.hpp"
#include "protocol/look_alike.hpp"
#include "protocol/name.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"
#include "protocol/utf8.hpp"
#include "test/fuzz/require.hpp"

// Bytes from a stranger, through everything that the protocol library reads them with.

namespace {

using namespace hubbub::protocol;
using hubbub::fuzz::require;

/// Whether a text is UTF-8 and has no controls but those that are allowed.
bool is_clean(std::string_view text, std::string_view allowed = "") {
  for (; !text.empty(); text.remove_prefix(front_code_point(text).bytes)) {
    if (front_code_point(text).bytes == 0) return false;
    if (is_control(front_code_point(text).value) && allowed.find(text.front()) == std::string_view::npos)
      return false;
  }
  return true;
}

void check_error(const Error& error) {
  require(!error.text.empty() && error.text.size() < 500, "an error has a sentence of a sane length");
  require(is_clean(error.text), "an error's sentence is clean");
}

/// The line of an event or a request.
template <class Line>
std::string encoded(const Line& line) {
  std::string out;
  encode(line, out);
  require(is_clean(out, "\n") && out.find('\n') == out.size() - 1, "what is encoded is one clean line");
  out.pop_back();
  return out;
}

void check_request(const Request& request) {
  const std::string line = encoded(request);
  const DecodedRequest again = decode_request(line);
  require(std::holds_alternative<Request>(again), "an encoded request is a request");
  require(encoded(std::get<Request>(again)) == line, "a request is read as it was written");
}

void check_event(const Event& event) {
  const std::string line = encoded(event);
  const std::optional<Event> again = decode_event(line);
  require(again.has_value() && encoded(*again) == line, "an event is read as it was written");
}

void check_json(std::string_view line) {
  const DecodedRequest decoded = decode_request(line);
  if (const auto* const request = std::get_if<Request>(&decoded)) {
    check_request(*request);
  } else {
    const auto& bad = std::get<BadRequest>(decoded);
    check_error(bad.error);
    require(bad.ref.size() <= id_bytes && is_clean(bad.ref), "a ref that is returned is fit to be");
    require(bad.id.size() <= id_bytes && is_clean(bad.id), "an id that is returned is fit to be");
    check_event({event::Failure{bad.error, bad.id, 0}, bad.ref});
  }
  if (const auto event = decode_event(line)) check_event(*event);
}

void check_slash(std::string_view line, const slash::Context& context) {
  if (const auto told = slash::help_on(line); told.has_error()) check_error(told.error());
  const Result<slash::Parsed> parsed = slash::parse(line, context);
  if (parsed.has_error()) return check_error(parsed.error());
  if (const auto* const request = std::get_if<request::Any>(&*parsed)) check_request({*request, {}});
}

void check_text(std::string_view text) {
  const Result<std::string> clean = clean_text(text, default_text_bytes);
  if (clean) {
    require(!clean->empty() && clean->size() <= default_text_bytes,
            "a clean text has the length it may have");
    require(is_clean(*clean, "\n\t"), "a clean text has no controls");
    require(*clean_text(*clean, default_text_bytes) == *clean, "a clean text stays as it is");
  } else {
    check_error(clean.error());
  }
  const std::string shown = for_terminal(text);
  require(is_clean(shown, "\t"), "what goes to a terminal has no controls");
  require(for_terminal(shown) == shown, "what is fit for a terminal stays as it is");
}

void check_name(const Result<Name>& name, Result<Name> (*parse)(std::string_view), std::size_t limit) {
  if (!name) return check_error(name.error());
  require(code_points(name->shown) <= limit, "a name is short");
  require(for_terminal(name->shown) == name->shown, "a name is fit for a terminal");
  require(is_utf8(name->key) && !name->key.empty(), "a name has a key");
  const Result<Name> again = parse(name->shown);
  require(again.has_value() && again->shown == name->shown && again->key == name->key,
          "a name stays as it is");
  const Result<Name> folded = parse(name->key);
  require(!folded || folded->key == name->key, "a key is its own key");
}

void check_time(std::string_view text) {
  const auto time = timestamp_from(text);
  if (!time) return;
  const std::string written = to_string(*time);
  const auto again = timestamp_from(written);
  require(again.has_value() && to_string(*again) == written, "a time is read as it was written");
}

void check_look(const Result<Name>& name) {
  if (!name) return;
  const std::string look = skeleton(*name);
  require(!look.empty() && is_utf8(look), "a name has a look");
  require(look.size() <= 64 * name_code_points, "a look is bounded");
}

void check_line(std::string_view line) {
  check_json(line);
  check_slash(line, {"lobby"});
  check_slash(line, {});
  check_text(line);
  check_name(parse_name(line), parse_name, name_code_points);
  check_look(parse_name(line));
  check_name(parse_room(line), parse_room, room_code_points);
  check_time(line);
}

/// The lines are the same when the bytes come in two segments.
void check_split(std::string_view bytes, std::size_t limit) {
  LineSplitter whole(bytes, limit);
  const std::string_view first = bytes.substr(0, bytes.size() / 2);
  LineSplitter begun(first, limit);
  while (const auto line = begun.next())
    require(whole.next() == line, "a line that is whole is read at once");
  require(!begun.too_long() || (!whole.next() && whole.too_long()), "a line that is too long stays too long");
  if (begun.too_long()) return;
  LineSplitter rest(bytes.substr(begun.consumed()), limit);
  while (const auto line = rest.next()) require(whole.next() == line, "the other lines are read later");
  require(!whole.next() && whole.too_long() == rest.too_long(), "both end in the same way");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_split(bytes, 0);
  check_split(bytes, 20);
  LineSplitter lines(bytes, default_line_bytes);
  while (const auto line = lines.next()) check_line(*line);
  check_line(bytes.substr(lines.consumed()));
  return 0;
}
