#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"

namespace hubbub::protocol {
namespace {

namespace json = boost::json;

/// An object read with patience: what is missing or of another type is empty.
class Reader {
 public:
  explicit Reader(const json::value* value) : object_(value != nullptr ? value->if_object() : nullptr) {}

  std::string text(std::string_view name) const {
    const json::value* const value = find(name);
    const json::string* const text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string(text->data(), text->size()) : std::string();
  }

  std::uint64_t number(std::string_view name, std::uint64_t otherwise = 0) const {
    const double value = fraction(name, -1);
    const json::value* const exact = find(name);
    if (value < 0 || value > static_cast<double>(max_integer)) return otherwise;
    return exact->is_int64() ? static_cast<std::uint64_t>(exact->get_int64())
                             : static_cast<std::uint64_t>(value);
  }

  std::optional<std::uint64_t> optional_number(std::string_view name) const {
    constexpr std::uint64_t none = max_integer + 1;
    const std::uint64_t value = number(name, none);
    return value == none ? std::nullopt : std::optional(value);
  }

  double fraction(std::string_view name, double otherwise = 0) const {
    const json::value* const value = find(name);
    if (value == nullptr || !value->is_number()) return otherwise;
    boost::system::error_code error;
    const double number = value->to_number<double>(error);
    return error ? otherwise : number;
  }

  bool flag(std::string_view name, bool otherwise = false) const {
    const json::value* const value = find(name);
    const bool* const flag = value != nullptr ? value->if_bool() : nullptr;
    return flag != nullptr ? *flag : otherwise;
  }

  Timestamp time(std::string_view name) const { return timestamp_from(text(name)).value_or(Timestamp{}); }

  Reader object(std::string_view name) const { return Reader(find(name)); }

  /// What `read` makes of each element of an array.
  template <class Read>
  auto list(std::string_view name, Read read) const {
    std::vector<decltype(read(json::value{}))> items;
    const json::value* const value = find(name);
    const json::array* const array = value != nullptr ? value->if_array() : nullptr;
    if (array == nullptr) return items;
    items.reserve(array->size());
    for (const json::value& element : *array) items.push_back(read(element));
    return items;
  }

  std::vector<std::string> texts(std::string_view name) const {
    return list(name, [](const json::value& element) {
      const json::string* const text = element.if_string();
      return text != nullptr ? std::string(text->data(), text->size()) : std::string();
    });
  }

  bool is_object() const { return object_ != nullptr; }

 private:
  const json::value* find(std::string_view name) const {
    return object_ != nullptr ? object_->if_contains(json::string_view(name.data(), name.size())) : nullptr;
  }

  const json::object* object_;
};

event::Any read_welcome(const Reader& in) {
  const Reader limits = in.object("limits");
  return event::Welcome{.version = in.number("version", version),
                        .server = in.text("server"),
                        .name = in.text("name"),
                        .account = in.flag("account"),
                        .motd = in.text("motd"),
                        .line_bytes = limits.number("line"),
                        .text_bytes = limits.number("text"),
                        .name_code_points = limits.number("name"),
                        .room_code_points = limits.number("room"),
                        .default_room = in.text("default_room"),
                        .messages_per_second = limits.fraction("messages_per_second"),
                        .messages_burst = limits.number("messages_burst")};
}

/// A message that is several kinds at once is what comes first here.
MessageKind read_kind(const Reader& in) {
  if (in.flag("action")) return MessageKind::action;
  return in.flag("notice") ? MessageKind::notice : MessageKind::said;
}

std::shared_ptr<const Change> read_change(const Reader& in) {
  if (in.flag("deleted")) return std::make_shared<const Change>(Change{.what = Change::What::deleted});
  const std::optional<Timestamp> edited = timestamp_from(in.text("edited"));
  return edited ? std::make_shared<const Change>(Change{.time = *edited}) : nullptr;
}

MessagePtr read_message(const Reader& in) {
  return std::make_shared<const Message>(Message{.room = in.text("room"),
                                                 .to = in.text("to"),
                                                 .seq = in.number("seq"),
                                                 .time = in.time("time"),
                                                 .from = in.text("from"),
                                                 .text = in.text("text"),
                                                 .id = in.text("id"),
                                                 .kind = read_kind(in),
                                                 .account = in.text("account"),
                                                 .reply_to = in.number("reply_to"),
                                                 .change = read_change(in)});
}

std::vector<MessagePtr> read_messages(const Reader& in, std::string_view name) {
  return in.list(name, [](const json::value& element) { return read_message(Reader(&element)); });
}

event::Any read_joined(const Reader& in) {
  return event::Joined{.room = in.text("room"),
                       .topic = in.text("topic"),
                       .count = in.number("count"),
                       .members = in.texts("members"),
                       .last = in.number("last"),
                       .epoch = in.text("epoch"),
                       .history = read_messages(in, "history"),
                       .complete = in.flag("complete", true)};
}

event::Any read_left(const Reader& in) { return event::Left{.room = in.text("room")}; }

event::Any read_live_message(const Reader& in) { return read_message(in); }

event::Departure read_departure(const json::value& element) {
  const Reader in(&element);
  return {.name = in.text("name"), .reason = in.text("reason")};
}

event::Any read_presence(const Reader& in) {
  return event::Presence{.room = in.text("room"),
                         .count = in.number("count"),
                         .joined = in.texts("joined"),
                         .left = in.list("left", read_departure)};
}

event::Any read_renamed(const Reader& in) {
  return event::Renamed{.old_name = in.text("old"), .new_name = in.text("new")};
}

event::Any read_topic(const Reader& in) {
  return event::Topic{
      .room = in.text("room"), .text = in.text("text"), .from = in.text("from"), .time = in.time("time")};
}

event::Any read_members(const Reader& in) {
  return event::Members{.room = in.text("room"),
                        .count = in.number("count"),
                        .names = in.texts("names"),
                        .more = in.flag("more")};
}

event::RoomInfo read_room_info(const json::value& element) {
  const Reader in(&element);
  return {.room = in.text("room"), .topic = in.text("topic"), .count = in.number("count")};
}

event::Any read_rooms(const Reader& in) {
  return event::Rooms{.rooms = in.list("rooms", read_room_info), .more = in.flag("more")};
}

event::Any read_history(const Reader& in) {
  return event::History{.room = in.text("room"),
                        .messages = read_messages(in, "messages"),
                        .complete = in.flag("complete", true),
                        .count = in.optional_number("count")};
}

event::Any read_ping(const Reader&) { return event::Ping{}; }
event::Any read_pong(const Reader&) { return event::Pong{}; }

/// A code that a newer server may have is kept as part of the sentence.
Error read_error(const Reader& in, Code otherwise) {
  const std::string name = in.text("code");
  const std::optional<Code> code = code_from(name);
  if (code) return {*code, in.text("text")};
  return {otherwise, name.empty() ? in.text("text") : in.text("text") + " (" + name + ")"};
}

event::Any read_failure(const Reader& in) {
  return event::Failure{.error = read_error(in, Code::bad_request),
                        .id = in.text("id"),
                        .retry_after_ms = in.number("retry_after")};
}

event::Any read_bye(const Reader& in) { return event::Bye{.error = read_error(in, Code::shutting_down)}; }

struct Row {
  std::string_view type;
  event::Any (*read)(const Reader&);
};

constexpr std::array<Row, 14> rows = {{
    {"message", read_live_message},
    {"presence", read_presence},
    {"pong", read_pong},
    {"ping", read_ping},
    {"welcome", read_welcome},
    {"joined", read_joined},
    {"left", read_left},
    {"renamed", read_renamed},
    {"topic", read_topic},
    {"members", read_members},
    {"rooms", read_rooms},
    {"history", read_history},
    {"error", read_failure},
    {"bye", read_bye},
}};
static_assert(rows.size() == std::variant_size_v<event::Any>);

}  // namespace

std::optional<Event> decode_event(std::string_view line) {
  std::array<unsigned char, 4096> first_block;  // NOLINT(*-member-init): only ever written before it is read
  json::monotonic_resource memory(first_block.data(), first_block.size());
  boost::system::error_code error;
  const json::value tree = json::parse(json::string_view(line.data(), line.size()), error, &memory);
  if (error) return std::nullopt;
  const Reader in(&tree);
  const std::string type = in.text("type");
  const auto* const row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.type == type; });
  if (!in.is_object() || row == rows.end()) return std::nullopt;
  return Event{row->read(in), in.text("ref")};
}

}  // namespace hubbub::protocol
