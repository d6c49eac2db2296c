#include "server/front/text/text_client.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "protocol/line_splitter.hpp"
#include "protocol/name.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/front/text/telnet.hpp"
#include "server/front/text/text_format.hpp"
#include "server/net/connection.hpp"
#include "server/net/turn.hpp"

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

/// The end of the input means what /quit means, but nobody said so.
DecodedRequest hang_up() { return ask(request::Quit{.text = "disconnected"}); }

}  // namespace

TextClient::TextClient(net::Connection& connection, chat::Hub& hub, MakeJson make_json)
    : connection_(connection),
      hub_(hub),
      make_json_(make_json),
      session_(hub.open(*this, connection.number())),
      patience_(connection.settings(), connection.turn().now().steady) {
  take(ask(request::Hello{}));
  take(ask(request::Join{.room = hub.settings().default_room, .since = {}, .replay = {}, .key = {}}));
}

TextClient::~TextClient() { session_->end("disconnected"); }

std::size_t TextClient::on_input(std::string_view bytes) {
  if (waiting_) {
    if (!session_->handle(*waiting_)) {
      connection_.pause();
      return 0;
    }
    waiting_.reset();
  }
  protocol::LineSplitter lines(bytes, connection_.settings().line_bytes);
  std::size_t used = 0;
  while (!session_->is_closed() && !waiting_ && !connection_.congested() && !throttle()) {
    const auto line = lines.next();
    if (!line || turns_json(*line)) break;
    patience_.heard(connection_.turn().now().steady);
    if (!take_line(*line)) break;
    used = lines.consumed();
  }
  if (lines.too_long() && !waiting_) {
    const auto most = std::to_string(connection_.settings().line_bytes);
    session_->close({Code::line_too_long, "a line may have " + most + " bytes at most"});
  }
  return used;
}

/// Whether reading has to stop until there is a token for what one may type next.
bool TextClient::throttle() {
  const auto wait = session_->throttled();
  if (wait.count() == 0) return false;
  throttled_until_ = connection_.turn().now().steady + wait;
  connection_.pause();
  connection_.deadline_moved();
  return true;
}

/// A program that waited to be greeted before it said hello: it gets what it speaks.
bool TextClient::turns_json(std::string_view line) {
  const auto make_json = std::exchange(make_json_, nullptr);
  if (make_json == nullptr || !line.starts_with('{')) return false;
  const auto decoded = protocol::decode_request(line);
  const auto* asked = std::get_if<Request>(&decoded);
  if (asked == nullptr || !std::holds_alternative<request::Hello>(asked->body)) return false;
  session_->end("left");
  connection_.become(make_json(connection_, hub_));
  return true;
}

/// False: not now, because what it says or means hangs on an answer that is still to come.
bool TextClient::take_line(std::string_view bytes) {
  const auto line = without_telnet_commands(bytes);
  if (session_->is_reading() && must_wait()) return false;  // a room that one is about to be in, perhaps
  auto parsed = slash::parse(line, {.room = current_room()});
  auto* asked = parsed ? std::get_if<request::Any>(&*parsed) : nullptr;
  const bool is_said = asked != nullptr && std::holds_alternative<request::Say>(*asked);
  if (!is_said && must_wait()) return false;
  if (!protocol::is_utf8(line)) {
    take(refuse({Code::bad_utf8, "that line is not UTF-8; set your terminal to UTF-8"}));
  } else if (!parsed) {
    take(refuse(parsed.error()));
  } else if (asked != nullptr) {
    if (!switches_room(*asked)) take(ask(std::move(*asked)));
  } else if (std::holds_alternative<slash::Help>(*parsed)) {
    connection_.write(std::make_shared<const std::string>(slash::help()));
  } else if (const auto* shown = std::get_if<slash::ShowTopic>(&*parsed)) {
    show_topic(shown->room);
  }
  return true;
}

bool TextClient::must_wait() {
  if (!session_->must_wait()) return false;
  connection_.pause();
  return true;
}

bool TextClient::take(DecodedRequest asked) {
  if (session_->handle(asked)) return true;
  waiting_ = std::move(asked);
  connection_.pause();
  return false;
}

bool TextClient::on_end(std::string_view rest) {
  if (!rest_taken_ && !rest.empty() && !take_line(rest)) return false;
  rest_taken_ = true;
  return !waiting_ && take(hang_up());
}

void TextClient::on_too_slow() { session_->close({Code::too_slow, "you did not read what was sent to you"}); }

void TextClient::on_closed() { session_->end("disconnected"); }

net::Time TextClient::deadline() const { return std::min(patience_.idle_due(), throttled_until_); }

void TextClient::on_deadline(net::Time now) {
  if (now >= throttled_until_) {
    throttled_until_ = net::never;
    connection_.resume();
  } else if (now >= patience_.idle_due()) {
    session_->close({Code::idle_timeout, "nothing came from you for too long"});
  }
}

const chat::Format& TextClient::format() const { return text_format(places_.size() > 1); }

void TextClient::deliver(chat::Slice bytes) { connection_.write(std::move(bytes)); }

void TextClient::send(const protocol::Event& event) {
  note(event);
  std::string text;
  to_text(event, {.self = session_->name().shown, .in_several_rooms = places_.size() > 1}, text);
  connection_.write(std::make_shared<const std::string>(std::move(text)));
}

void TextClient::resume() { connection_.resume(); }

void TextClient::close() { connection_.close(); }

// --- where one is

void TextClient::note(const protocol::Event& event) {
  if (const auto* joined = std::get_if<event::Joined>(&event.body)) {
    places_.push_back(joined->room);
  } else if (const auto* left = std::get_if<event::Left>(&event.body)) {
    std::erase(places_, left->room);
  }
}

/// To join the room that one is in already is to go on speaking there.
bool TextClient::switches_room(const request::Any& asked) {
  const auto* join = std::get_if<request::Join>(&asked);
  const auto room = join == nullptr ? nullptr : session_->room(join->room);
  if (!room) return false;
  std::erase(places_, room->name().shown);
  places_.push_back(room->name().shown);
  print("you speak in " + room->name().shown + " now");
  return true;
}

void TextClient::show_topic(const std::string& room) {
  const auto joined = session_->room(room);
  if (!joined) {
    take(refuse({Code::not_joined, "you are not in " + room}));
  } else if (joined->topic().empty()) {
    print(joined->name().shown + " has no topic");
  } else {
    print("the topic of " + joined->name().shown + " is: " + joined->topic());
  }
}

void TextClient::print(std::string_view line) {
  connection_.write(std::make_shared<const std::string>("* " + protocol::for_terminal(line) + '\n'));
}

const std::string& TextClient::current_room() const {
  static const std::string none;
  return places_.empty() ? none : places_.back();
}

}  // namespace hubbub::front
