#include <algorithm>
#include <array>
#include <utility>

#include "protocol/json.hpp"
#include "protocol/json_fields.hpp"
#include "protocol/limits.hpp"
#include "protocol/text.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::protocol {
namespace {

using Type = JsonFields::Type;

/// Whether a string will do as an `id` or a `ref`.
bool is_identifier(std::string_view text) {
  if (text.empty() || text.size() > id_bytes) return false;
  for (; !text.empty(); text.remove_prefix(front_code_point(text).bytes))
    if (is_control(front_code_point(text).value)) return false;
  return true;
}

/// The `id` or `ref` of a line that may be faulty, if it is fit to be returned.
std::string identifier_or_nothing(const JsonFields::Value& value) {
  if (value.type != Type::string || !is_identifier(value.string)) return {};
  return std::string(value.string);
}

/// Takes the fields of one request, and keeps the first complaint about them.
class Reader {
 public:
  Reader(std::string_view request, const JsonFields& fields) : request_(request), fields_(fields) {}

  std::string text(std::string_view name) {
    const JsonFields::Value value = fields_[name];
    if (value.type != Type::string) miss(name, "a string");
    return std::string(value.string);
  }

  std::optional<std::string> optional_text(std::string_view name) {
    const JsonFields::Value value = fields_[name];
    if (value.type == Type::null) return std::nullopt;
    if (value.type != Type::string) reject(name, "a string");
    return std::string(value.string);
  }

  std::optional<std::string> optional_identifier(std::string_view name) {
    const JsonFields::Value value = fields_[name];
    if (value.type == Type::null) return std::nullopt;
    if (value.type != Type::string || !is_identifier(value.string))
      reject(name, "a string of 1 to 64 bytes without controls");
    return std::string(value.string);
  }

  std::uint64_t number(std::string_view name) {
    const JsonFields::Value value = fields_[name];
    if (value.type != Type::whole_number) miss(name, whole_number);
    return value.whole_number;
  }

  std::optional<std::uint64_t> optional_number(std::string_view name) {
    const JsonFields::Value value = fields_[name];
    if (value.type == Type::null) return std::nullopt;
    if (value.type != Type::whole_number) reject(name, whole_number);
    return value.whole_number;
  }

  bool flag(std::string_view name) {
    const JsonFields::Value value = fields_[name];
    if (value.type != Type::null && value.type != Type::boolean) reject(name, "true or false");
    return value.boolean;
  }

  void complain(std::string sentence) {
    if (complaint_.empty()) complaint_ = std::move(sentence);
  }

  const std::string& complaint() const { return complaint_; }

 private:
  static constexpr std::string_view whole_number = "a whole number from 0 to 2^53";

  void miss(std::string_view name, std::string_view kind) {
    complain(std::string(request_).append(" needs a \"").append(name).append("\" that is ").append(kind));
  }

  void reject(std::string_view name, std::string_view kind) {
    std::string sentence("the \"");
    sentence.append(name).append("\" of ").append(request_).append(" must be ").append(kind);
    complain(std::move(sentence));
  }

  std::string_view request_;
  const JsonFields& fields_;
  std::string complaint_;
};

// The initialisers of a braced list are evaluated in order, so the complaint is about the first field.

request::Any read_hello(Reader& in) {
  return request::Hello{.version = in.number("version"),
                        .name = in.optional_text("name"),
                        .password = in.optional_text("password"),
                        .token = in.optional_text("token"),
                        .client = in.optional_text("client")};
}

request::Any read_rename(Reader& in) { return request::Rename{.name = in.text("name")}; }

request::Any read_join(Reader& in) {
  return request::Join{.room = in.text("room"),
                       .since = in.optional_number("since"),
                       .epoch = in.optional_text("epoch"),
                       .replay = in.optional_number("replay"),
                       .key = in.optional_text("key")};
}

request::Any read_leave(Reader& in) { return request::Leave{.room = in.text("room")}; }

request::Any read_say(Reader& in) {
  return request::Say{.room = in.text("room"),
                      .text = in.text("text"),
                      .id = in.optional_identifier("id"),
                      .action = in.flag("action")};
}

request::Any read_tell(Reader& in) {
  return request::Tell{.to = in.text("to"), .text = in.text("text"), .id = in.optional_identifier("id")};
}

request::Any read_who(Reader& in) {
  return request::Who{.room = in.optional_text("room"), .after = in.optional_text("after")};
}

request::Any read_rooms(Reader& in) { return request::Rooms{.after = in.optional_text("after")}; }

request::Any read_topic(Reader& in) {
  return request::Topic{.room = in.text("room"), .text = in.text("text")};
}

request::Any read_history(Reader& in) {
  const auto search = in.optional_text("search");
  const auto from = in.optional_text("from");
  request::History history{.room = search || from ? in.optional_text("room").value_or("") : in.text("room"),
                           .before = in.optional_number("before"),
                           .after = in.optional_number("after"),
                           .limit = in.optional_number("limit"),
                           .search = search,
                           .from = from,
                           .count = in.flag("count")};
  if (history.before && history.after) in.complain(R"(history takes "before" or "after", not both)");
  if (history.limit == 0U) in.complain("the \"limit\" of history must be 1 or more");
  return history;
}

request::Any read_ping(Reader&) { return request::Ping{}; }
request::Any read_pong(Reader&) { return request::Pong{}; }
request::Any read_quit(Reader& in) { return request::Quit{.text = in.optional_text("text")}; }

struct Row {
  std::string_view type;
  request::Any (*read)(Reader&);
};

constexpr std::array<Row, 13> rows = {{
    {"say", read_say},
    {"ping", read_ping},
    {"pong", read_pong},
    {"hello", read_hello},
    {"join", read_join},
    {"leave", read_leave},
    {"tell", read_tell},
    {"who", read_who},
    {"rooms", read_rooms},
    {"topic", read_topic},
    {"history", read_history},
    {"rename", read_rename},
    {"quit", read_quit},
}};
static_assert(rows.size() == std::variant_size_v<request::Any>);

/// A type that is not ours, fit to be shown in a sentence however long and strange it is.
std::string shortened(std::string_view type) {
  constexpr std::size_t enough = 40;
  std::string shown = for_terminal(prefix(type, enough));
  if (type.size() > enough) shown += "…";
  return shown;
}

/// What the fields ask for, but for their `ref`.
Result<request::Any> read_body(const JsonFields& fields) {
  const JsonFields::Value type = fields["type"];
  if (type.type != Type::string)
    return Error{Code::bad_request, "every request needs a \"type\" that is a string"};
  const auto* const row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.type == type.string; });
  if (row == rows.end())
    return Error{Code::unknown_type, "there is no request of type \"" + shortened(type.string) + "\""};
  Reader reader(row->type, fields);
  reader.optional_identifier("ref");
  request::Any body = row->read(reader);
  if (!reader.complaint().empty()) return Error{Code::bad_request, reader.complaint()};
  return body;
}

}  // namespace

DecodedRequest decode_request(std::string_view line) {
  if (!is_utf8(line)) return BadRequest{{Code::bad_utf8, "the line is not valid UTF-8"}, {}, {}};
  thread_local JsonFields fields;
  if (!fields.read(line)) {
    std::string why = "every line must be one JSON object, but this one " + fields.problem();
    return BadRequest{{Code::bad_json, std::move(why)}, {}, {}};
  }
  std::string ref = identifier_or_nothing(fields["ref"]);
  Result<request::Any> body = read_body(fields);
  if (!body) return BadRequest{body.error(), std::move(ref), identifier_or_nothing(fields["id"])};
  return Request{*std::move(body), std::move(ref)};
}

}  // namespace hubbub::protocol
