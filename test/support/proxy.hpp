#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "test/support/address.hpp"

namespace hubbub::test {

/// A network in the test's hands: connections to its address are led to a server, and what goes wrong on
/// the way is for the test to say. It runs in a thread of its own; each call returns when it is so.
class Proxy {
 public:
  enum class Way { to_server, to_client };
  /// How connections end: both sides are told in order, or reset.
  enum class Cut { finish, reset };

  explicit Proxy(const Address& server);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  const Address& address() const;
  /// Connections from now on go there: a server that was started again.
  void lead_to(const Address& server);

  /// Everything passes as it comes, and connections are let in: so it is at first.
  void pass();
  /// Pieces of at most that many bytes.
  void trickle(std::size_t piece);
  /// Each piece is late by that, and the next one waits for it.
  void delay(std::chrono::milliseconds time);
  /// Nothing passes any more and nobody is told: a dead link. Connecting works, and leads nowhere.
  void freeze();
  /// Connecting is refused; connections that there are stay.
  void refuse();

  /// Ends all connections, those that lead nowhere too.
  void cut(Cut how);
  /// Does so once that many further bytes have passed that way, all connections together: in the middle
  /// of a line, say. For one cut; the last call counts.
  void cut_after(Way way, std::size_t bytes, Cut how);

  /// How often connections were ended by `cut_after` so far.
  std::size_t cuts() const;
  /// How many connections were let in so far.
  std::size_t connections() const;
  /// Waits until there have been that many; std::runtime_error when there are not.
  void wait_for_connections(std::size_t count) const;

 private:
  class Network;
  std::unique_ptr<Network> network_;
};

}  // namespace hubbub::test
