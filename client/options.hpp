#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/connection/address.hpp"

namespace hubbub::client {

/// What the command line asks for.
struct Options {
  Address address;
  std::vector<std::string> rooms;  ///< empty: the server's default room
  std::optional<std::string> say;
  bool json = false;
  bool color = true;
};

/// To be printed, and nothing else done: --help, --version.
struct Information {
  std::string text;
};

/// A command line that makes no sense; one sentence.
struct Misuse {
  std::string sentence;
};

std::variant<Options, Information, Misuse> parse_options(int argc, const char* const* argv);

}  // namespace hubbub::client
