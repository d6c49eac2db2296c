#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "test/support/address.hpp"

namespace hubbub::test {

/// A network whose faults the test controls: it forwards connections to a server. Runs in a thread of its
/// own; each call returns when it has taken effect.
class Proxy {
 public:
  enum class Way { to_server, to_client };
  /// How connections end: with an orderly close on both sides, or with a reset.
  enum class Cut { finish, reset };

  explicit Proxy(const Address& server);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  const Address& address() const;
  /// Forwards new connections to another address, such as that of a restarted server.
  void lead_to(const Address& server);

  /// Forwards everything as it comes, and accepts connections: the initial state.
  void pass();
  /// Forwards in pieces of at most that many bytes.
  void trickle(std::size_t piece);
  /// Delays each piece by that time; the next piece waits for it.
  void delay(std::chrono::milliseconds time);
  /// Makes all links dead: nothing passes any more, and neither side is told. Connections are accepted, but
  /// not forwarded.
  void freeze();
  /// Refuses new connections; existing ones stay.
  void refuse();

  /// Ends all connections, also those that are not forwarded.
  void cut(Cut how);
  /// Ends all connections once, after that many further bytes have passed in that direction, counted over all
  /// connections: for example in the middle of a line. A later call replaces an earlier one.
  void cut_after(Way way, std::size_t bytes, Cut how);

  /// Number of cuts by `cut_after` so far.
  std::size_t cuts() const;
  /// Number of connections accepted so far.
  std::size_t connections() const;
  /// Waits for that many connections; a std::runtime_error if they do not come.
  void wait_for_connections(std::size_t count) const;

 private:
  class Network;
  std::unique_ptr<Network> network_;
};

}  // namespace hubbub::test
