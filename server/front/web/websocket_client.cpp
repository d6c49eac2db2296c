#include "server/front/web/websocket_client.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "protocol/json.hpp"
#include "protocol/text.hpp"
#include "server/chat/session.hpp"

namespace hubbub::front {
namespace {

using What = FrameReader::Taken::What;

// The longest header of a client's frame, and a control frame between two frames of a message.
constexpr std::size_t longest_header = 14;
constexpr std::size_t longest_control = 6 + 125;

/// One object for all clients, since what they are sent is the same; it reads nothing.
const JsonFormat& format_of_frames() {
  static const WebSocketFraming framing;
  static const JsonFormat format(framing);
  return format;
}

/// Whether a client may close with that code (RFC 6455, 7.4; IANA's registry of close codes).
bool may_be_sent(unsigned code) {
  constexpr unsigned first_of_libraries = 3000;
  constexpr unsigned last_of_all = 4999;
  const bool is_registered = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
  return is_registered || (code >= first_of_libraries && code <= last_of_all);
}

WebSocketFraming::End end_by(std::string_view payload) {
  if (payload.empty()) return {};
  if (payload.size() == 1) return {CloseCode::protocol_error, "a close frame has half a code"};
  const auto code = static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8U |
                    static_cast<unsigned char>(payload[1]);
  if (!may_be_sent(code)) return {CloseCode::protocol_error, "a close frame has a code that may not be sent"};
  if (!protocol::is_utf8(payload.substr(2)))
    return {CloseCode::bad_utf8, "the reason of a close frame is not UTF-8"};
  return {static_cast<CloseCode>(code), {}};
}

CloseCode code_for(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, CloseCode>, 3> codes{
      {{"quit", CloseCode::normal},
       {"shutting_down", CloseCode::going_away},
       {"line_too_long", CloseCode::too_big}}};
  for (const auto& [name, code] : codes)
    if (name == word) return code;
  return word.empty() ? CloseCode::normal : CloseCode::policy;
}

}  // namespace

std::size_t WebSocketFraming::most_overhead() const { return longest_header + longest_control; }

Framing::Cut WebSocketFraming::cut(std::string_view bytes, std::size_t most) {
  std::size_t used = 0;
  while (!end_) {
    const auto taken = reader_.take(bytes.substr(used), most);
    used += taken.used;
    if (taken.too_long) return {.used = used, .too_long = true};
    switch (taken.what) {
      case What::line:
        if (protocol::is_utf8(taken.content)) return {.message = taken.content, .used = used};
        end_ = End{CloseCode::bad_utf8, "a message is not UTF-8"};
        break;
      case What::ping:
        return {.message = std::string_view(), .used = used, .reply = pong(taken.content)};
      case What::pong:
        return {.message = std::string_view(), .used = used};
      case What::close:
        end_ = end_by(taken.content);
        break;
      case What::fault:
        end_ = End{taken.code, taken.content};
        break;
      case What::more:
        if (taken.used == 0) return {.used = used};
    }
  }
  return {.used = bytes.size(), .ended = true};
}

WebSocketClient::WebSocketClient(net::Connection& connection, chat::Hub& hub, Privacy privacy,
                                 protocol::Secret token)
    : JsonClient(connection, hub, wire_),
      wire_{.framing = framing_, .format = format_of_frames()},
      token_(token.empty() ? nullptr : std::make_unique<const protocol::Secret>(std::move(token))),
      privacy_(privacy) {}

bool WebSocketClient::take_message(std::string_view message) {
  if (!token_ || message.empty()) return JsonClient::take_message(message);
  auto decoded = protocol::decode_request(message);
  if (auto* const request = std::get_if<protocol::Request>(&decoded)) {
    if (auto* const hello = std::get_if<protocol::request::Hello>(&request->body)) {
      // Who says a name, or who one is, is not asking for the account that the browser was left logged in to.
      is_token_tried_ = !hello->name && !hello->account && !hello->password && !hello->token;
      if (is_token_tried_) hello->token = std::string(token_->text());
    }
  }
  take(std::move(decoded));
  return true;
}

// The token is not tried again once it is not accepted: the page goes on without being logged in.
void WebSocketClient::deliver_event(const protocol::Event& event) {
  using protocol::Code;
  const auto* const failure = std::get_if<protocol::event::Failure>(&event.body);
  const bool is_refused = failure != nullptr && (failure->error.code == Code::login_failed ||
                                                 failure->error.code == Code::login_insecure ||
                                                 failure->error.code == Code::suspended);
  const bool is_in = std::holds_alternative<protocol::event::Welcome>(event.body);
  if (is_in || (is_refused && is_token_tried_)) token_.reset();
  JsonClient::deliver_event(event);
}

void WebSocketClient::close() {
  const auto& end = framing_.end();
  const auto word = end ? end->fault : session().closing_word();
  const auto code = end ? end->code : code_for(word);
  connection().write(protocol::make_bytes(close_frame(code, word)));
  JsonClient::close();
}

std::string_view WebSocketClient::reason() const {
  const auto& end = framing_.end();
  return end && !end->fault.empty() ? "bad_frame" : JsonClient::reason();
}

}  // namespace hubbub::front
