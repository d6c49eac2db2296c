#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace hubbub::net {

/// Bytes that were written to a TCP socket and that the peer has not acknowledged yet (tcp(7), SIOCOUTQ).
std::uint64_t tcp_unacknowledged(int descriptor);

/// Those of them that the system has not even sent, for want of room at the peer's side, mostly
/// (SIOCOUTQNSD).
std::uint64_t tcp_unsent(int descriptor);

/// How many bytes may be under way to the peer by what it has announced last (tcp(7), TCP_INFO; Linux 5.4 and
/// later tell it).
std::optional<std::uint64_t> tcp_window(int descriptor);

/// For how long the peer has acknowledged nothing, if something is under way to it that had to be sent again;
/// zero: not so.
std::chrono::milliseconds tcp_silence(int descriptor);

/// Whether the peer's system has answered what was last sent to it, or had no time to yet.
bool tcp_answers(int descriptor);

}  // namespace hubbub::net
