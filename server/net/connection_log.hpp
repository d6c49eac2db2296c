#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "server/net/handler.hpp"
#include "server/ops/log.hpp"
#include "server/ops/log_digest.hpp"

namespace hubbub::net {

/// What the log is told of connections that begin and end. The first of an address in each minute are a line
/// each. What more there are, as of one who connects without end, are gathered: how many there were, and how
/// many of them ended for which reason.
class ConnectionLog {
 public:
  static constexpr std::chrono::minutes interval{1};
  /// Of the connections that begin, and of those that end, from one address in one interval: more than a
  /// house full of people has, behind a router or a proxy, when its link breaks.
  static constexpr std::uint32_t most_told = 300;
  /// From which connections are told in one interval, some 100 bytes each; those from others are gathered.
  static constexpr std::size_t most_addresses = 10'000;

  /// `address`: what counts as one peer, see address_key. `fields`: of a line of its own.
  void connected(const std::string& address, Time now, ops::log::Fields fields);
  /// `reason`: a word or a message of the system, of which there are few.
  void disconnected(const std::string& address, std::string_view reason, Time now, ops::log::Fields fields);
  /// To be called now and then: tells what was gathered in a minute that is over.
  void tell_due(Time now);

 private:
  struct Told {
    std::uint32_t connected = 0;
    std::uint32_t disconnected = 0;
  };

  bool may_tell(const std::string& address, std::uint32_t Told::*lines, Time now);

  std::map<std::string, Told> told_;  ///< in this interval
  Time begun_ = Time::min();          ///< the interval
  ops::log::Digest connected_{"net", "more connected"};
  ops::log::Digest disconnected_{"net", "more disconnected"};
};

}  // namespace hubbub::net
