#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "server/net/handler.hpp"
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

}  // namespace hubbub::net
