#include "server/net/sniffer.hpp"

#include "server/net/connection.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"

namespace hubbub::net {

Verdict begins_with(std::string_view bytes, std::string_view magic) {
  if (bytes.size() >= magic.size()) return bytes.starts_with(magic) ? Verdict::yes : Verdict::no;
  return magic.starts_with(bytes) ? Verdict::perhaps : Verdict::no;
}

Sniffer::Sniffer(Connection& connection, const Protocols& protocols)
    : connection_(connection), protocols_(protocols) {
  const auto patience = connection.settings().sniff;
  if (patience.count() > 0) deadline_ = connection.turn().now().steady + patience;
}

std::size_t Sniffer::on_input(std::string_view bytes) {
  if (bytes.empty()) return 0;
  for (const auto& protocol : protocols_) {
    const auto verdict = protocol.recognises(bytes);
    if (verdict == Verdict::perhaps) return 0;
    if (verdict == Verdict::yes) {
      hand_over(protocol, false);
      return 0;
    }
  }
  return 0;
}

// Undecided to the end: too little came to be anything but text.
bool Sniffer::on_end(std::string_view rest) {
  if (rest.empty()) {
    connection_.close();
  } else {
    hand_over(protocols_.back(), false);
  }
  return true;
}

void Sniffer::on_deadline(Time /*now*/) { hand_over(protocols_.back(), true); }

void Sniffer::hand_over(const Protocol& protocol, bool greeted) {
  deadline_ = never;
  ops::log::debug("net", "speaks", {{"connection", connection_.number()}, {"protocol", protocol.name}});
  connection_.become(protocol.make(connection_, greeted));
}

}  // namespace hubbub::net
