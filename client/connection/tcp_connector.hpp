#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace hubbub::client {

/// The addresses of one host in the order in which they are tried: those behind `last` first, where the list
/// is taken for a circle, and `last` at the end. Without `last`, or when it is not among them, as they are.
std::vector<boost::asio::ip::tcp::endpoint> next_first(std::vector<boost::asio::ip::tcp::endpoint> endpoints,
                                                       const boost::asio::ip::tcp::endpoint* last);

/// Connects to the first of several addresses that accepts. Each has an equal part of the time that is left,
/// so that one where nobody answers does not keep the others from their turn; the last one has all of it.
class TcpConnector : public std::enable_shared_from_this<TcpConnector> {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  explicit TcpConnector(const boost::asio::any_io_executor& executor) : socket_(executor), timer_(executor) {}

  /// Tries them, beginning behind the one that was tried `last` (next_first), and sets `last` to each before
  /// its turn. Error: that of the last one, or operation_aborted after `cancel`. It ends by itself only if
  /// the system gives up on the last one: the caller cancels at `deadline`.
  boost::asio::awaitable<boost::system::error_code> connect(std::vector<Endpoint> endpoints,
                                                            std::optional<Endpoint>& last,
                                                            std::chrono::steady_clock::time_point deadline);
  /// The connected socket, once.
  boost::asio::ip::tcp::socket take() { return std::move(socket_); }
  /// Ends the attempt, and has each further one fail.
  void cancel();

 private:
  void limit_turn(std::chrono::steady_clock::duration part);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;  ///< of the turn
  unsigned turns_ = 0;               ///< number of addresses tried so far
  bool is_cancelled_ = false;
};

}  // namespace hubbub::client
