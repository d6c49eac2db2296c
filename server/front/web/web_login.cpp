#include "server/front/web/web_login.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "protocol/json_writer.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/session.hpp"
#include "server/front/json/json_client.hpp"
#include "server/front/web/rights.hpp"
#include "server/front/web/session_cookie.hpp"
#include "server/net/connection.hpp"

namespace hubbub::front::http {
namespace {

using protocol::Code;
namespace event = protocol::event;

/// The least that a browser is told to wait.
constexpr std::uint64_t shortest_wait_ms = 1000;

int status_of(Code code) {
  switch (code) {
    case Code::login_failed:
    case Code::auth_failed:
      return 401;
    case Code::login_insecure:
    case Code::login_required:
    case Code::suspended:
    case Code::registration_closed:
    case Code::denied:
    case Code::kicked:
    case Code::banned:
      return 403;
    case Code::account_exists:
    case Code::name_taken:
      return 409;
    case Code::rate_limited:
    case Code::flooding:
      return 429;
    case Code::busy:
    case Code::storage_failed:
      return 503;
    default:
      return protocol::is_closing(code) ? 503 : 400;
  }
}

/// What the limits count the sender as: himself, where a proxy has passed him on.
std::string address_of(const Sender& sender, const net::Connection& connection) {
  return sender.is_told ? net::address_key(sender.endpoint) : connection.peer().address();
}

}  // namespace

Response refusal(const event::Failure& failure) {
  Response response{.status = status_of(failure.error.code), .type = "application/json"};
  protocol::encode(protocol::Event{.body = failure, .ref = {}}, response.content);
  if (response.status == 429 || response.status == 503) {
    const auto wait = std::max(failure.retry_after_ms, shortest_wait_ms);
    response.fields.push_back({"Retry-After", std::to_string((wait + 999) / 1000)});
  }
  return response;
}

WebLogin::WebLogin(net::Connection& connection, chat::Hub& hub, const Sender& sender,
                   protocol::Secret replaced, std::deque<protocol::DecodedRequest> requests)
    : connection_(connection),
      hub_(hub),
      sender_(sender),
      replaced_(std::move(replaced)),
      address_(address_of(sender, connection)),
      session_(hub.open(*this, connection.peer().number(), address_)),
      left_(std::move(requests)) {}

WebLogin::~WebLogin() { session_->end("disconnected"); }

std::optional<Response> WebLogin::go_on() {
  while (!response_ && !is_said_ && !left_.empty()) {
    // The answer may come before handle() returns.
    is_said_ = true;
    auto request = std::move(left_.front());
    left_.pop_front();
    if (session_->handle(request)) continue;
    is_said_ = false;
    left_.push_front(std::move(request));
    break;
  }
  return std::exchange(response_, std::nullopt);
}

std::string WebLogin::peer() const { return net::to_url(sender_.endpoint); }

chat::Wire::Privacy WebLogin::privacy() const { return privacy_of(sender_); }

const chat::Format& WebLogin::format() const { return json_lines().format; }

void WebLogin::deliver(chat::Slice bytes) { delivered_ += bytes.size; }

// What others write to who has just come in is not for here: it waits for room that there never is, so that
// they are told that he has gone, or another session of his has it.
void WebLogin::deliver_event(const protocol::Event& event) {
  if (response_) return;
  if (const auto* const welcome = std::get_if<event::Welcome>(&event.body)) {
    if (welcome->account) answered_with(welcome->account_name, welcome->token);
    is_said_ = false;
  } else if (const auto* const registered = std::get_if<event::Registered>(&event.body)) {
    answered_with(registered->name, registered->token);
  } else if (const auto* const failure = std::get_if<event::Failure>(&event.body)) {
    response_ = refusal(*failure);
  } else if (const auto* const bye = std::get_if<event::Bye>(&event.body)) {
    response_ = refusal({.error = bye->error});
  } else {
    return;
  }
  connection_.resume();
}

void WebLogin::answered_with(std::string_view account, std::string token) {
  protocol::Secret secret(std::move(token));
  response_ = Response{.type = "application/json", .fields = {{"Set-Cookie", set_cookie(secret, sender_)}}};
  protocol::JsonWriter out(response_->content);
  out.field("account", account);
  out.end_line();
  // Nobody will have its token any more.
  if (!replaced_.empty()) chat::forget_device(hub_, replaced_.text(), [](bool /*is_stored*/) {});
}

void WebLogin::resume() { connection_.resume(); }

}  // namespace hubbub::front::http
