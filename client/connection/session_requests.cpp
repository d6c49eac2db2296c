// The session's part for outgoing requests.
#include <algorithm>
#include <utility>

#include "client/connection/session.hpp"
#include "client/connection/wipe.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::Code;
using protocol::Event;
using protocol::key_of;
using protocol::Request;
using protocol::same_name;
namespace event = protocol::event;
namespace request = protocol::request;

namespace {

/// The `id` member, set or not, of a request type that has one; nullptr: the type has none.
std::optional<std::string>* id_of(Request& asked) {
  if (auto* say = std::get_if<request::Say>(&asked.body)) return &say->id;
  if (auto* tell = std::get_if<request::Tell>(&asked.body)) return &tell->id;
  return nullptr;
}

/// The key (Name::key) of a tell's recipient; empty: not a tell.
std::string recipient_of(const Request& asked) {
  const auto* tell = std::get_if<request::Tell>(&asked.body);
  return tell == nullptr ? std::string() : key_of(tell->to);
}

/// Requests that take a token of the server's rate limit, because other people see their effect.
bool is_paced(const request::Any& body) {
  return std::holds_alternative<request::Say>(body) || std::holds_alternative<request::Tell>(body) ||
         std::holds_alternative<request::Rename>(body) || std::holds_alternative<request::Topic>(body) ||
         std::holds_alternative<request::Leave>(body) || std::holds_alternative<request::Edit>(body) ||
         std::holds_alternative<request::Delete>(body);
}

/// Whether the line contains the field, even as null.
bool names_field(std::string_view line, std::string_view key) {
  return line.find('"' + std::string(key) + '"') != std::string_view::npos;
}

/// The same, of a line whose texts may have the word in quotes, too.
bool has_field(std::string_view line, std::string_view key) {
  const auto quoted = '"' + std::string(key) + '"';
  for (auto at = line.find(quoted); at != std::string_view::npos; at = line.find(quoted, at + 1)) {
    const auto behind = line.find_first_not_of(" \t", at + quoted.size());
    if (behind != std::string_view::npos && line[behind] == ':') return true;
  }
  return false;
}

/// Whether others must not read the line: it has a password or a token, or the key of a room.
bool is_secret(std::string_view line) {
  return has_field(line, "password") || has_field(line, "token") || has_field(line, "key") ||
         has_field(line, "invite") || has_field(line, "old") || has_field(line, "new");
}

/// Adds a field at the front of a line, which must be an object with other fields. The rest of the line
/// stays, so that fields unknown here reach the server.
void add_field(std::string& line, std::string_view key, std::string_view value) {
  std::string field = "\"";
  field.append(key).append("\":\"").append(value).append("\",");
  line.insert(line.find('{') + 1, field);
}

}  // namespace

void Session::ping(TimePoint now) {
  if (!welcome()) return;
  // Each ping has its own ref: the answer to an earlier ping may have arrived before the machine slept, and
  // is read only now.
  ++pings_;
  asked_ = now;
  write({request::Ping{}, ping_ref()});
}

std::optional<Session::TimePoint> Session::waiting_since() const {
  const auto sent = phase_ == Phase::open ? outbox_.waiting_since() : std::nullopt;
  return asked_ && sent ? std::min(*asked_, *sent) : (asked_ ? asked_ : sent);
}

std::string Session::take_output(TimePoint now) {
  ask_again(now);
  if (phase_ == Phase::open) outbox_.send(now, output_);
  return std::exchange(output_, {});
}

std::optional<Session::TimePoint> Session::next_output(TimePoint now) {
  const auto next = phase_ == Phase::open ? outbox_.next(now) : std::nullopt;
  if (later_.empty()) return next;
  const TimePoint later = later_.begin()->first;
  return std::min(later, next.value_or(later));
}

bool Session::send(Request asked) {
  if (asked.ref.empty()) asked.ref = next_tag();
  Outgoing outgoing;
  if (std::optional<std::string>* id = id_of(asked))
    outgoing.id = id->has_value() ? **id : id->emplace(next_tag());
  outgoing.ref = asked.ref;
  outgoing.paced = is_paced(asked.body);
  outgoing.to = recipient_of(asked);
  if (std::holds_alternative<request::Quit>(asked.body)) leaving_ = true;
  note_key(asked.body);
  encode(asked, outgoing.line);
  wipe(asked.body);
  return queue(std::move(outgoing));
}

bool Session::send_line(std::string_view line) {
  auto decoded = protocol::decode_request(line);
  if (const auto* bad = std::get_if<protocol::BadRequest>(&decoded)) {
    const bool unfit_ref = bad->ref.empty() && names_field(line, "ref");  // a second "ref" would be bad_json
    if (bad->error.code != Code::unknown_type || unfit_ref) {
      tell({event::Failure{bad->error, bad->id, 0}, bad->ref}, Arrival::live);
      return true;
    }
    Outgoing unknown{std::string(line) + '\n', bad->ref, {}, false};
    if (bad->ref.empty()) add_field(unknown.line, "ref", unknown.ref = next_tag());
    return queue(std::move(unknown));
  }
  auto& asked = std::get<Request>(decoded);
  note_key(asked.body);
  if (const auto* hello = std::get_if<request::Hello>(&asked.body)) {
    if (!hello->name || same_name(*hello->name, profile_.name)) return true;
    return send({request::Rename{*hello->name}, asked.ref});
  }
  if (std::holds_alternative<request::Pong>(asked.body)) return true;  // the session answers pings itself
  if (std::holds_alternative<request::Quit>(asked.body)) leaving_ = true;
  const auto* id = id_of(asked);
  const bool empty_ref = asked.ref.empty() && names_field(line, "ref");
  const bool empty_id = id != nullptr && !id->has_value() && names_field(line, "id");
  if (empty_ref || empty_id) return send(std::move(asked));  // encoded anew, since no key may occur twice
  Outgoing outgoing{std::string(line) + '\n', asked.ref, {}, is_paced(asked.body), recipient_of(asked)};
  if (outgoing.ref.empty()) add_field(outgoing.line, "ref", outgoing.ref = next_tag());
  if (std::optional<std::string>* given = id_of(asked)) {
    if (!given->has_value()) add_field(outgoing.line, "id", given->emplace(next_tag()));
    outgoing.id = **given;
  }
  return queue(std::move(outgoing));
}

bool Session::queue(Outgoing outgoing) {
  const std::string_view line(outgoing.line.data(), outgoing.line.size() - 1);
  // The server would close the link because of such a line.
  if (line.size() > line_limit_) {
    const std::string why = "this is longer than the " + std::to_string(line_limit_) + " bytes of a line";
    tell({event::Failure{{Code::text_too_long, why}, outgoing.id, 0}, outgoing.ref}, Arrival::live);
    return true;
  }
  outgoing.is_secret = is_secret(line);
  if (is_open_to_all_ && outgoing.is_secret) {
    refuse_secret(outgoing);
    return true;
  }
  if (outbox_.full()) return false;
  outbox_.push(std::move(outgoing));
  return true;
}

void Session::refuse_secret(const Outgoing& outgoing) {
  const std::string why =
      "this has a password, a token or a room's key in it and was not sent, as the connection is not "
      "encrypted "
      "and others could read it; connect with tls://";
  tell({event::Failure{{Code::denied, why}, {}, 0}, outgoing.ref}, Arrival::live);
}

void Session::tell(const Event& event, Arrival arrival) {
  std::string line;
  encode(event, line);
  line.pop_back();
  listener_.on_event(event, line, arrival);
}

std::string Session::next_tag() { return tag_ + "." + std::to_string(++counter_); }

}  // namespace hubbub::client
