// What etcd's JSON gateway answers.
#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <utility>

#include "server/journal/shared/base64.hpp"
#include "server/journal/shared/etcd_gateway.hpp"

namespace hubbub::journal::shared::etcd {
namespace {

namespace json = boost::json;

/// The fields of an object. What is not there, or null, is the default; what is something else than asked for
/// makes the whole answer fail.
class Fields {
 public:
  Fields(const json::value* object, bool& failed) : failed_(&failed) {
    if (object == nullptr || object->is_null()) return;
    object_ = object->if_object();
    if (object_ == nullptr) failed = true;
  }

  bool is_there() const { return object_ != nullptr; }

  Fields part(std::string_view name) const { return {find(name), *failed_}; }
  /// What may be an object and something else.
  Fields part_if_object(std::string_view name) const {
    const auto* const value = find(name);
    return {value != nullptr && value->is_object() ? value : nullptr, *failed_};
  }

  bool flag(std::string_view name) const {
    const auto* const value = find(name);
    if (value == nullptr) return false;
    if (!value->is_bool()) return fail(false);
    return value->get_bool();
  }

  /// In quotes, or without them.
  template <class Number>
  Number number(std::string_view name) const {
    const auto* const value = find(name);
    if (value == nullptr) return 0;
    if (const auto* const quoted = value->if_string()) {
      Number read = 0;
      const auto* const end = quoted->data() + quoted->size();
      const auto [stopped, error] = std::from_chars(quoted->data(), end, read);
      return error == std::errc() && stopped == end ? read : fail(Number{0});
    }
    boost::system::error_code error;
    const auto read = value->to_number<Number>(error);
    return error ? fail(Number{0}) : read;
  }

  std::string text(std::string_view name) const {
    const auto* const value = find(name);
    if (value == nullptr) return {};
    if (!value->is_string()) return fail(std::string());
    return std::string(value->get_string());
  }

  std::string bytes(std::string_view name) const {
    const auto* const value = find(name);
    if (value == nullptr) return {};
    if (!value->is_string()) return fail(std::string());
    auto read = from_base64({value->get_string().data(), value->get_string().size()});
    return read ? *std::move(read) : fail(std::string());
  }

  /// Calls `take` with the fields of each object in the list.
  template <class Take>
  void each(std::string_view name, const Take& take) const {
    const auto* const value = find(name);
    if (value == nullptr) return;
    const auto* const list = value->if_array();
    if (list == nullptr) return static_cast<void>(fail(false));
    for (const auto& item : *list) take(Fields(&item, *failed_));
  }

  /// Whether a text in the list has that.
  bool any_has(std::string_view name, std::string_view what) const {
    const auto* const value = find(name);
    if (value == nullptr) return false;
    const auto* const list = value->if_array();
    if (list == nullptr) return fail(false);
    return std::any_of(list->begin(), list->end(), [what](const json::value& each) {
      return each.is_string() && std::string_view(each.get_string()).find(what) != std::string_view::npos;
    });
  }

  template <class Value>
  Value fail(Value value) const {
    *failed_ = true;
    return value;
  }

 private:
  const json::value* find(std::string_view name) const {
    if (object_ == nullptr) return nullptr;
    const auto* const value = object_->if_contains({name.data(), name.size()});
    return value == nullptr || value->is_null() ? nullptr : value;
  }

  const json::object* object_ = nullptr;
  bool* failed_;
};

/// What `read` makes of the object that the body is; nothing if it is none, or a field is not what it is read
/// as.
template <class Answer, class Read>
std::optional<Answer> parse(std::string_view body, const Read& read) {
  json::monotonic_resource memory;
  boost::system::error_code error;
  const auto value = json::parse({body.data(), body.size()}, error, &memory);
  if (error) return std::nullopt;
  bool failed = false;
  Answer answer;
  const Fields fields(&value, failed);
  if (fields.is_there()) read(fields, answer);
  if (failed || !fields.is_there()) return std::nullopt;
  return answer;
}

/// All that etcd answers has a header, with the store's revision but for a few.
std::uint64_t header(const Fields& fields) {
  const auto header = fields.part("header");
  if (!header.is_there()) return fields.fail(std::uint64_t{0});
  return header.number<std::uint64_t>("revision");
}

KeyValue key_value(const Fields& fields) {
  return {.key = fields.bytes("key"),
          .create_revision = fields.number<std::uint64_t>("create_revision"),
          .mod_revision = fields.number<std::uint64_t>("mod_revision"),
          .version = fields.number<std::uint64_t>("version"),
          .lease = fields.number<std::int64_t>("lease"),
          .value = fields.bytes("value")};
}

void found(const Fields& fields, std::vector<KeyValue>& found) {
  fields.each("kvs", [&](const Fields& each) { found.push_back(key_value(each)); });
}

}  // namespace

std::optional<Range> parse_range(std::string_view body) {
  return parse<Range>(body, [](const Fields& fields, Range& range) {
    range.revision = header(fields);
    if (range.revision == 0) fields.fail(0);
    found(fields, range.found);
  });
}

std::optional<Txn> parse_txn(std::string_view body) {
  return parse<Txn>(body, [](const Fields& fields, Txn& txn) {
    txn.revision = header(fields);
    if (txn.revision == 0) fields.fail(0);
    txn.succeeded = fields.flag("succeeded");
    fields.each("responses", [&](const Fields& each) { found(each.part("response_range"), txn.found); });
  });
}

std::optional<Lease> parse_grant(std::string_view body) {
  return parse<Lease>(body, [](const Fields& fields, Lease& lease) {
    header(fields);
    lease = {.id = fields.number<std::int64_t>("ID"), .seconds = fields.number<std::int64_t>("TTL")};
    if (lease.id == 0 || lease.seconds <= 0 || !fields.text("error").empty()) fields.fail(0);
  });
}

std::optional<Lease> parse_keep_alive(std::string_view body) {
  return parse<Lease>(body, [](const Fields& fields, Lease& lease) {
    const auto result = fields.part("result");
    if (!result.is_there()) return static_cast<void>(fields.fail(0));
    header(result);
    lease = {.id = result.number<std::int64_t>("ID"), .seconds = result.number<std::int64_t>("TTL")};
    if (lease.id == 0) fields.fail(0);
  });
}

std::optional<Status> parse_status(std::string_view body) {
  return parse<Status>(body, [](const Fields& fields, Status& status) {
    header(fields);
    status = {.size = fields.number<std::uint64_t>("dbSize"),
              .used = fields.number<std::uint64_t>("dbSizeInUse"),
              .is_full = fields.any_has("errors", "NOSPACE")};
  });
}

std::optional<std::string> parse_token(std::string_view body) {
  return parse<std::string>(body, [](const Fields& fields, std::string& token) {
    token = fields.text("token");
    // It becomes a line of a head.
    if (token.empty() || token.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      fields.fail(0);
  });
}

std::optional<Watched> parse_watch(std::string_view line) {
  return parse<Watched>(line, [](const Fields& fields, Watched& watched) {
    const auto result = fields.part("result");
    if (!result.is_there()) return static_cast<void>(fields.fail(0));
    header(result);
    watched.created = result.flag("created");
    watched.canceled = result.flag("canceled");
    watched.is_fragment = result.flag("fragment");
    watched.compact_revision = result.number<std::uint64_t>("compact_revision");
    watched.reason = result.text("cancel_reason");
    result.each("events", [&](const Fields& each) {
      watched.events.push_back(
          {.is_delete = each.text("type") == "DELETE", .of = key_value(each.part("kv"))});
      const auto& of = watched.events.back().of;
      if (of.key.empty() || of.mod_revision == 0) fields.fail(0);
    });
  });
}

// --- refusals

std::optional<Refusal> parse_refusal(std::string_view body) {
  return parse<Refusal>(body, [](const Fields& fields, Refusal& refusal) {
    const auto streamed = fields.part_if_object("error");
    const auto& of = streamed.is_there() ? streamed : fields;
    refusal = {.code = of.number<int>("code"), .text = of.text("message")};
    if (refusal.code == 0) refusal.code = of.number<int>("grpc_code");
    if (refusal.code == 0) fields.fail(0);
  });
}

namespace {

// https://grpc.io/docs/guides/status-codes
constexpr int invalid_argument = 3;
constexpr int not_found = 5;
constexpr int permission_denied = 7;
constexpr int resource_exhausted = 8;
constexpr int failed_precondition = 9;
constexpr int out_of_range = 11;
constexpr int unauthenticated = 16;

bool says(const Refusal& refusal, std::string_view what) {
  return refusal.text.find(what) != std::string::npos;
}

}  // namespace

Fate fate_of(const Refusal& refusal) {
  // These are said before anything is proposed, or instead of applying it.
  if (is_about_token(refusal)) return Fate::no_token;
  switch (refusal.code) {
    case invalid_argument:
    case permission_denied:
      return Fate::never;
    case resource_exhausted:
      // The member that is asked looks for space before it proposes, and each member again when it has
      // applied: only then the alarm is raised that stops all (apply.go, quotaApplierV3).
      if (says(refusal, "database space exceeded")) return Fate::full;
      if (says(refusal, "too many requests")) return Fate::busy;
      return says(refusal, "larger than max") ? Fate::never : Fate::perhaps;
    default:
      return Fate::perhaps;
  }
}

bool is_answer(const Refusal& refusal) {
  switch (refusal.code) {
    case invalid_argument:
    case not_found:
    case failed_precondition:
    case out_of_range:
      return true;
    case resource_exhausted:
      return fate_of(refusal) != Fate::busy;
    default:
      return false;
  }
}

bool is_about_token(const Refusal& refusal) {
  return refusal.code == unauthenticated || says(refusal, "invalid auth token") ||
         says(refusal, "user name is empty") || says(refusal, "revision of auth store is old");
}

bool is_compacted(const Refusal& refusal) {
  return refusal.code == out_of_range && says(refusal, "has been compacted");
}

bool is_lease_gone(const Refusal& refusal) {
  return refusal.code == not_found && says(refusal, "lease not found");
}

bool is_auth_off(const Refusal& refusal) {
  return refusal.code == failed_precondition && says(refusal, "authentication is not enabled");
}

}  // namespace hubbub::journal::shared::etcd
