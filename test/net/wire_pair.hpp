#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/net/admission.hpp"
#include "server/net/connection.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {

inline Slice bytes(std::string_view text) { return protocol::make_bytes(std::string(text)); }

/// A connection whose other end is in the test's hand, and a loop that is turned by hand.
class WirePair {
 public:
  WirePair() : turn(io, [] {}), admission(settings) {
    ops::log::configure({.level = ops::log::Level::error});
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    far_ = ends[1];
    Connection::Socket socket(io, boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[0]);
    socket.non_blocking(true);
    connection = std::make_shared<Connection>(std::move(socket), turn, settings, *admission.admit(""), 1);
  }
  WirePair(const WirePair&) = delete;
  WirePair& operator=(const WirePair&) = delete;
  ~WirePair() { hang_up(); }

  /// The peer writes, and the loop turns.
  void feed(std::string_view bytes) {
    REQUIRE(::write(far_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    turns();
  }
  /// What the peer can read now.
  std::string read() const {
    std::string all;
    char buffer[65536];
    for (ssize_t n = 0; (n = ::read(far_, buffer, sizeof(buffer))) > 0;)
      all.append(buffer, static_cast<std::size_t>(n));
    return all;
  }
  /// Whether the peer has been told that nothing more will come.
  bool at_end() const {
    char byte = 0;
    return ::recv(far_, &byte, 1, MSG_PEEK) == 0;
  }
  void end_input() {
    ::shutdown(far_, SHUT_WR);
    turns();
  }
  void hang_up() {
    if (far_ >= 0) ::close(std::exchange(far_, -1));
    turns();
  }
  /// Enough turns for whatever is ready to have its consequences.
  void turns() {
    for (int i = 0; i < 6; ++i) turn.poll();
  }

  Settings settings;
  boost::asio::io_context io;
  Turn turn;
  Admission admission;
  std::shared_ptr<Connection> connection;

 private:
  int far_ = -1;
};

}  // namespace hubbub::net
