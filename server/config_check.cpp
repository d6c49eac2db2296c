// Checks of keys that depend on each other, and doubts: what is allowed, but most likely a mistake.
#include <algorithm>
#include <chrono>

#include "protocol/ascii.hpp"
#include "protocol/settings/kinds.hpp"
#include "server/config_keys.hpp"

namespace hubbub::config {
namespace {

using settings::Fault;
using settings::Lines;
using settings::Size;

std::optional<Fault> fault_at(const Lines& lines, const std::string& key, const std::string& sentence) {
  return Fault{lines.at(key), key + ": " + sentence};
}

/// The soft limit is where a session's requests begin to wait, the hard one where it becomes a slow reader. 0
/// is no limit.
std::optional<Fault> settle_send_queue(Config& config, const Lines& lines) {
  auto& soft = config.net.send_queue_soft;
  auto& hard = config.net.send_queue;
  if (hard == 0 || soft <= hard) return std::nullopt;
  if (lines.contains("limits.send_queue_soft")) {
    return fault_at(lines, "limits.send_queue_soft",
                    Size::print(soft) + " is more than limits.send_queue, which is " + Size::print(hard) +
                        "; lower the one or raise the other");
  }
  soft = hard;
  return std::nullopt;
}

/// Bytes of a request around its text: braces, keys, the longest names and ids.
constexpr std::size_t around_a_text = 512;

/// A text of the greatest length must fit into a line of the greatest length. The limit of lines goes to two
/// modules: net cuts lines by it, chat tells clients.
std::optional<Fault> settle_line(Config& config, const Lines& lines) {
  const auto line = config.chat.line_bytes;
  config.net.line_bytes = line;
  auto& text = config.chat.text_bytes;
  if (line == 0 || line >= text + around_a_text) return std::nullopt;
  if (line <= around_a_text) {
    return fault_at(lines, "limits.line",
                    Size::print(line) + " is too short for a request; write at least \"1KiB\"");
  }
  if (lines.contains("limits.text")) {
    return fault_at(lines, "limits.text",
                    Size::print(text) + " and the " + std::to_string(around_a_text) +
                        " bytes around it do not fit into limits.line, which is " + Size::print(line) +
                        "; lower the one or raise the other");
  }
  text = line - around_a_text;
  return std::nullopt;
}

/// If the limits of a session are raised, those of its address follow, unless the file sets them; if messages
/// are not limited, neither are queries.
void settle_rates(Config& config, const Lines& lines) {
  const auto says = [&](const char* name) { return lines.contains(settings::dotted("limits", name)); };
  // So many sessions of one address may use their limits in full at the same time.
  constexpr double rates = 5;
  constexpr std::size_t bursts = 4;
  auto& chat = config.chat;
  const bool is_limited = chat.messages_per_second > 0 && chat.messages_burst > 0;
  if (!says("messages_per_second_per_address")) {
    auto& rate = chat.messages_per_second_per_address;
    rate = is_limited ? std::max(rate, chat.messages_per_second * rates) : 0;
  }
  if (!says("messages_burst_per_address"))
    chat.messages_burst_per_address = std::max(chat.messages_burst_per_address, chat.messages_burst * bursts);
  if (!is_limited && !says("queries_per_second") && !says("queries_burst")) chat.queries_per_second = 0;
  auto& net = config.net;
  const bool has_connects = says("connects_per_second_per_address") || says("connects_burst_per_address");
  if (has_connects) return;
  if (net.connections_per_address == 0) net.connects_per_second_per_address = 0;
  net.connects_burst_per_address = std::max(net.connects_burst_per_address, net.connections_per_address);
}

/// Less memory is none that libsodium takes, and much less than the default protects nobody; more of it, or
/// more passes, would have everybody wait who logs in.
std::optional<Fault> check_hashes(const Config& config, const Lines& lines) {
  constexpr std::size_t least = std::size_t{1024} * 1024;
  constexpr std::size_t most = std::size_t{1024} * 1024 * 1024;
  constexpr std::size_t most_passes = 100;
  const auto memory = config.accounts.hash_memory;
  const auto passes = config.accounts.hash_passes;
  if (memory < least || memory > most) {
    return fault_at(lines, "accounts.hash_memory",
                    Size::print(memory) + " cannot be it; write \"1MiB\" to \"1GiB\"");
  }
  if (passes < 1 || passes > most_passes)
    return fault_at(lines, "accounts.hash_passes", std::to_string(passes) + " cannot be it; write 1 to 100");
  return std::nullopt;
}

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

/// Where browsers come without TLS, only the name of the server tells its page from one of another site under
/// a name of its own that leads here (DNS rebinding).
void doubt_names(const Config& config, std::vector<std::string>& sentences) {
  const auto& web = config.web;
  if (web.plain != front::WebSettings::Plain::anywhere &&
      protocol::ascii_lower(web.public_url).starts_with("http:")) {
    sentences.emplace_back(
        "web.public_url: " + web.public_url +
        " is without TLS, and web.plain lets nobody in from elsewhere that way: a browser would be "
        "sent there again and again; write https://");
  }
  if (web.plain != front::WebSettings::Plain::anywhere || !web.public_url.empty()) return;
  sentences.emplace_back(
      "web.plain: \"anywhere\" without web.public_url lets a page of any site into the chat, by a name that "
      "leads here (DNS rebinding); set web.public_url, and names that are not this server's are refused");
}

/// Whether that host is this machine, as far as can be told without asking anybody.
bool is_own(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

/// Whoever is on the way to etcd reads its password and all that is said.
void doubt_engines(const Config& config, std::vector<std::string>& sentences) {
  for (const auto& engine : config.cluster.engines) {
    if (engine.is_tls || is_own(engine.host)) continue;
    sentences.emplace_back(
        "cluster.engine: what is said goes to etcd at " + engine.host +
        " without TLS, and so does a password; write https://, unless the network is yours alone");
    return;
  }
}

}  // namespace

std::optional<Fault> settle(Config& config, const Lines& lines) {
  settle_rates(config, lines);
  auto fault = settle_send_queue(config, lines);
  if (!fault) fault = settle_line(config, lines);
  return fault ? fault : check_hashes(config, lines);
}

std::vector<std::string> doubts(const Config& config, std::span<const DescriptorLimit> limits) {
  std::vector<std::string> sentences;
  doubt_ping(config, sentences);
  doubt_names(config, sentences);
  doubt_engines(config, sentences);
  for (const auto& limit : limits) doubt_connections(config, limit, sentences);
  return sentences;
}

}  // namespace hubbub::config
