#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/connection/address.hpp"
#include "client/connection/link.hpp"
#include "client/connection/tcp_connector.hpp"

namespace hubbub::client {

/// Whether to begin with TLS; `local`: the server is on this machine.
bool begins_with_tls(Encryption encryption, bool local);

/// A server, and what attempts to connect to it leave for the next one.
struct Site {
  explicit Site(const Address& of) : address(of), tls(std::make_shared<TlsClient>(of.trust, of.host)) {}

  const Address address;
  const std::shared_ptr<TlsClient> tls;
  /// Of the addresses that the host's name has, the one that was tried last, in vain or not.
  std::optional<TcpConnector::Endpoint> tried{};
};

/// One attempt to connect: looks the host up, tries its addresses in turn and makes the connection secure,
/// all within a time limit. It begins behind the address at which the attempt before has ended.
class Dialer : public std::enable_shared_from_this<Dialer> {
 public:
  Dialer(const boost::asio::any_io_executor& executor, std::shared_ptr<Site> site);

  enum class Fault { none, unreachable, untrusted };
  /// A link, or the clause that says why there is none ("connection refused").
  struct Outcome {
    std::shared_ptr<Link> link{};
    Fault fault = Fault::none;
    std::string why{};
    bool no_tls = false;  ///< there is a link, without TLS because the server does not speak it
  };
  /// `why_only_tls`: a clause about why there must not be a link without TLS to another machine, though the
  /// address has Encryption::if_offered; empty: there may.
  boost::asio::awaitable<Outcome> dial(std::string why_only_tls, std::chrono::milliseconds limit);

  /// Ends the attempt.
  void cancel();

 private:
  boost::asio::awaitable<Outcome> attempt(const std::string& why_only_tls);
  boost::asio::awaitable<Outcome> secure();
  boost::asio::awaitable<boost::system::error_code> shake_hands(TlsSession& session, std::string& said);
  boost::asio::awaitable<boost::system::error_code> connect();
  boost::asio::awaitable<boost::system::error_code> connect_again();
  boost::asio::awaitable<boost::system::error_code> connect_tcp();
  boost::asio::awaitable<boost::system::error_code> connect_to(std::vector<TcpConnector::Endpoint> endpoints);

  const std::shared_ptr<Site> site_;
  boost::asio::ip::tcp::resolver resolver_;
  const std::shared_ptr<TcpConnector> tcp_;
  boost::asio::local::stream_protocol::socket unix_;
  Socket socket_;  ///< one of these two, connected
  boost::asio::steady_timer timer_;
  bool shakes_hands_ = false;
  bool timed_out_ = false;
};

}  // namespace hubbub::client
