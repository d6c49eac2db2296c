#include "server/config_check.hpp"

#include <algorithm>

namespace hubbub::config {
namespace {

/// The line and the name of a key of the table.
std::optional<Fault> fault_at(const Lines& lines, const Key* key, const std::string& sentence) {
  return Fault{lines.at(key), dotted(key->section, key->name) + ": " + sentence};
}

/// The soft limit is where a session's requests begin to wait, the hard one where it is closed. 0 is no
/// limit.
std::optional<Fault> settle_send_queue(Config& config, const Lines& lines) {
  auto& soft = config.net.send_queue_soft;
  auto& hard = config.net.send_queue;
  if (hard == 0 || soft <= hard) return std::nullopt;
  const auto* soft_key = find_key("limits", "send_queue_soft");
  if (lines.contains(soft_key)) {
    return fault_at(lines, soft_key,
                    Size::print(soft) + " is more than limits.send_queue, which is " + Size::print(hard) +
                        "; lower the one or raise the other");
  }
  soft = hard;
  return std::nullopt;
}

/// Bytes of a request around its text: braces, keys, the longest names and ids.
constexpr std::size_t around_a_text = 512;

/// A text of the greatest length must fit into a line of the greatest length.
std::optional<Fault> settle_line(Config& config, const Lines& lines) {
  const auto line = config.chat.line_bytes;
  auto& text = config.chat.text_bytes;
  if (line == 0 || line >= text + around_a_text) return std::nullopt;
  if (line <= around_a_text) {
    return fault_at(lines, find_key("limits", "line"),
                    Size::print(line) + " is too short for a request; write at least \"1KiB\"");
  }
  const auto* text_key = find_key("limits", "text");
  if (lines.contains(text_key)) {
    return fault_at(lines, text_key,
                    Size::print(text) + " and the " + std::to_string(around_a_text) +
                        " bytes around it do not fit into limits.line, which is " + Size::print(line) +
                        "; lower the one or raise the other");
  }
  text = line - around_a_text;
  return std::nullopt;
}

/// Where one session may do more than was thought of, its address may too, unless the file says how much; and
/// where it may say what it likes, it may ask what it likes.
void settle_rates(Config& config, const Lines& lines) {
  const auto says = [&](const char* name) { return lines.contains(find_key("limits", name)); };
  // So many sessions of one address may do what they may at the same time.
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

}  // namespace

std::optional<Fault> settle(Config& config, const Lines& lines) {
  settle_rates(config, lines);
  auto fault = settle_send_queue(config, lines);
  return fault ? fault : settle_line(config, lines);
}

}  // namespace hubbub::config
