#pragma once

#include <chrono>

#include "protocol/timestamp.hpp"

namespace hubbub::client::terminal {

inline protocol::Timestamp now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace hubbub::client::terminal
