#include "server/net/connection_log.hpp"

namespace hubbub::net {
namespace {

/// As the log has it: those behind a unix socket have no address.
std::string_view shown(const std::string& address) {
  return address.empty() ? std::string_view("local") : std::string_view(address);
}

}  // namespace

void ConnectionLog::connected(const std::string& address, Time now, ops::log::Fields fields) {
  connected_.note(shown(address), {}, now, fields);
}

void ConnectionLog::disconnected(const std::string& address, std::string_view reason, Time opened, Time now,
                                 ops::log::Fields fields) {
  if (now - opened >= long_open) {
    ops::log::info("net", "disconnected", fields);
  } else {
    disconnected_.note(shown(address), reason, now, fields);
  }
}

void ConnectionLog::tell_due(Time now) {
  connected_.tell_due(now);
  disconnected_.tell_due(now);
}

}  // namespace hubbub::net
