#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "client/connection/dialer.hpp"

namespace hubbub::client {

/// One connection as long as it lasts: lines in, bytes out. Both directions are bounded.
class Link : public std::enable_shared_from_this<Link> {
 public:
  /// A server's line is far shorter (protocol::reply_bytes).
  static constexpr std::size_t most_line_bytes = std::size_t{256} * 1024;
  /// What waits to be written. The outbox lets much less go at once, so nobody who reads gets there.
  static constexpr std::size_t most_waiting_bytes = std::size_t{4} * 1024 * 1024;

  explicit Link(Socket socket);

  /// Waits until there are whole lines. False: the link is closed, and `why` says how that came.
  boost::asio::awaitable<bool> read();
  /// The whole lines that were read, each ended by "\n"; they are good until the next `read`.
  std::string_view lines() const { return std::string_view(input_).substr(0, ready_); }

  void write(std::string_view bytes);

  bool is_open() const { return socket_.is_open(); }
  /// The first reason that is given stays.
  void close(std::string_view why);
  const std::string& why() const { return why_; }

 private:
  void write_waiting();

  Socket socket_;
  std::string input_;
  std::size_t ready_ = 0;  ///< bytes of input_ that are whole lines
  std::string waiting_;
  std::string writing_;
  std::string why_;
};

}  // namespace hubbub::client
