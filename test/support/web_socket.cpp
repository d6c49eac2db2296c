#include "test/support/web_socket.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <sstream>
#include <stdexcept>

namespace hubbub::test {
namespace {

constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";

/// Of RFC 6455, 1.3, whose example the key is.
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t text = 0x1;
constexpr std::uint8_t close_opcode = 0x8;
constexpr std::uint8_t ping = 0x9;
constexpr std::uint8_t pong = 0xA;

std::string number(std::uint64_t value, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
  return out;
}

/// Of the field of that name, which is in small letters here and may be in any there (RFC 9110, 5.1).
std::string value_of(std::string_view name, const std::string& head) {
  std::istringstream lines(head);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = std::min(line.find(": "), line.size());
    const auto is_same = [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); };
    const bool is_it = std::equal(name.begin(), name.end(), line.begin(),
                                  line.begin() + static_cast<std::ptrdiff_t>(colon), is_same);
    if (is_it) return line.substr(colon + 2, line.size() - colon - 3);
  }
  return {};
}

}  // namespace

struct WebSocket::Frame {
  std::uint8_t first = 0;
  std::string payload;
};

WebSocket::WebSocket(const Socket& socket, const WebSocketOptions& options) : socket_(socket) {
  socket_.send("GET " + options.path + " HTTP/1.1\r\nHost: " + options.host +
               "\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: " +
               std::string(key) + "\r\n" + options.fields + "\r\n");
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos)
    if (!read_more(patience)) throw std::runtime_error("no answer to the handshake: " + unread_);
  head_ = unread_.substr(0, end + 4);
  unread_.erase(0, end + 4);
  if (!head_.starts_with("HTTP/1.1 101 ")) throw std::runtime_error("no WebSocket: " + head_ + unread_);
  if (value_of("sec-websocket-accept", head_) != accept)
    throw std::runtime_error("the server has not read the key: " + head_);
}

void WebSocket::send_frame(std::uint8_t first, std::string_view payload, bool is_masked) {
  constexpr std::size_t one_byte = 125;
  constexpr std::size_t two_bytes = 0xFFFF;
  const std::uint8_t bit = is_masked ? 0x80 : 0;
  std::string frame(1, static_cast<char>(first));
  if (payload.size() <= one_byte) {
    frame += static_cast<char>(bit | payload.size());
  } else if (payload.size() <= two_bytes) {
    frame += static_cast<char>(bit | 126);
    frame += number(payload.size(), 2);
  } else {
    frame += static_cast<char>(bit | 127);
    frame += number(payload.size(), 8);
  }
  std::string mask;
  if (is_masked) {
    mask_ = mask_ * 1664525 + 1013904223;
    mask = number(mask_, 4);
  }
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(mask.empty() ? payload[i] : payload[i] ^ mask[i % mask.size()]);
  socket_.send(frame);
}

void WebSocket::send(std::string_view bytes, std::size_t fragments) {
  const auto size = std::max<std::size_t>(1, bytes.size() / std::max<std::size_t>(1, fragments));
  bool is_first = true;
  do {
    const auto piece = bytes.substr(0, size);
    bytes.remove_prefix(piece.size());
    const bool is_last = bytes.empty();
    const std::uint8_t opcode = is_first ? text : 0;
    send_frame(static_cast<std::uint8_t>(opcode | (is_last ? final_bit : 0)), piece);
    if (!is_last) send_frame(final_bit | ping, "still there");
    is_first = false;
  } while (!bytes.empty());
}

void WebSocket::close(std::uint16_t code, std::string_view reason) {
  send_frame(final_bit | close_opcode, number(code, 2).append(reason));
}

/// False: the stream has ended, or nothing came in time.
bool WebSocket::read_more(std::chrono::milliseconds time) {
  const auto more = socket_.receive(time);
  if (!more) return false;
  if (more->empty()) has_ended_ = true;
  unread_ += *more;
  return !more->empty();
}

std::optional<WebSocket::Frame> WebSocket::next_frame() {
  const auto byte = [this](std::size_t place) { return static_cast<std::uint8_t>(unread_[place]); };
  if (unread_.size() < 2) return std::nullopt;
  if ((byte(1) & 0x80) != 0) throw std::runtime_error("a server's frame is masked");
  std::uint64_t length = byte(1);
  const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (unread_.size() < 2 + more) return std::nullopt;
  if (more > 0) {
    length = 0;
    for (std::size_t i = 0; i < more; ++i) length = length << 8 | byte(2 + i);
    if (length < 126 || (more == 8 && length < 0x10000)) throw std::runtime_error("a length is too long");
  }
  if (unread_.size() < 2 + more + length) return std::nullopt;
  Frame frame{.first = byte(0), .payload = unread_.substr(2 + more, length)};
  unread_.erase(0, 2 + more + length);
  return frame;
}

std::optional<std::string> WebSocket::receive(std::chrono::milliseconds time) {
  for (;;) {
    const auto frame = next_frame();
    if (!frame) {
      if (read_more(time)) continue;
      if (!has_ended_) throw std::runtime_error("no message came");
      if (!unread_.empty()) throw std::runtime_error("the stream ended within a frame");
      return std::nullopt;
    }
    if (close_code_) throw std::runtime_error("a frame came behind the close frame");
    if (frame->first == (final_bit | text)) return frame->payload;
    if (frame->first == (final_bit | pong)) {
      ++pongs_;
    } else if (frame->first == (final_bit | close_opcode)) {
      const auto& payload = frame->payload;
      const auto byte = [&](std::size_t place) { return static_cast<std::uint8_t>(payload[place]); };
      close_code_ = payload.size() < 2 ? 0 : static_cast<std::uint16_t>(byte(0) << 8 | byte(1));
      close_reason_ = payload.size() < 2 ? "" : payload.substr(2);
    } else {
      throw std::runtime_error("a frame of another kind came: " + std::to_string(frame->first));
    }
  }
}

bool WebSocket::stays_quiet(std::chrono::milliseconds time) {
  while (const auto frame = next_frame()) {
    if (frame->first != (final_bit | pong)) return false;
    ++pongs_;
  }
  return unread_.empty() && !socket_.receive(time);
}

}  // namespace hubbub::test
