#include "server/front/json/json_client.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "protocol/line_splitter.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/session.hpp"
#include "server/net/connection.hpp"
#include "server/net/turn.hpp"

namespace hubbub::front {
namespace {

using protocol::Code;
namespace event = protocol::event;

class JsonFormat final : public chat::Format {
 public:
  void render(const protocol::Event& event, std::string& out) const override { protocol::encode(event, out); }
  void render(const protocol::Message& message, std::string_view ref, std::string& out) const override {
    protocol::encode(message, ref, out);
  }
};

/// The end of the input means what `quit` means, but nobody said so.
protocol::DecodedRequest hang_up() {
  return protocol::Request{.body = protocol::request::Quit{.text = "disconnected"}, .ref = {}};
}

}  // namespace

const chat::Format& json_format() {
  static const JsonFormat format;
  return format;
}

JsonClient::JsonClient(net::Connection& connection, chat::Hub& hub)
    : connection_(connection),
      session_(hub.open(*this, connection.number())),
      patience_(connection.settings(), connection.turn().now().steady) {}

JsonClient::~JsonClient() { session_->end("disconnected"); }

std::size_t JsonClient::on_input(std::string_view bytes) {
  if (waiting_) {
    if (!session_->handle(*waiting_)) {
      connection_.pause();
      return 0;
    }
    waiting_.reset();
  }
  protocol::LineSplitter lines(bytes, connection_.settings().line_bytes);
  while (!session_->is_closed() && !connection_.congested()) {
    const auto line = lines.next();
    if (!line) break;
    patience_.heard(connection_.turn().now().steady);
    if (line->empty()) continue;
    if (!take(protocol::decode_request(*line))) break;
  }
  if (lines.too_long() && !waiting_) {
    const auto most = std::to_string(connection_.settings().line_bytes);
    session_->close({Code::line_too_long, "a line may have " + most + " bytes at most"});
  }
  return lines.consumed();
}

bool JsonClient::take(protocol::DecodedRequest request) {
  if (session_->handle(request)) return true;
  waiting_ = std::move(request);
  connection_.pause();
  return false;
}

bool JsonClient::on_end(std::string_view rest) {
  const bool is_new = !std::exchange(rest_taken_, true) && !rest.empty();
  if (is_new && !take(protocol::decode_request(rest))) return false;
  return take(hang_up());
}

void JsonClient::on_too_slow() {
  session_->close({Code::too_slow, "you did not read what was sent to you; come back and join with since"});
}

void JsonClient::on_closed() { session_->end("disconnected"); }

net::Time JsonClient::deadline() const {
  if (!session_->is_welcome()) return std::min(patience_.hello_due(), patience_.idle_due());
  return std::min(patience_.idle_due(), patience_.ping_due());
}

void JsonClient::on_deadline(net::Time now) {
  if (!session_->is_welcome() && now >= patience_.hello_due()) {
    session_->close({Code::hello_timeout, "no hello came in time"});
  } else if (now >= patience_.idle_due()) {
    session_->close({Code::idle_timeout, "nothing came from you for too long; send a ping now and then"});
  } else if (session_->is_welcome() && now >= patience_.ping_due()) {
    patience_.asked();
    session_->notify({.body = event::Ping{}, .ref = {}});
  }
}

void JsonClient::deliver(chat::Slice bytes) { connection_.write(std::move(bytes)); }

void JsonClient::send(const protocol::Event& event) {
  std::string line;
  protocol::encode(event, line);
  connection_.write(std::make_shared<const std::string>(std::move(line)));
}

void JsonClient::resume() { connection_.resume(); }

void JsonClient::close() { connection_.close(); }

}  // namespace hubbub::front
