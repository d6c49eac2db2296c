#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/token_bucket.hpp"
#include "server/net/connection_log.hpp"
#include "server/net/handler.hpp"
#include "server/net/settings.hpp"

namespace hubbub::net {

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
  enum class Refusal { server_is_full, address_has_too_many, address_is_too_fast };

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
    ConnectionLog& log() const;

   private:
    CountsPtr counts_;
    Addresses::value_type* address_;  ///< its count; null: none
  };

  explicit Admission(const Settings& settings);

  static constexpr std::size_t most_idle = 100'000;

  /// `address`: what counts as one peer, see address_key; empty for those that are not counted so. Nothing:
  /// it is turned away, and refusal() says why.
  std::optional<Pass> admit(const std::string& address, Time now);
  /// Why the last one was not admitted, as a clause that tells what to do.
  std::string_view refusal() const;
  /// The same for the log: the key of the limit that was reached.
  std::string_view reason() const;
  std::size_t connections() const;
  /// What is told of those who are admitted. The passes hold it.
  ConnectionLog& log();
  /// Addresses that something is kept of.
  std::size_t addresses() const;

 private:
  struct Counts : boost::intrusive_ref_counter<Counts, boost::thread_unsafe_counter> {
    std::size_t all = 0;
    Addresses by_address;
    ConnectionLog log;
  };

  std::optional<Refusal> why_not(Address* address, Time now) const;
  void tidy(Time now);

  const Settings& settings_;
  CountsPtr counts_;
  Refusal refusal_ = Refusal::server_is_full;
  std::string looked_at_;  ///< where tidy() has come to
};

}  // namespace hubbub::net
