#include "server/front/turn_away.hpp"

#include <memory>
#include <string>

#include "server/net/connection.hpp"

namespace hubbub::front {

TurnAway::TurnAway(net::Connection& connection, std::string_view protocol, std::string_view line)
    : reason_("speaks " + std::string(protocol)) {
  connection.write(protocol::make_bytes(std::string(line)));
  connection.close();
}

}  // namespace hubbub::front
