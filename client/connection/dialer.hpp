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

}  // namespace hubbub::client
