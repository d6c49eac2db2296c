#pragma once

#include <ostream>

#include "test/support/catch.hpp"
#include "test/support/line_client.hpp"

namespace hubbub::test {

/// Runs the test case that calls it once for each way in which bytes may be cut into segments.
inline Framing each_framing() { return GENERATE(Framing::lines, Framing::bytes, Framing::one_segment); }

/// The same, and over a WebSocket, for clients that speak JSON.
inline Framing each_json_framing() {
  return GENERATE(Framing::lines, Framing::bytes, Framing::one_segment, Framing::web_socket);
}

inline std::ostream& operator<<(std::ostream& out, Framing framing) {
  switch (framing) {
    case Framing::lines:
      return out << "line by line";
    case Framing::bytes:
      return out << "byte by byte";
    case Framing::one_segment:
      return out << "in one segment";
    case Framing::web_socket:
      return out << "in a WebSocket";
  }
  return out;
}

}  // namespace hubbub::test
