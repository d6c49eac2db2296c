#include "server/net/connection_log.hpp"

namespace hubbub::net {

void ConnectionLog::connected(const std::string& address, Time now, ops::log::Fields fields) {
  connected_.note(address, {}, now, fields);
}

void ConnectionLog::disconnected(const std::string& address, std::string_view reason, Time opened, Time now,
                                 ops::log::Fields fields) {
  if (now - opened >= long_open) {
    ops::log::info("net", "disconnected", fields);
  } else {
    disconnected_.note(address, reason, now, fields);
  }
}

void ConnectionLog::tell_due(Time now) {
  connected_.tell_due(now);
  disconnected_.tell_due(now);
}

}  // namespace hubbub::net
