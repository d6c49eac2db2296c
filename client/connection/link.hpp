#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/connection/tls.hpp"

namespace hubbub::client {

using Socket = boost::asio::generic::stream_protocol::socket;

/// Whether the other end of a connected socket is on this machine, so that nobody on the way can listen.
bool is_local(const Socket& socket);

/// One connection, from its first byte to its end: lines in, bytes out, with or without TLS. Both directions
/// are bounded.
class Link : public std::enable_shared_from_this<Link> {
 public:
  /// Longest line that is read; a server's lines are far shorter (protocol::reply_bytes).
  static constexpr std::size_t most_line_bytes = std::size_t{256} * 1024;
  /// Most pending output. The outbox's window is much smaller, so that only a server that does not read lets
  /// it grow so far.
  static constexpr std::size_t most_waiting_bytes = std::size_t{4} * 1024 * 1024;

  /// `tls`: after its handshake, with what the server has said in it already; null: none.
  Link(Socket socket, std::unique_ptr<TlsSession> tls, std::string said);

  /// Waits until whole lines have been read. False: the link is closed; `why` tells the reason.
  boost::asio::awaitable<bool> read();
  /// The whole lines that were read, each ended by "\n"; valid until the next `read`.
  std::string_view lines() const { return std::string_view(input_).substr(0, ready_); }

  void write(std::string_view bytes);

  bool is_open() const { return socket_.is_open(); }
  /// Only the first reason is kept.
  void close(std::string_view why);
  const std::string& why() const { return why_; }

  /// Nothing has come from the server.
  bool is_silent() const { return is_silent_; }
  /// With TLS; null: without.
  const TlsSession* tls() const { return tls_.get(); }
  /// Whether a password or a token may go over it: nobody on the way can read along.
  bool may_carry_secrets() const { return tls_ != nullptr || is_local_; }

 private:
  bool take_lines();
  void take(std::string_view bytes);
  void break_off(const boost::system::error_code& error);
  void write_raw(std::string_view bytes);
  void write_waiting();

  Socket socket_;
  const std::unique_ptr<TlsSession> tls_;
  const bool is_local_;
  std::vector<char> chunk_;
  bool is_silent_ = true;
  std::string input_;
  std::size_t ready_ = 0;  ///< bytes of input_ that are whole lines
  std::string waiting_;
  std::string writing_;
  std::string why_;
};

}  // namespace hubbub::client
