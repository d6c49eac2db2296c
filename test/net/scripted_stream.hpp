#pragma once

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "server/net/plain_stream.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {

/// The test's control of a stream without a socket: its input, the bytes that it takes, and the ends of its
/// waits.
struct Script {
  /// Ends the wait of a connection to read, if there is one; the connection reads the input.
  void ready_to_read();
  /// Ends the wait of a connection to write, if there is one.
  void ready_to_write();
  /// Drops the waits without ending them.
  void let_go() { reading = writing = nullptr; }

  std::string input;                                           ///< bytes that have come and are not read
  bool ended = false;                                          ///< no more input comes
  std::size_t room = std::numeric_limits<std::size_t>::max();  ///< number of bytes that can be written
  std::string output;                                          ///< bytes that were written
  bool output_ended = false;
  bool end_takes_room = false;  ///< the end of the output has to be written
  bool closed = false;
  boost::system::error_code failure;     ///< of every read and write from now on
  ConnectionPtr reading;                 ///< the connection that waits to read
  std::optional<std::span<char>> place;  ///< where it reads to, if it gave a buffer
  ConnectionPtr writing;                 ///< the connection that waits to write
  std::function<void()> before_wait;     ///< called before a wait to read begins
};

class ScriptedStream final : public Stream {
 public:
  explicit ScriptedStream(Script* script) : script_(*script) {}

  std::size_t read_some(std::span<char> place, boost::system::error_code& ec) override {
    ec = script_.failure;
    if (ec) return 0;
    const auto n = std::min(place.size(), script_.input.size());
    if (n == 0) ec = boost::asio::error::would_block;
    if (n == 0 && script_.ended) ec = boost::asio::error::eof;
    script_.input.copy(place.data(), n);
    script_.input.erase(0, n);
    return n;
  }
  std::size_t write_some(std::string_view bytes, boost::system::error_code& ec) override {
    ec = script_.failure;
    if (ec) return 0;
    const auto n = std::min(bytes.size(), script_.room);
    if (n == 0) ec = boost::asio::error::would_block;
    script_.output.append(bytes.substr(0, n));
    script_.room -= n;
    return n;
  }
  void wait_readable(ConnectionPtr connection) override {
    REQUIRE(script_.reading == nullptr);
    if (script_.before_wait) script_.before_wait();
    script_.reading = std::move(connection);
    script_.place.reset();
  }
  void read_when_ready(std::span<char> place, ConnectionPtr connection) override {
    wait_readable(std::move(connection));
    script_.place = place;
  }
  void wait_writable(ConnectionPtr connection) override {
    REQUIRE(script_.writing == nullptr);
    script_.writing = std::move(connection);
  }
  bool has_input() override { return !script_.input.empty(); }
  std::string_view peek(std::span<char> place) override {
    return {place.data(), script_.input.copy(place.data(), place.size())};
  }
  bool has_room() override { return script_.room > 0; }
  bool shut_down() override {
    if (script_.end_takes_room && script_.room == 0) return false;
    script_.output_ended = true;
    return true;
  }
  void close() override { script_.closed = true; }
  std::optional<int> tcp() override { return std::nullopt; }
  bool may_share_pages() const override { return false; }

 private:
  Script& script_;
};

inline void Script::ready_to_read() {
  const auto connection = std::exchange(reading, nullptr);
  if (!connection) return;
  boost::system::error_code ec;
  if (closed) ec = boost::asio::error::operation_aborted;
  if (!place) return connection->on_readable(ec);
  const auto n = ec ? 0 : ScriptedStream(this).read_some(*place, ec);
  connection->on_read(ec, n);
}

inline void Script::ready_to_write() {
  boost::system::error_code ec;
  if (closed) ec = boost::asio::error::operation_aborted;
  if (const auto connection = std::exchange(writing, nullptr)) connection->on_writable(ec);
}

inline ConnectionPtr open_scripted(Script& script, Turn& turn, const Settings& settings,
                                   Admission& admission) {
  return ConnectionPtr(new ConnectionOver<ScriptedStream>(
      &script, turn, settings, AdmittedPeer(*admission.admit("", Time::min()), {}, 1, turn.now().steady)));
}

/// A connection over a scripted stream, and a loop whose turns the test makes.
struct Scripted {
  Scripted() : connection(open_scripted(script, turn, settings, admission)) {
    ops::log::configure({.level = ops::log::Level::error});
  }
  Scripted(const Scripted&) = delete;
  Scripted& operator=(const Scripted&) = delete;
  ~Scripted() {
    turn.abandon_all();
    script.let_go();
    turn.poll();
  }

  Script script;
  Settings settings;
  boost::asio::io_context io;
  Turn turn{io, [] {}};
  Admission admission{settings};
  ConnectionPtr connection;
};

}  // namespace hubbub::net
