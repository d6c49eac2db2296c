#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace hubbub::test {

/// The server's end of one connection, in the hands of a test: it says what it is told to, and looks at
/// what the client says with Boost.JSON alone.
class Peer {
 public:
  using Json = boost::json::object;

  explicit Peer(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  /// The next line from the client has to be of that type.
  boost::asio::awaitable<Json> expect(std::string type);
  /// The client closes the connection, without another line.
  boost::asio::awaitable<void> expect_end();
  /// Waits for some bytes, and takes no notice of them.
  boost::asio::awaitable<void> take_bytes();
  boost::asio::awaitable<void> send(std::string line);
  boost::asio::awaitable<void> send_bytes(std::string bytes);
  void close() { socket_.close(); }

  /// Waits for the hello and welcomes; `limits` is added to those of the welcome: ",\"line\":100".
  boost::asio::awaitable<Json> welcome(std::string name, std::string limits = "");
  /// Waits for a join and lets the client in. `more`: fields of `joined` besides room and members.
  boost::asio::awaitable<Json> let_in(std::string more = "\"last\":0,\"history\":[],\"complete\":true");
  /// Waits for a say and sends it back as a message with that number.
  boost::asio::awaitable<Json> take_say(std::uint64_t seq);

 private:
  boost::asio::awaitable<std::string> read_line();

  boost::asio::ip::tcp::socket socket_;
  std::string unread_;
  std::string name_;
};

/// A message of a room as JSON; `more`: further fields, each with a comma before it.
std::string message_json(std::string_view room, std::uint64_t seq, std::string_view from,
                         std::string_view text, std::string_view more = "");

/// A free port of 127.0.0.1, and the loop that both ends run on.
class FakeServer {
 public:
  FakeServer();

  boost::asio::io_context& io() { return io_; }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  boost::asio::awaitable<Peer> accept();
  /// Nobody is let in any more: connecting is refused.
  void close() { acceptor_.close(); }
  /// Listens again on the same port.
  void open_again();

  /// Runs the script to its end, and everything else meanwhile; what it throws fails the test, and so
  /// does not being done within the test's patience.
  void run(std::function<boost::asio::awaitable<void>()> script);

 private:
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp::endpoint endpoint_;
};

}  // namespace hubbub::test
