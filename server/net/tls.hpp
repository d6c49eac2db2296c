#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "protocol/error.hpp"
#include "server/net/certificates.hpp"
#include "server/net/connection.hpp"
#include "server/net/handler.hpp"
#include "server/net/settings.hpp"
#include "server/net/sniffer.hpp"

namespace hubbub::net {

class Turn;

/// Bounds how much of a turn goes to TLS handshakes, each step of which costs the loop up to half a
/// millisecond, in all and for each address. Further steps wait for a later turn, those of an address in
/// their order, and the addresses by turns. A peer that sends nothing takes nothing from others.
class Handshakes {
 public:
  static constexpr std::size_t most_in_a_turn = 16;
  static constexpr std::size_t most_of_an_address = 4;

  /// Calls `step` now, or in a later turn. `address`: what counts as one peer; empty: no limit but that in
  /// all.
  void take_turn(Turn& turn, const std::string& address, std::function<void()> step);
  /// Steps that wait for a later turn.
  std::size_t waiting() const { return waiting_; }

 private:
  struct Share {
    std::size_t taken = 0;  ///< steps in this turn
    std::deque<std::function<void()>> waiting;
  };
  using Shares = std::map<std::string, Share>;

  bool may_step(const std::string& address, const Share& share) const;
  void serve(Turn& turn);
  void next_turn(Turn& turn);

  Shares shares_;  ///< of addresses with steps in this turn, or waiting
  std::size_t taken_ = 0;
  std::size_t waiting_ = 0;
  std::string served_last_;  ///< the address
  bool has_asked_ = false;   ///< for the next turn
};

/// TLS as the daemon offers it: the certificates, which are read anew when the operator or a change of the
/// files asks for it, and the handshakes.
class Tls {
 public:
  /// For a handshake, from its first byte.
  static constexpr std::chrono::seconds patience{10};

  explicit Tls(const Settings& settings) : settings_(settings) {}

  /// Reads the certificates that the settings name. Error: the certificates before stay.
  std::optional<protocol::Error> load();
  /// To be called now and then: reads the certificates anew if a file has changed, about once a minute. A
  /// fault is logged, once for each change, and the certificates before stay.
  void look(Time now);
  bool is_offered() const { return certificates_ != nullptr; }
  const std::shared_ptr<const Certificates>& certificates() const { return certificates_; }
  Handshakes& handshakes() { return handshakes_; }

 private:
  void tell_expiry() const;

  const Settings& settings_;
  std::shared_ptr<const Certificates> certificates_;  ///< null: none
  FileTimes times_;
  Time looked_at_ = Time::min();
  std::optional<std::chrono::sys_days> told_expiry_;  ///< the day of the last warning
  Handshakes handshakes_;
};

/// A handshake record of any version (RFC 8446, 5.1).
Verdict is_tls(std::string_view bytes);

/// TLS as a protocol that a peer may begin with. Inside, the first bytes decide once more, among `inside`;
/// both outlive the connections.
Protocol tls_protocol(Tls& tls, const Protocols& inside);

}  // namespace hubbub::net
