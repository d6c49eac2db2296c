#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "client/connection/address.hpp"

namespace hubbub::client {

using Socket = boost::asio::generic::stream_protocol::socket;

/// One attempt to connect: looks the host up and tries its addresses in turn, all within a time limit.
class Dialer : public std::enable_shared_from_this<Dialer> {
 public:
  explicit Dialer(const boost::asio::any_io_executor& executor);

  /// A connected socket, or the clause that says why there is none ("connection refused").
  struct Outcome {
    std::unique_ptr<Socket> socket;
    std::string why;
  };
  boost::asio::awaitable<Outcome> dial(Address address, std::chrono::milliseconds limit);

  /// Ends the attempt.
  void cancel();

 private:
  boost::asio::awaitable<boost::system::error_code> connect(const Address& address);
  boost::asio::awaitable<boost::system::error_code> connect_tcp(const Address& address);

  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket tcp_;
  boost::asio::local::stream_protocol::socket unix_;
  boost::asio::steady_timer timer_;
  bool timed_out_ = false;
};

/// One connection, from its first byte to its end: lines in, bytes out. Both directions are bounded.
class Link : public std::enable_shared_from_this<Link> {
 public:
  /// Longest line that is read; a server's lines are far shorter (protocol::reply_bytes).
  static constexpr std::size_t most_line_bytes = std::size_t{256} * 1024;
  /// Most pending output. The outbox's window is much smaller, so that only a server that does not read lets
  /// it grow so far.
  static constexpr std::size_t most_waiting_bytes = std::size_t{4} * 1024 * 1024;

  explicit Link(Socket socket);

  /// Waits until whole lines have been read. False: the link is closed; `why` tells the reason.
  boost::asio::awaitable<bool> read();
  /// The whole lines that were read, each ended by "\n"; valid until the next `read`.
  std::string_view lines() const { return std::string_view(input_).substr(0, ready_); }

  void write(std::string_view bytes);

  bool is_open() const { return socket_.is_open(); }
  /// Only the first reason is kept.
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
