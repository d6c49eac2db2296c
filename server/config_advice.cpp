// Doubts: settings that are allowed, but most likely a mistake.
#include <algorithm>
#include <chrono>
#include <limits>

#include "protocol/settings/kinds.hpp"
#include "server/config.hpp"

namespace hubbub::config {
namespace {

// Descriptors besides connections: the journal and its search index, each with a log, for four threads; the
// loop's own; the listeners; the standard ones.
constexpr std::uint64_t other_descriptors = 64;

/// A client that only answers pings must be asked so early that its answer comes in time. Half of `idle`
/// leaves as long for the answer as the silence before it: after a mobile network was gone for a while, TCP
/// takes twice that time to come back.
void doubt_ping(const Config& config, std::vector<std::string>& sentences) {
  const auto ping = config.net.ping;
  const auto idle = config.net.idle;
  if (ping.count() == 0 || idle.count() == 0 || ping <= idle / 2) return;
  sentences.emplace_back("timeouts.ping: " + settings::Duration::print(ping) +
                         " is too near to timeouts.idle, " + settings::Duration::print(idle) +
                         ", for every client's answer to come in time: some who are there would be "
                         "disconnected; lower it to at most half of timeouts.idle, or raise that");
}

void doubt_connections(const Config& config, const DescriptorLimit& limit,
                       std::vector<std::string>& sentences) {
  const std::uint64_t connections = config.net.connections;
  if (connections == 0 || connections <= limit.most - std::min(limit.most, other_descriptors)) return;
  sentences.emplace_back("limits.connections: " + std::to_string(connections) + " may need " +
                         std::to_string(connections + other_descriptors) + " descriptors, and " +
                         std::string(limit.whose) + " allows " + std::to_string(limit.most) + "; " +
                         std::string(limit.remedy) + ", or lower limits.connections");
}

}  // namespace

std::vector<std::string> doubts(const Config& config, std::span<const DescriptorLimit> limits) {
  std::vector<std::string> sentences;
  doubt_ping(config, sentences);
  for (const auto& limit : limits) doubt_connections(config, limit, sentences);
  return sentences;
}

}  // namespace hubbub::config
