#include "server/front/turn_away.hpp"

#include "server/net/connection.hpp"

namespace hubbub::front {

TurnAway::TurnAway(net::Connection& connection, std::string_view line) {
  connection.write(line);
  connection.close();
}

}  // namespace hubbub::front
