#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/net/admission.hpp"
#include "server/net/connection.hpp"
#include "server/net/plain_stream.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"
#include "test/net/stream_pair.hpp"
#include "test/support/catch.hpp"
#include "test/support/lose_all.hpp"

namespace hubbub::net {

inline Slice bytes(std::string_view text) { return protocol::make_bytes(std::string(text)); }

inline ConnectionPtr open_pair(int near, int family, boost::asio::io_context& io, Turn& turn,
                               const Settings& settings, Admission& admission) {
  Socket socket(io, boost::asio::generic::stream_protocol(family, 0), near);
  socket.non_blocking(true);
  const auto from = socket.remote_endpoint();
  return open_connection(std::move(socket), turn, settings,
                         AdmittedPeer(*admission.admit("", Time::min()), from, 1, turn.now().steady));
}

/// A connection whose other end the test controls, and a loop whose turns the test makes.
class WirePair {
 public:
  /// `handlers`: most handlers in a turn. `loop`: one that others use too; null: its own.
  explicit WirePair(int family = AF_UNIX, int handlers = Turn::most_handlers,
                    boost::asio::io_context* loop = nullptr)
      : own_loop_(loop == nullptr ? std::make_unique<boost::asio::io_context>() : nullptr),
        io(loop == nullptr ? *own_loop_ : *loop),
        turn(
            io, [] {}, handlers),
        admission(settings) {
    ops::log::configure({.level = ops::log::Level::error});
    const auto [near, far] = stream_pair(family);
    far_ = far;
    connection = open_pair(near, family, io, turn, settings, admission);
  }
  WirePair(const WirePair&) = delete;
  WirePair& operator=(const WirePair&) = delete;
  ~WirePair() { hang_up(); }

  /// The peer writes, and the loop turns.
  void feed(std::string_view bytes) {
    REQUIRE(::write(far_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    turns();
  }
  /// The peer writes, and the loop does not turn.
  void send(std::string_view bytes) const {
    REQUIRE(::write(far_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  /// The peer writes after the loop has polled its sockets, and before it reads the clock.
  void send_before_time(std::string_view bytes) {
    boost::asio::post(io, [this, bytes] { send(bytes); });
    turns();
  }
  /// Time passes in which the loop does not turn.
  static void pass(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() <= end) {
    }
  }
  /// What the peer can read now.
  std::string read() const {
    std::string all;
    char buffer[65536];
    for (ssize_t n = 0; (n = ::recv(far_, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0;)
      all.append(buffer, static_cast<std::size_t>(n));
    return all;
  }
  /// From now on the peer's system acts as if it were switched off: it drops all packets, and acknowledges
  /// nothing (by a socket filter; TCP only).
  void switch_off() const { test::lose_all(far_); }
  /// Whether the peer has been told that nothing more will come.
  bool at_end() const {
    char byte = 0;
    return ::recv(far_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  }
  void end_input() {
    ::shutdown(far_, SHUT_WR);
    turns();
  }
  /// Another peer comes in the place of this one.
  void come_again(int family) {
    hang_up();
    const auto [near, far] = stream_pair(family);
    far_ = far;
    connection = open_pair(near, family, io, turn, settings, admission);
  }
  void hang_up() {
    if (far_ >= 0) ::close(std::exchange(far_, -1));
    turns();
  }
  /// Turns often enough for everything that is ready, and for what follows from it.
  void turns() {
    for (int i = 0; i < 6; ++i) turn.poll();
  }

  Settings settings;

 private:
  std::unique_ptr<boost::asio::io_context> own_loop_;

 public:
  boost::asio::io_context& io;
  Turn turn;
  Admission admission;
  ConnectionPtr connection;

 private:
  int far_ = -1;
};

}  // namespace hubbub::net
