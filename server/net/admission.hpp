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

/// What the log is told of connections that begin and end. Those of one who connects without end are gathered
/// (see Gathering); the end of one that has been open for long is always a line, since there are only so
/// many.
class ConnectionLog {
 public:
  /// What nobody has without end.
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

/// Counts connections, in all and per address, and how fast they come from each, and turns away those that
/// are too many. Of an address that has no connection any more nothing is kept once it may open as many at
/// once as ever; nor beyond 100,000 addresses (some 15 MB): who has so many is not slowed down by what is
/// kept of one.
class Admission {
  struct Counts;
  using CountsPtr = boost::intrusive_ptr<Counts>;
  struct Address {
    std::size_t connections = 0;
    protocol::TokenBucket pace;
  };
  using Addresses = std::map<std::string, Address>;  ///< strangers cannot choose addresses that collide

 public:
  struct Refusal {
    std::string_view limit;  ///< the key of the one that was reached
    std::string_view text;   ///< a clause that tells what to do
  };

  /// One admitted connection; the place is free again when this goes.
  class Pass {
   public:
    Pass(CountsPtr counts, Addresses::value_type* address);
    Pass(Pass&&) noexcept = default;
    Pass& operator=(Pass&&) = delete;
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass();

    /// What counts as one peer; empty for one that is not counted so.
    const std::string& address() const;
    /// That of the Admission.
    ConnectionLog& log() const { return counts_->log; }

   private:
    CountsPtr counts_;
    Addresses::value_type* address_;  ///< its count; null: none
  };

  explicit Admission(const Settings& settings);

  static constexpr std::size_t most_idle = 100'000;

  /// `address`: what counts as one peer, see address_key; empty for those that are not counted so. Nothing:
  /// it is turned away, and refusal() says why.
  std::optional<Pass> admit(const std::string& address, Time now);
  /// Why the last one was not admitted.
  std::string_view refusal() const { return refusal_->text; }
  /// The same for the log.
  std::string_view reason() const { return refusal_->limit; }
  std::size_t connections() const { return counts_->all; }
  /// What is told of those who are admitted. The passes hold it.
  ConnectionLog& log() { return counts_->log; }
  /// Addresses that something is kept of.
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
  const Refusal* refusal_ = nullptr;  ///< of the last one; null: it was admitted
  std::string looked_at_;             ///< where tidy() has come to
};

/// Who is at the other end of a connection, as far as the system tells, and what the log says of them. Its
/// place in the counts of the Admission is free again when this goes.
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
  /// The same as people are told: see shown_address.
  std::string shown() const { return shown_address(from_.endpoint()); }

  /// `reason`: why the connection has ended, unless the handler has a word for it.
  void log_end(const Handler& handler, const std::string& reason, Time now) const;

 private:
  Admission::Pass pass_;
  std::uint64_t number_;
  const TcpPeer from_;
  const Time opened_;
};

}  // namespace hubbub::net
