#include "server/net/connection_log.hpp"

namespace hubbub::net {
namespace {

/// As the log has it: those behind a unix socket have no address.
std::string_view shown(const std::string& address) {
  return address.empty() ? std::string_view("local") : std::string_view(address);
}

}  // namespace

void ConnectionLog::connected(const std::string& address, Time now, ops::log::Fields fields) {
  if (!ops::log::enabled(ops::log::Level::info)) return;
  if (may_tell(address, &Told::connected, now)) {
    ops::log::info("net", "connected", fields);
  } else {
    connected_.note(std::string(shown(address)), now, {{"address", shown(address)}});
  }
}

void ConnectionLog::disconnected(const std::string& address, std::string_view reason, Time now,
                                 ops::log::Fields fields) {
  if (!ops::log::enabled(ops::log::Level::info)) return;
  if (may_tell(address, &Told::disconnected, now)) {
    ops::log::info("net", "disconnected", fields);
  } else {
    disconnected_.note(std::string(shown(address)).append(1, '\n').append(reason), now,
                       {{"address", shown(address)}, {"reason", reason}});
  }
}

/// Whether one more line of that sort is to be told, which is counted then.
bool ConnectionLog::may_tell(const std::string& address, std::uint32_t Told::*lines, Time now) {
  if (begun_ == Time::min() || now - begun_ >= interval) {
    told_.clear();
    begun_ = now;
  }
  if (told_.size() >= most_addresses && !told_.contains(address)) return false;
  auto& told = told_[address].*lines;
  if (told == most_told) return false;
  ++told;
  return true;
}

void ConnectionLog::tell_due(Time now) {
  connected_.tell_due(now);
  disconnected_.tell_due(now);
}

}  // namespace hubbub::net
