#pragma once

#include <string>
#include <string_view>

#include "protocol/timestamp.hpp"

namespace hubbub::client {

/// When that was, on the local clock (TZ): "09:30", with the date when that is not today.
std::string local_time(protocol::Timestamp time, protocol::Timestamp now);

/// Puts `stamp` in front of every line that is not indented, which continues the one before.
std::string stamped(std::string_view lines, std::string_view stamp);

}  // namespace hubbub::client
