#include "server/net/tcp_state.hpp"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstddef>

namespace hubbub::net {
namespace {

/// TCP_INFO of `least` bytes at least, or nothing: an older kernel fills in less.
std::optional<tcp_info> info_of(int descriptor, std::size_t least) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < least) return std::nullopt;
  return info;
}

}  // namespace

std::uint64_t tcp_unacknowledged(int descriptor) {
  int bytes = 0;
  return ::ioctl(descriptor, SIOCOUTQ, &bytes) == 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

std::uint64_t tcp_unsent(int descriptor) {
  int bytes = 0;
  return ::ioctl(descriptor, SIOCOUTQNSD, &bytes) == 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

std::optional<std::uint64_t> tcp_window(int descriptor) {
  const auto info = info_of(descriptor, offsetof(tcp_info, tcpi_snd_wnd) + sizeof(tcp_info::tcpi_snd_wnd));
  return info ? std::optional<std::uint64_t>(info->tcpi_snd_wnd) : std::nullopt;
}

std::chrono::milliseconds tcp_silence(int descriptor) {
  const auto info =
      info_of(descriptor, offsetof(tcp_info, tcpi_last_ack_recv) + sizeof(tcp_info::tcpi_last_ack_recv));
  return std::chrono::milliseconds(
      info && info->tcpi_unacked > 0 && info->tcpi_retransmits > 0 ? info->tcpi_last_ack_recv : 0);
}

bool tcp_answers(int descriptor) {
  constexpr int one_that_is_lost = 1;
  const auto info = info_of(descriptor, offsetof(tcp_info, tcpi_probes) + sizeof(tcp_info::tcpi_probes));
  return info && info->tcpi_retransmits <= one_that_is_lost && info->tcpi_probes <= one_that_is_lost;
}

}  // namespace hubbub::net
