#pragma once

#include <string>
#include <string_view>

#include "client/options.hpp"

namespace hubbub::client {

/// What --help prints for a command; `options` is the table of its options.
std::string help(Mode mode, std::string_view options);

}  // namespace hubbub::client
