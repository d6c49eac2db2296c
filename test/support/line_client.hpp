#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/socket.hpp"

namespace hubbub::test {

/// How a client's bytes are cut into segments, which must make no difference to anybody.
enum class Framing {
  lines,        ///< each line in one piece
  bytes,        ///< each byte by itself
  one_segment,  ///< everything up to the next answer that is waited for, together
};

/// A connection of lines, with a deadline on everything; std::runtime_error tells what was waited
/// for and what came instead.
class LineClient {
 public:
  explicit LineClient(const Address& address, Framing framing = Framing::lines,
                      const SocketOptions& options = {});

  /// Sends it and a line feed.
  void send_line(std::string_view line);
  /// Sends just these bytes.
  void send_bytes(std::string_view bytes);
  /// Sends what a client of one segment still holds back; waiting for an answer does so too.
  void flush();
  void half_close();
  void close() { socket_.close(); }

  /// The next line without its ending; nothing at the end of the stream.
  std::optional<std::string> read_line();
  /// All lines up to the end of the stream.
  std::vector<std::string> read_to_end();
  /// The stream ends here, without another line.
  void expect_end();
  /// Nothing arrives for that long.
  bool stays_quiet(std::chrono::milliseconds time);

  const Socket& socket() const { return socket_; }

 protected:
  [[noreturn]] void fail(const std::string& what) const;

 private:
  Socket socket_;
  Framing framing_;
  std::string held_back_;
  std::string unread_;
  std::vector<std::string> heard_;  ///< the last lines, for the message of a failure
};

}  // namespace hubbub::test
