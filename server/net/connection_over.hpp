#pragma once

#include <memory>
#include <utility>

#include "server/net/connection.hpp"

namespace hubbub::net {

/// A stream that a connection can be built over, since bases are made in their order.
template <class Carrier>
struct Carried {
  Carrier carrier;
};

/// A connection and the stream that it is over, a `Carrier`, in one piece of memory.
template <class Carrier>
class ConnectionOver final : private Carried<Carrier>, public Connection {
 public:
  template <class Below>
  ConnectionOver(Below below, Turn& turn, const Settings& settings, AdmittedPeer peer)
      : Carried<Carrier>{Carrier(std::move(below))},
        Connection(this->carrier, turn, settings, std::move(peer)) {}
};

}  // namespace hubbub::net
