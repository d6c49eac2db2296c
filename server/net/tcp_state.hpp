#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace hubbub::net {

/// Bytes that were written to a TCP socket and that the peer has not acknowledged yet (tcp(7), SIOCOUTQ).
std::uint64_t tcp_unacknowledged(int descriptor);

/// The unacknowledged bytes that the system has not even sent, mostly for want of space at the peer's side
/// (SIOCOUTQNSD).
std::uint64_t tcp_unsent(int descriptor);

/// How many bytes the peer's last announced window lets be under way (tcp(7), TCP_INFO; Linux 5.4 and later
/// tell it).
std::optional<std::uint64_t> tcp_window(int descriptor);

/// For how long the peer has acknowledged nothing, while bytes under way to it had to be sent again; zero:
/// none had to.
std::chrono::milliseconds tcp_silence(int descriptor);

/// Whether the peer's system has answered what was last sent to it, or had no time to yet.
bool tcp_answers(int descriptor);

}  // namespace hubbub::net
