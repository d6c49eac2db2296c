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
#include <vector>

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
  /// A proxy has told whose connection it passes on; `address` is the one that it told.
  void passed_on(const std::string& address, Time now, ops::log::Fields fields);
  /// `reason`: a word or a message of the system, of which there are few.
  void disconnected(const std::string& address, std::string_view reason, Time opened, Time now,
                    ops::log::Fields fields);
  void tell_due(Time now);

 private:
  ops::log::Gathering connected_{"net", "connected", "more connected"};
  ops::log::Gathering passed_on_{"net", "passed on by a proxy", "more passed on by proxies"};
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
    /// Counts among the connections of another address from now on.
    void move_to(Addresses::value_type* address);
    /// Counts among those of which it is not known yet what they speak.
    void is_new() const;
    /// Counts among those that speak the protocol from now on. `name` is there for ever.
    void speaks(std::string_view name, std::uint8_t& place) const;
    /// No more among any.
    void is_gone(std::uint8_t place) const;
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
  /// An operator's, whom no limit keeps out.
  Pass admit_operator() { return {counts_, nullptr}; }
  /// An admitted connection turns out to be of another address, which has limits of its own. False: the
  /// connection is to be turned away, and refusal() says why.
  bool admit_anew(Pass& pass, const std::string& address, Time now);
  /// Why the last connection was not admitted.
  std::string_view refusal() const { return refusal_->text; }
  /// The same for the log.
  std::string_view reason() const { return refusal_->limit; }
  std::size_t connections() const { return counts_->all; }
  /// Those that speak a protocol, by its name; "": those of which it is not known yet, or never was.
  struct Speakers {
    std::size_t now = 0;
    std::uint64_t since_start = 0;  ///< in all
  };
  const std::vector<std::pair<std::string_view, Speakers>>& speakers() const { return counts_->speakers; }
  /// How many connections were turned away, by reason.
  const std::map<std::string_view, std::uint64_t>& refused() const { return refused_; }
  void note_refused(std::string_view reason) { ++refused_[reason]; }
  /// The log of the admitted connections. The passes keep it alive.
  ConnectionLog& log() { return counts_->log; }
  /// Number of addresses with a record.
  std::size_t addresses() const { return counts_->by_address.size(); }

 private:
  struct Counts : boost::intrusive_ref_counter<Counts, boost::thread_unsafe_counter> {
    Counts() { speakers.emplace_back(); }

    std::size_t all = 0;
    std::vector<std::pair<std::string_view, Speakers>> speakers;  ///< few; the first is of no protocol yet
    Addresses by_address;
    ConnectionLog log;
  };

  bool is_admitted(const Refusal* refusal);
  const Refusal* why_not(Addresses::value_type* entry, Time now) const;
  Addresses::value_type* entry_of(const std::string& address);
  void tidy(Time now);

  const Settings& settings_;
  CountsPtr counts_;
  const Refusal* refusal_ = nullptr;  ///< of the last connection; null: it was admitted
  std::map<std::string_view, std::uint64_t> refused_;
  std::string looked_at_;  ///< the address that tidy() looked at last
};

/// The peer of a connection, as far as the system tells, and the log lines about it. Its destruction gives
/// the place in the counts of the Admission back.
class AdmittedPeer {
 public:
  /// `from`: the address of the peer's socket. `number` names the connection in the log.
  AdmittedPeer(Admission::Pass pass, const Endpoint& from, std::uint64_t number, Time opened);

  AdmittedPeer(AdmittedPeer&&) noexcept = default;
  AdmittedPeer& operator=(AdmittedPeer&&) = delete;
  AdmittedPeer(const AdmittedPeer&) = delete;
  AdmittedPeer& operator=(const AdmittedPeer&) = delete;
  ~AdmittedPeer();

  std::uint64_t number() const { return number_; }
  /// What it speaks, for the counts. `protocol` is there for ever.
  void speaks(std::string_view protocol) { pass_.speaks(protocol, speaks_); }
  bool is_tcp() const { return from_.is_tcp(); }
  Endpoint endpoint() const { return from_.endpoint(); }
  /// Where it is connected from, as in a listen URL.
  std::string url() const { return to_url(from_.endpoint()); }
  /// What counts as one peer, see Admission.
  const std::string& address() const { return pass_.address(); }
  /// The same as users are shown it: see shown_address.
  std::string shown() const { return shown_address(from_.endpoint()); }

  /// A trusted proxy says that it passes the connection on, and from where. False: that address is not
  /// admitted (see Admission::admit_anew).
  bool come_from(const Endpoint& endpoint, Admission& admission, Time now);
  /// `reason`: why the connection has ended, unless Handler::reason says it.
  void log_end(const Handler& handler, const std::string& reason, Time now) const;

 private:
  Admission::Pass pass_;
  std::uint64_t number_;
  [[no_unique_address]] TcpPeer from_;  ///< the next member fits into its last byte
  std::uint8_t speaks_ = 0;             ///< place among Counts::speakers
  const Time opened_;
};

}  // namespace hubbub::net
