#include "server/net/sniffer.hpp"

#include <algorithm>
#include <string>

#include "server/net/connection.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"

namespace hubbub::net {
namespace {

// Limit where lines have none.
constexpr std::size_t longest_opening = std::size_t{64} * 1024;
// A request line may have so much, whatever the limit of lines (RFC 9112, 3).
constexpr std::size_t request_line = 8000;

}  // namespace

Verdict begins_with(std::string_view bytes, std::string_view magic) {
  if (bytes.size() >= magic.size()) return bytes.starts_with(magic) ? Verdict::yes : Verdict::no;
  return magic.starts_with(bytes) ? Verdict::perhaps : Verdict::no;
}

Recognised recognise(const Protocols& protocols, std::string_view first_bytes) {
  for (const auto& protocol : protocols) {
    const auto verdict = protocol.recognises(first_bytes);
    if (verdict != Verdict::no) return {verdict, &protocol};
  }
  return {};
}

Protocols pinned_to(const Protocols& protocols, std::string_view name) {
  Protocols pinned;
  for (const auto& protocol : protocols) {
    if (protocol.name != name) continue;
    pinned.push_back(protocol);
    pinned.back().pinned = true;
    break;
  }
  return pinned;
}

Sniffer::Sniffer(Connection& connection, const Protocols& protocols)
    : Sniffer(connection, protocols, connection.turn().now().steady) {}

Sniffer::Sniffer(Connection& connection, const Protocols& protocols, Time since)
    : connection_(connection), protocols_(protocols), likely_(&protocols.back()) {
  const auto patience = connection.settings().sniff;
  if (patience.count() > 0) deadline_ = since + patience;
  if (protocols.front().pinned && protocols.front().greets) deadline_ = since;
}

/// Limit of bytes without a verdict; one byte more and the connection would read nothing further.
std::size_t Sniffer::most_undecided() const {
  const auto line = connection_.settings().line_bytes;
  return line == 0 ? longest_opening : std::clamp(line, request_line, longest_opening);
}

std::size_t Sniffer::framing_bytes() const { return request_line + 1; }

std::size_t Sniffer::on_input(std::string_view bytes) {
  if (protocols_.front().pinned) return take_pinned(protocols_.front(), bytes);
  if (bytes.empty()) return 0;
  auto found = recognise(protocols_, bytes);
  if (found.verdict == Verdict::perhaps) {
    if (found.protocol->is_likely != nullptr && found.protocol->is_likely(bytes)) likely_ = found.protocol;
    if (bytes.size() <= most_undecided()) return 0;
  }
  if (found.verdict != Verdict::yes) found.protocol = likely_;
  hand_over(*found.protocol);
  return found.protocol->preamble != nullptr ? found.protocol->preamble(bytes) : 0;
}

/// No other protocol can claim the bytes, so a preamble is skipped as it comes.
std::size_t Sniffer::take_pinned(const Protocol& protocol, std::string_view bytes) {
  const auto skipped = protocol.preamble != nullptr ? protocol.preamble(bytes) : 0;
  const auto rest = bytes.substr(skipped);
  if (!rest.empty() && protocol.recognises(rest) != Verdict::perhaps) hand_over(protocol);
  return skipped;
}

// Bytes without a verdict are judged as if their line ended here. What takes anything takes them only if
// nothing else was likely.
bool Sniffer::on_end(std::string_view rest) {
  if (rest.empty()) {
    connection_.close();
    return true;
  }
  const auto found = recognise(protocols_, std::string(rest) + '\n');
  const bool is_known = found.verdict == Verdict::yes && found.protocol != &protocols_.back();
  hand_over(is_known ? *found.protocol : *likely_);
  return true;
}

void Sniffer::on_deadline(Time /*now*/) { hand_over(*likely_); }

void Sniffer::hand_over(const Protocol& protocol) {
  deadline_ = never;
  ops::log::debug("net", "speaks",
                  {{"connection", connection_.peer().number()}, {"protocol", protocol.name}});
  connection_.speaks(protocol.name);
  connection_.become(protocol.make(connection_, protocol.pinned));
}

}  // namespace hubbub::net
