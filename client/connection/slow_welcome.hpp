#pragma once

#include <chrono>
#include <string>

#include "client/connection/address.hpp"

namespace hubbub::client {

/// A server that welcomes one within this is not worth a word.
inline constexpr std::chrono::seconds slow_welcome{1};

/// What somebody at a terminal is told of one that takes longer.
inline std::string not_answered_yet(const Address& address) {
  return "connecting to " + to_string(address) + ", which has not answered yet; Ctrl-C gives up";
}

}  // namespace hubbub::client
