#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "protocol/error.hpp"
#include "server/net/certificates.hpp"
#include "server/net/connection.hpp"
#include "server/net/handler.hpp"
#include "server/net/settings.hpp"
#include "server/net/sniffer.hpp"
#include "server/ops/work_queue.hpp"

namespace hubbub::net {

/// TLS as the daemon offers it: the certificates, which are read anew when the operator or a change of the
/// files asks for it, and the sums of the handshakes.
class Tls {
 public:
  /// For a handshake, from its first byte.
  static constexpr std::chrono::seconds patience{10};

  /// The worker does the sums of the handshakes, and outlives it.
  Tls(const Settings& settings, ops::Worker& worker) : settings_(settings), handshakes_(worker, {}) {}

  /// Reads the certificates that the settings name. Error: the certificates before stay.
  std::optional<protocol::Error> load();
  /// To be called now and then: reads the certificates anew if a file has changed, about once a minute, and
  /// once a day in any case, which gives session tickets new keys (RFC 9325, 4.3.2). A fault is logged, once
  /// for each change and once a day, and the certificates before stay.
  void look(Time now);
  bool is_offered() const { return certificates_ != nullptr; }
  const std::shared_ptr<const Certificates>& certificates() const { return certificates_; }
  /// The steps of handshakes, each of which takes up to half a millisecond of sums, by addresses: so many
  /// handshakes delay one another, and nobody's words. A peer that sends nothing takes nothing from others.
  ops::WorkQueue& handshakes() { return handshakes_; }

 private:
  std::optional<protocol::Error> read();
  void tell_expiry();

  const Settings& settings_;
  std::shared_ptr<const Certificates> certificates_;  ///< null: none
  FileTimes times_;
  Time looked_at_ = Time::min();
  Time renewed_at_ = never;                           ///< never: not looked since they were read
  std::optional<std::chrono::sys_days> told_expiry_;  ///< the day of the last warning
  ops::WorkQueue handshakes_;
};

/// A handshake record of any version (RFC 8446, 5.1).
Verdict is_tls(std::string_view bytes);

/// TLS as a protocol that a peer may begin with. Inside, the first bytes decide once more, among `inside`;
/// both outlive the connections.
Protocol tls_protocol(Tls& tls, const Protocols& inside);

}  // namespace hubbub::net
