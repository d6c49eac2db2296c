#pragma once

#include <poll.h>

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "test/durability/judge.hpp"
#include "test/support/socket.hpp"

namespace hubbub::durability {

using Event = boost::json::object;

Sighting sighting_of(const Event& message);
std::string_view text_in(const Event& event, std::string_view field);

/// A client that connects, loses its connection, and reconnects. It never blocks: its caller polls. Errors:
/// std::runtime_error, for a `bye` other than `shutting_down`, or an `error` other than the `storage_failed`
/// of a server that stops.
class Peer {
 public:
  explicit Peer(std::string name) : name_(std::move(name)) {}
  virtual ~Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  const std::string& name() const { return name_; }
  /// Connects, sends `hello`, and calls on_connect(); forgets requests under way on an older connection.
  void connect(const test::Address& address);
  bool connected() const { return socket_.has_value(); }
  bool welcomed() const { return welcomed_; }
  /// The events to poll for.
  pollfd interest() const;
  /// Sends pending bytes, and reads what has come, up to the end of the stream if that has come.
  void turn();
  /// Sends a `ping`; synchronised() is true once the `pong` is here.
  void synchronise();
  bool synchronised() const { return pings_ == 0; }

 protected:
  void send(const Event& request);
  /// Called on a new connection: joins the rooms, and goes on.
  virtual void on_connect() = 0;
  virtual void on_event(const Event& event, std::string_view type) = 0;

 private:
  void flush();
  void take_lines();
  void take(const std::string& line);

  std::string name_;
  std::optional<test::Socket> socket_{};
  bool welcomed_ = false;
  std::size_t pings_ = 0;  ///< number of pings without an answer
  std::string unsent_{};
  std::string unread_{};
};

}  // namespace hubbub::durability
