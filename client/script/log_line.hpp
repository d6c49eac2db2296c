#pragma once

#include <string>

#include "protocol/event.hpp"

namespace hubbub::client {

/// A message as a line for grep and for a file, whatever its text holds:
/// "2026-11-21T10:30:00+01:00 alice: hi", "2026-11-21T10:30:00+01:00 * alice waves". The time is local (TZ),
/// as `date -Iseconds` prints it; a line feed in the text becomes "\n", and nothing in it drives a terminal.
/// Ended by a line feed.
std::string log_line(const protocol::Message& message);

}  // namespace hubbub::client
