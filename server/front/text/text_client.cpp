#include "server/front/text/text_client.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "protocol/name.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/front/text/telnet.hpp"
#include "server/front/text/text_format.hpp"
#include "server/net/connection.hpp"

namespace hubbub::front {
namespace {

using protocol::Code;
using protocol::DecodedRequest;
using protocol::Request;
namespace event = protocol::event;
namespace request = protocol::request;
namespace slash = protocol::slash;

DecodedRequest ask(request::Any body) { return Request{.body = std::move(body), .ref = {}}; }

DecodedRequest refuse(protocol::Error error) {
  return protocol::BadRequest{.error = std::move(error), .ref = {}, .id = {}};
}

}  // namespace

TextClient::TextClient(net::Connection& connection, chat::Hub& hub, MakeJson make_json)
    : LineClient(connection, hub), hub_(hub), make_json_(make_json) {
  take(ask(request::Hello{}));
  take(ask(request::Join{.room = hub.settings().default_room, .since = {}, .replay = {}, .key = {}}));
}

/// Not before there is a token for what one may type next.
bool TextClient::may_read_on() {
  const auto wait = session().throttled();
  if (wait.count() == 0) return true;
  throttled_until_ = now() + wait;
  connection().pause();
  connection().deadline_moved();
  return false;
}

/// A program that waited to be greeted before it said hello: it gets what it speaks.
bool TextClient::turns_json(std::string_view line) {
  const auto make_json = std::exchange(make_json_, nullptr);
  if (make_json == nullptr || !line.starts_with('{')) return false;
  const auto decoded = protocol::decode_request(line);
  const auto* asked = std::get_if<Request>(&decoded);
  if (asked == nullptr || !std::holds_alternative<request::Hello>(asked->body)) return false;
  session().end("left");
  connection().become(make_json(connection(), hub_));
  return true;
}

/// False: not now, because what it says or means hangs on an answer that is still to come.
bool TextClient::take_line(std::string_view bytes) {
  if (turns_json(bytes)) return false;
  const auto line = without_telnet_commands(bytes);
  if (session().is_reading() && must_wait()) return false;  // a room that one is about to be in, perhaps
  auto parsed = slash::parse(line, {.room = current_room(), .search_on = search_on_});
  auto* asked = parsed ? std::get_if<request::Any>(&*parsed) : nullptr;
  const bool is_said = asked != nullptr && std::holds_alternative<request::Say>(*asked);
  if (!is_said && must_wait()) return false;
  if (!protocol::is_utf8(line)) {
    take(refuse({Code::bad_utf8, "that line is not UTF-8; set your terminal to UTF-8"}));
  } else if (!parsed) {
    take(refuse(parsed.error()));
  } else if (asked != nullptr) {
    carry_out(*asked);
  } else if (std::holds_alternative<slash::Help>(*parsed)) {
    write(slash::help());
  } else if (const auto* shown = std::get_if<slash::ShowTopic>(&*parsed)) {
    show_topic(shown->room);
  }
  return true;
}

bool TextClient::must_wait() {
  if (!session().must_wait()) return false;
  connection().pause();
  return true;
}

net::Time TextClient::deadline() const { return std::min(patience().idle_due(), throttled_until_); }

void TextClient::on_deadline(net::Time now) {
  if (now >= throttled_until_) {
    throttled_until_ = net::never;
    connection().resume();
  } else if (now >= patience().idle_due()) {
    session().close({Code::idle_timeout, "nothing came from you for too long"});
  }
}

const chat::Format& TextClient::format() const { return text_format(places_.size() > 1); }

void TextClient::send(const protocol::Event& event) {
  note(event);
  const auto* history = std::get_if<event::History>(&event.body);
  const bool found = history != nullptr && searched_.has_value();
  if (found) search_on_ = slash::older_hits(*searched_, *history);
  std::string text;
  const Reader reader{
      .self = session().name().shown, .in_several_rooms = places_.size() > 1, .searched = found};
  to_text(event, reader, text);
  write(std::move(text));
}

// --- where one is

void TextClient::note(const protocol::Event& event) {
  if (const auto* joined = std::get_if<event::Joined>(&event.body)) {
    places_.push_back(joined->room);
  } else if (const auto* left = std::get_if<event::Left>(&event.body)) {
    std::erase(places_, left->room);
  }
}

void TextClient::carry_out(request::Any& asked) {
  if (switches_room(asked)) return;
  // No other history is answered before this one: a question waits until nothing is under way.
  const auto* history = std::get_if<request::History>(&asked);
  searched_ = history != nullptr && history->search ? std::optional(*history) : std::nullopt;
  take(ask(std::move(asked)));
}

/// To join the room that one is in already is to go on speaking there.
bool TextClient::switches_room(const request::Any& asked) {
  const auto* join = std::get_if<request::Join>(&asked);
  const auto room = join == nullptr ? nullptr : session().room(join->room);
  if (!room) return false;
  std::erase(places_, room->name().shown);
  places_.push_back(room->name().shown);
  print("you speak in " + room->name().shown + " now");
  return true;
}

void TextClient::show_topic(const std::string& room) {
  const auto joined = session().room(room);
  if (!joined) {
    take(refuse({Code::not_joined, "you are not in " + room}));
  } else if (joined->topic().empty()) {
    print(joined->name().shown + " has no topic");
  } else {
    print("the topic of " + joined->name().shown + " is: " + joined->topic());
  }
}

void TextClient::print(std::string_view line) { write("* " + protocol::for_terminal(line) + '\n'); }

const std::string& TextClient::current_room() const {
  static const std::string none;
  return places_.empty() ? none : places_.back();
}

}  // namespace hubbub::front
