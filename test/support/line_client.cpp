#include "test/support/line_client.hpp"

#include <stdexcept>

namespace hubbub::test {

LineClient::LineClient(const Address& address, Framing framing, const SocketOptions& options)
    : socket_(std::make_unique<Socket>(address, options)), framing_(framing) {
  if (framing == Framing::web_socket) web_socket_ = std::make_unique<WebSocket>(*socket_);
}

void LineClient::fail(const std::string& what) const {
  std::string message = what + "; heard last:";
  const std::size_t from = heard_.size() > 10 ? heard_.size() - 10 : 0;
  for (std::size_t i = from; i < heard_.size(); ++i) message += "\n  " + heard_[i].substr(0, 500);
  if (!unread_.empty()) message += "\n  (unfinished) " + unread_.substr(0, 500);
  throw std::runtime_error(message);
}

void LineClient::send_line(std::string_view line) { send_bytes(std::string(line) + '\n'); }

void LineClient::send_bytes(std::string_view bytes) {
  wire_log_.sent(bytes);
  switch (framing_) {
    case Framing::lines:
      socket_->send(bytes);
      break;
    case Framing::bytes:
      for (const char& byte : bytes) socket_->send({&byte, 1});
      break;
    case Framing::one_segment:
      held_back_ += bytes;
      break;
    case Framing::web_socket:
      web_socket_->send(bytes, 3);
      break;
  }
}

void LineClient::flush() {
  if (held_back_.empty()) return;
  socket_->send(held_back_);
  held_back_.clear();
}

void LineClient::half_close() {
  flush();
  web_socket_ ? web_socket_->close() : socket_->half_close();
}

/// The next bytes; "" at the end, nothing when none came.
std::optional<std::string> LineClient::receive() {
  if (!web_socket_) return socket_->receive();
  const auto message = web_socket_->receive();
  return message ? *message + '\n' : "";
}

std::optional<std::string> LineClient::read_line() {
  flush();
  std::size_t end = 0;
  while ((end = unread_.find('\n')) == std::string::npos) {
    const auto bytes = receive();
    if (!bytes) fail("no line came");
    if (bytes->empty()) {
      if (!unread_.empty()) fail("the stream ended within a line");
      return std::nullopt;
    }
    unread_ += *bytes;
  }
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  wire_log_.received(line);
  heard_.push_back(line);
  return line;
}

std::vector<std::string> LineClient::read_to_end() {
  std::vector<std::string> lines;
  while (auto line = read_line()) lines.push_back(std::move(*line));
  return lines;
}

void LineClient::expect_end() {
  if (read_line()) fail("expected the end of the stream");
}

bool LineClient::stays_quiet(std::chrono::milliseconds time) {
  flush();
  return unread_.empty() && (web_socket_ ? web_socket_->stays_quiet(time) : !socket_->receive(time));
}

}  // namespace hubbub::test
