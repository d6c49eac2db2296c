#include "server/front/text/telnet.hpp"

#include <algorithm>
#include <cstddef>

namespace hubbub::front {
namespace {

// RFC 854, "NVT command structure".
constexpr char subnegotiation_end = '\xF0';
constexpr char subnegotiation_begin = '\xFA';
constexpr char will = '\xFB';
constexpr char dont = '\xFE';
constexpr char iac = '\xFF';

/// Bytes of the command that begins at the front of `bytes`, which is IAC.
std::size_t command_size(std::string_view bytes) {
  if (bytes.size() < 2) return bytes.size();
  const auto command = bytes[1];
  if (command >= will && command <= dont) return std::min<std::size_t>(3, bytes.size());
  if (command != subnegotiation_begin) return 2;
  constexpr char end[] = {iac, subnegotiation_end};
  const auto found = bytes.find(std::string_view(end, sizeof(end)), 2);
  return found == std::string_view::npos ? bytes.size() : found + sizeof(end);
}

}  // namespace

std::string without_telnet_commands(std::string_view line) {
  std::string text;
  for (;;) {
    const auto found = line.find(iac);
    text += line.substr(0, found);
    if (found == std::string_view::npos) return text;
    line.remove_prefix(found);
    line.remove_prefix(command_size(line));
  }
}

}  // namespace hubbub::front
