#include "server/front/web/http_client.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "protocol/slice.hpp"
#include "server/front/web/rights.hpp"
#include "server/front/web/session_cookie.hpp"
#include "server/front/web/site.hpp"
#include "server/front/web/web_hook.hpp"
#include "server/front/web/websocket_client.hpp"
#include "server/net/connection.hpp"
#include "server/net/turn.hpp"

namespace hubbub::front {
namespace {

// From a request's first byte to its last.
constexpr std::chrono::seconds patience_with_request{10};
// Without a request.
constexpr std::chrono::seconds patience_between{60};

}  // namespace

// --- half-open heads

HalfOpenHeads::Place::Place(HalfOpenHeads& all, const std::string& address)
    : all_(all), count_(all.by_address_.try_emplace(address).first) {
  ++count_->second;
}

HalfOpenHeads::Place::~Place() {
  if (--count_->second == 0) all_.by_address_.erase(count_);
}

bool HalfOpenHeads::may_begin(const std::string& address) const {
  const auto count = by_address_.find(address);
  return address.empty() || count == by_address_.end() || count->second < most_per_address;
}

// --- the client

HttpClient::HttpClient(net::Connection& connection, chat::Hub& hub, Web& web)
    : connection_(connection),
      hub_(hub),
      web_(web),
      deadline_(connection.turn().now().steady + patience_between) {}

std::size_t HttpClient::on_input(std::string_view bytes) {
  if (!go_on()) return 0;
  std::size_t used = 0;
  while (reason_.empty() && !pending_ && !connection_.output().is_congested()) {
    const auto parsed = http::parse_request(bytes.substr(used));
    if (std::holds_alternative<http::Incomplete>(parsed)) {
      wait_for_more(used < bytes.size());
      return used;
    }
    if (const auto* refusal = std::get_if<http::Refusal>(&parsed)) {
      refuse(refusal->status, refusal->why, "bad_request");
      return bytes.size();
    }
    half_open_.reset();
    deadline_ = connection_.turn().now().steady + patience_between;
    const auto& request = std::get<http::Request>(parsed);
    used += request.size;
    if (!take(request)) return used;
  }
  return used;
}

/// False: another handler goes on.
bool HttpClient::take(const http::Request& request) {
  const http::Sender peer{.endpoint = connection_.peer().endpoint(),
                          .is_encrypted = connection_.stream().is_encrypted()};
  const auto sender = http::sender_of(request, peer, connection_.settings().trusted_proxies);
  if (sender.is_in_doubt) {
    refuse(400, "X-Forwarded-For and Forwarded contradict each other; the proxy is to send one of them alone",
           "bad_forwarding", request.method != http::Method::head);
    return true;
  }
  if (http::asks_for_web_socket(request)) {
    const auto response = http::respond_to_upgrade(request, sender, web_.settings);
    if (response.status == 101) {
      open_web_socket(request, response, sender);
      return false;
    }
    answer(response, true, true);
    return true;
  }
  const bool is_last = !request.keeps_alive || ++requests_ >= most_requests;
  const bool has_content = request.method != http::Method::head;
  if (request.path == http::session_path) {
    begin(http::begin_session(request, sender, web_.settings, hub_, connection_), is_last, has_content);
  } else if (request.path.starts_with(http::hooks_path)) {
    begin(http::begin_hook(request, hub_, connection_), is_last, has_content);
  } else {
    answer(http::respond(request, sender, web_), is_last, has_content);
  }
  return true;
}

/// Answers what is known already; else the request is pending.
void HttpClient::begin(std::variant<http::Response, std::unique_ptr<http::Pending>> begun, bool is_last,
                       bool has_content) {
  if (const auto* const response = std::get_if<http::Response>(&begun))
    return answer(*response, is_last, has_content);
  pending_ = std::get<std::unique_ptr<http::Pending>>(std::move(begun));
  is_last_ = is_last;
  // It is for the server to go on.
  deadline_ = net::never;
  connection_.deadline_moved();
  go_on();
}

/// Answers the request that is pending, if any. False: not yet; the connection has paused.
bool HttpClient::go_on() {
  if (!pending_) return true;
  const auto response = pending_->go_on();
  if (!response) {
    connection_.pause();
    return false;
  }
  pending_.reset();
  deadline_ = connection_.turn().now().steady + patience_between;
  connection_.deadline_moved();
  // Each try is a session of its own, and so whoever is refused comes anew, as fast as connections may.
  answer(*response, is_last_ || response->status >= 400, true);
  return true;
}

void HttpClient::open_web_socket(const http::Request& request, const http::Response& agreed,
                                 const http::Sender& sender) {
  const auto is_other = net::shown_address(sender.endpoint) != connection_.peer().shown();
  if (is_other && !connection_.come_from(sender.endpoint, web_.admission)) {
    refuse(429, web_.admission.refusal(), web_.admission.reason());
    return;
  }
  answer(agreed, false, false);
  deadline_ = net::never;
  connection_.speaks("websocket");
  auto token = http::is_of_own_origin(request, sender, web_.settings) ? http::token_in_cookie(request, sender)
                                                                      : protocol::Secret();
  connection_.become(
      std::make_unique<WebSocketClient>(connection_, hub_, http::privacy_of(sender), std::move(token)));
}

void HttpClient::answer(const http::Response& response, bool is_last, bool has_content) {
  connection_.write(
      protocol::make_bytes(http::render(response, is_last, has_content, connection_.turn().now().wall)));
  if (response.shared && has_content) connection_.write(response.shared);
  if (!is_last) return;
  reason_ = "answered";
  deadline_ = net::never;
  connection_.close();
}

void HttpClient::refuse(int status, std::string_view why, std::string_view reason, bool has_content) {
  half_open_.reset();
  answer(http::sentence(status, why), true, has_content);
  reason_ = reason;
}

void HttpClient::wait_for_more(bool has_begun) {
  if (!has_begun || half_open_) return;
  const auto& address = connection_.peer().address();
  if (!web_.half_open.may_begin(address)) {
    web_.admission.note_refused("half_open_heads");
    refuse(429, "there are too many unfinished requests from your address", "half_open_heads");
    return;
  }
  half_open_.emplace(web_.half_open, address);
  deadline_ = connection_.turn().now().steady + patience_with_request;
}

// What is not whole by then never will be.
bool HttpClient::on_end(std::string_view rest) {
  if (!go_on()) return false;
  if (!rest.empty() && reason_.empty()) {
    refuse(400, "the request has no end", "bad_request");
  } else {
    deadline_ = net::never;
    connection_.close();
  }
  return true;
}

void HttpClient::on_closed() {
  half_open_.reset();
  pending_.reset();
}

void HttpClient::on_deadline(net::Time /*now*/) {
  if (half_open_) {
    refuse(408, "the request did not come in time", "request_timeout");
  } else {
    reason_ = "idle_timeout";
    deadline_ = net::never;
    connection_.close();
  }
}

}  // namespace hubbub::front
