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

/// One of those who connect, lose their connection, and come again. It never waits for anybody: whoever
/// runs it polls. A `bye` other than `shutting_down`, or an `error` other than the `storage_failed` of a
/// server that stops, is a std::runtime_error.
class Peer {
 public:
  explicit Peer(std::string name) : name_(std::move(name)) {}
  virtual ~Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  const std::string& name() const { return name_; }
  /// Connects, says hello, and does what comes first; what was under way on an older connection is over.
  void connect(const test::Address& address);
  bool connected() const { return socket_.has_value(); }
  bool welcomed() const { return welcomed_; }
  /// What to wait for.
  pollfd interest() const;
  /// Sends what can be sent and takes what has come, to the end of the stream if that has come.
  void turn();
  /// Asks for a `pong`; synchronised() once it is here.
  void synchronise();
  bool synchronised() const { return pings_ == 0; }

 protected:
  void send(const Event& request);
  /// The connection is new: join, and go on.
  virtual void on_connect() = 0;
  virtual void on_event(const Event& event, std::string_view type) = 0;

 private:
  void flush();
  void take_lines();
  void take(const std::string& line);

  std::string name_;
  std::optional<test::Socket> socket_{};
  bool welcomed_ = false;
  std::size_t pings_ = 0;  ///< under way
  std::string unsent_{};
  std::string unread_{};
};

}  // namespace hubbub::durability
