#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/socket.hpp"
#include "test/support/web_socket.hpp"
#include "test/support/wire_log.hpp"

namespace hubbub::test {

/// How a client's bytes are cut into segments, which must not change the results.
enum class Framing {
  lines,        ///< each line in one piece
  bytes,        ///< each byte by itself
  one_segment,  ///< everything up to the next wait for an answer, in one piece
  web_socket,   ///< in a WebSocket: each piece is a message of three fragments, with pings between them
};

/// A connection of lines, with a deadline for every call; a std::runtime_error tells what was expected and
/// what came instead.
class LineClient {
 public:
  explicit LineClient(const Address& address, Framing framing = Framing::lines,
                      const SocketOptions& options = {});

  /// Sends the line and a line feed.
  void send_line(std::string_view line);
  /// Sends only these bytes.
  void send_bytes(std::string_view bytes);
  /// Sends the bytes that Framing::one_segment holds back; waiting for an answer does so too.
  void flush();
  /// Says that nothing more will come; in a WebSocket, by a close frame.
  void half_close();
  void close() { socket_->close(); }

  /// The next line without its ending; nothing at the end of the stream.
  std::optional<std::string> read_line();
  /// All lines up to the end of the stream.
  std::vector<std::string> read_to_end();
  /// Expects the end of the stream, without another line.
  void expect_end();
  /// Whether nothing arrives for that time.
  bool stays_quiet(std::chrono::milliseconds time);

  const Socket& socket() const { return *socket_; }
  /// Null: it is none.
  const WebSocket* web_socket() const { return web_socket_.get(); }

 protected:
  [[noreturn]] void fail(const std::string& what) const;

 private:
  std::optional<std::string> receive();

  std::unique_ptr<Socket> socket_;  ///< stays where it is when the client is moved
  std::unique_ptr<WebSocket> web_socket_;
  Framing framing_;
  WireLog wire_log_;
  std::string held_back_;
  std::string unread_;
  std::vector<std::string> heard_;  ///< the last lines, for the message of a failure
};

}  // namespace hubbub::test
