#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/token_bucket.hpp"
#include "server/net/handler.hpp"
#include "server/net/peer.hpp"
#include "server/net/settings.hpp"
#include "server/ops/log_digest.hpp"

namespace hubbub::net {

/// Log lines about connections that begin and end. Many from one address are gathered (see Gathering); the
/// end of a connection that was open for long is always a line, since there are only so many.
class ConnectionLog {
 public:
  /// No address can have many connections that last this long.
  static constexpr std::chrono::minutes long_open{1};

  /// `address`: what counts as one peer, see address_key. `fields`: of a line of its own.
  void connected(const std::string& address, Time now, ops::log::Fields fields);
  /// `reason`: a word or a message of the system, of which there are few.
  void disconnected(const std::string& address, std::string_view reason, Time opened, Time now,
                    ops::log::Fields fields);
  void tell_due(Time now);

 private:
  ops::log::Gathering connected_{"net", "connected", "more connected"};
  ops::log::Gathering disconnected_{"net", "disconnected", "more disconnected"};
};

/// Counts connections, in all and per address, and how fast they come from each, and turns away those beyond
/// the limits. The record of an address without connections is dropped once its bucket is full again; or when
/// there are more than 100,000 addresses (some 15 MB): a peer with so many would not be slowed down by
/// keeping one.
class Admission {
  struct Counts;
  using CountsPtr = boost::intrusive_ptr<Counts>;
  struct Address {
    std::size_t connections = 0;
    protocol::TokenBucket pace;
  };
  using Addresses = std::map<std::string, Address>;  ///< peers cannot choose keys that collide

 public:
  struct Refusal {
    std::string_view limit;  ///< the key of the limit that was reached
    std::string_view text;   ///< a clause that tells what to do
  };

  /// One admitted connection. Its destruction gives the place back.
  class Pass {
   public:
    Pass(CountsPtr counts, Addresses::value_type* address);
    Pass(Pass&&) noexcept = default;
    Pass& operator=(Pass&&) = delete;
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass();

    /// What counts as one peer, see address_key; empty: not counted.
    const std::string& address() const;
    /// That of the Admission.
    ConnectionLog& log() const { return counts_->log; }

   private:
    CountsPtr counts_;
    Addresses::value_type* address_;  ///< whose connections it counts among; null: none
  };

  explicit Admission(const Settings& settings);

  static constexpr std::size_t most_idle = 100'000;

  /// `address`: what counts as one peer, see address_key; empty: not counted per address. Nothing: the
  /// connection is turned away, and refusal() says why.
  std::optional<Pass> admit(const std::string& address, Time now);
  /// Why the last connection was not admitted.
  std::string_view refusal() const { return refusal_->text; }
  /// The same for the log.
  std::string_view reason() const { return refusal_->limit; }
  std::size_t connections() const { return counts_->all; }
  /// The log of the admitted connections. The passes keep it alive.
  ConnectionLog& log() { return counts_->log; }
  /// Number of addresses with a record.
  std::size_t addresses() const { return counts_->by_address.size(); }

 private:
  struct Counts : boost::intrusive_ref_counter<Counts, boost::thread_unsafe_counter> {
    std::size_t all = 0;
    Addresses by_address;
    ConnectionLog log;
  };

  const Refusal* why_not(Address* address, Time now) const;
  void tidy(Time now);

  const Settings& settings_;
  CountsPtr counts_;
  const Refusal* refusal_ = nullptr;  ///< of the last connection; null: it was admitted
  std::string looked_at_;             ///< the address that tidy() looked at last
};

/// The peer of a connection, as far as the system tells, and the log lines about it. Its destruction gives
/// the place in the counts of the Admission back.
class AdmittedPeer {
 public:
  /// `from`: the address of the peer's socket. `number` names the connection in the log.
  AdmittedPeer(Admission::Pass pass, const Endpoint& from, std::uint64_t number, Time opened);

  std::uint64_t number() const { return number_; }
  bool is_tcp() const { return from_.is_tcp(); }
  /// Where it is connected from, as in a listen URL.
  std::string url() const { return to_url(from_.endpoint()); }
  /// What counts as one peer, see Admission.
  const std::string& address() const { return pass_.address(); }
  /// The same as users are shown it: see shown_address.
  std::string shown() const { return shown_address(from_.endpoint()); }

  /// `reason`: why the connection has ended, unless Handler::reason says it.
  void log_end(const Handler& handler, const std::string& reason, Time now) const;

 private:
  Admission::Pass pass_;
  std::uint64_t number_;
  const TcpPeer from_;
  const Time opened_;
};

}  // namespace hubbub::net
