#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace hubbub::load {

/// What to measure, on which server, and with how many clients.
struct Options {
  std::string mode{};           ///< saturate, paced, idle or slow
  std::string wire = "hubbub";  ///< hubbub, websocket, irc, redis, nats, mqtt or floor
  std::string label{};          ///< what the report calls the server; empty: the wire's name
  std::uint16_t port = 0;       ///< on 127.0.0.1
  std::string scenario{};       ///< what the report calls the measurement
  bool tls = false;             ///< whether everything is over TLS
  int pid = 0;         ///< the server's process number, to read its processor time and memory; 0: unknown
  std::string json{};  ///< a file that the report is appended to as one JSON object a line; empty: none

  std::size_t rooms = 1;
  std::size_t members = 500;  ///< in each room
  std::size_t senders = 4;    ///< among each room's members
  std::size_t window = 1;     ///< messages under way for each sender (saturate)
  std::size_t rate = 500;     ///< messages a second, of all senders together (paced, slow)
  std::size_t text = 64;      ///< bytes of each message
  bool ids = false;           ///< whether messages have an `id` (hubbub)
  double seconds = 3;         ///< length of the measurement
  double warm_up = 0.5;       ///< seconds before the measurement, in which only faults are counted
  double patience = 30;       ///< seconds without progress after which missing messages count as lost

  double rest = 3;              ///< seconds of quiet before memory is measured (idle)
  bool talk = false;            ///< every client sends a message once (idle)
  std::size_t at_once = 128;    ///< most clients joining at a time
  std::size_t slow = 1;         ///< members who do not read (slow)
  int slow_buffer = 64 * 1024;  ///< their SO_RCVBUF, in bytes

  std::size_t handshakes = 0;  ///< full TLS handshakes a second by others, at the same port (paced)
  std::size_t scrapes = 0;     ///< how often a second somebody reads /metrics (paced)
};

/// Errors: std::runtime_error, which also lists the options.
Options read_options(int argc, char** argv);

}  // namespace hubbub::load
