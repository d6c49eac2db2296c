#pragma once

#include <poll.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "test/durability/judge.hpp"
#include "test/support/socket.hpp"

namespace hubbub::durability {

using Event = boost::json::object;
using Clock = std::chrono::steady_clock;

Sighting sighting_of(const Event& message);
std::string_view text_in(const Event& event, std::string_view field);

/// How a client begins.
enum class Greeting {
  at_once,  ///< what it wants is sent behind its `hello`
  patient,  ///< what it wants waits for the `welcome`, as where its name may still be borne by its last
            ///< connection
};

/// A client that connects, loses its connection, and reconnects. It never blocks: its caller polls. Errors:
/// std::runtime_error, for a `bye` other than `shutting_down`, or an `error` other than the `storage_failed`
/// of a server that stops; of a patient one also other than `name_taken`.
class Peer {
 public:
  explicit Peer(std::string name, Greeting greeting = Greeting::at_once)
      : name_(std::move(name)), greeting_(greeting) {}
  virtual ~Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  const std::string& name() const { return name_; }
  /// Connects, sends `hello`, and calls on_connect(); forgets requests under way on an older connection. A
  /// patient one stays unconnected where nobody listens.
  void connect(const test::Address& address);
  /// Ends the connection, with a `quit` or without a word.
  void leave(bool politely);
  /// Whether a patient one was refused its name, or could not be given one, and has to greet again.
  bool is_turned_away() const { return turned_away_; }
  void greet();
  bool connected() const { return socket_.has_value(); }
  bool welcomed() const { return welcomed_; }
  /// The events to poll for.
  pollfd interest() const;
  /// Sends pending bytes, and reads what has come, up to the end of the stream if that has come.
  void turn();
  /// Sends a `ping`; synchronised() is true once the `pong` is here.
  void synchronise();
  bool synchronised() const { return pings_ == 0; }
  /// Called from time to time while it is welcome.
  virtual void tick(Clock::time_point /*now*/) {}

 protected:
  void send(const Event& request);
  bool is_patient() const { return greeting_ == Greeting::patient; }
  /// After a `renamed`, and for the next `hello`.
  void set_name(std::string name) { name_ = std::move(name); }
  /// Called on a new connection, of a patient one with the `welcome`: joins the rooms, and goes on.
  virtual void on_connect() = 0;
  virtual void on_event(const Event& event, std::string_view type) = 0;

 private:
  void flush();
  void take_lines();
  void take(const std::string& line);
  bool is_borne(std::string_view type, std::string_view code) const;

  std::string name_;
  Greeting greeting_;
  std::optional<test::Socket> socket_{};
  bool welcomed_ = false;
  bool turned_away_ = false;
  std::size_t pings_ = 0;  ///< number of pings without an answer
  std::string unsent_{};
  std::string unread_{};
};

}  // namespace hubbub::durability
