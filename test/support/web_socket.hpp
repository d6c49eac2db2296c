#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "test/support/socket.hpp"

namespace hubbub::test {

/// What is asked of the server besides the WebSocket itself.
struct WebSocketOptions {
  std::string path = "/ws";
  std::string host = "localhost";
  std::string fields{};  ///< further lines of the request, each with "\r\n"
};

/// The client's side of a WebSocket (RFC 6455) over a connected socket, written from the RFC: it checks that
/// the server keeps to it. Errors: std::runtime_error.
class WebSocket {
 public:
  /// Does the handshake.
  explicit WebSocket(const Socket& socket, const WebSocketOptions& options = {});

  /// Sends a text message in as many frames as there are `fragments`, with a ping between each two.
  void send(std::string_view bytes, std::size_t fragments = 1);
  /// Sends a frame as it is told; `first`: its first byte.
  void send_frame(std::uint8_t first, std::string_view payload, bool is_masked = true);
  /// As a client that has nothing more to say.
  void close(std::uint16_t code = 1000, std::string_view reason = {});

  /// The next text message; pongs are noted and skipped. Nothing at the end, which is a close frame and the
  /// end of the stream.
  std::optional<std::string> receive(std::chrono::milliseconds time = patience);
  /// Whether nothing arrives for that time but pongs.
  bool stays_quiet(std::chrono::milliseconds time);

  std::size_t pongs() const { return pongs_; }
  /// Of the server's close frame, once there was one; 0: it had none.
  std::optional<std::uint16_t> close_code() const { return close_code_; }
  const std::string& close_reason() const { return close_reason_; }
  /// The server's answer to the handshake.
  const std::string& head() const { return head_; }

 private:
  struct Frame;
  bool read_more(std::chrono::milliseconds time);
  std::optional<Frame> next_frame();

  const Socket& socket_;
  std::string unread_;
  std::string head_;
  std::size_t pongs_ = 0;
  std::uint32_t mask_ = 0x9E3779B9;
  std::optional<std::uint16_t> close_code_;
  std::string close_reason_;
  bool has_ended_ = false;
};

}  // namespace hubbub::test
