#pragma once

#include <optional>
#include <string>

namespace hubbub::tools {

/// Prints the messages of all rooms, or of the one of that name, as lines of the protocol (`message`), room
/// by room and each in order. Reads a page at a time, so that memory stays bounded, and a reader that takes
/// its time (a pager, say) does not keep a daemon's write-ahead log from being emptied. Ends quietly when
/// nobody reads on. The exit code; throws a sentence.
int export_messages(const std::string& journal, const std::optional<std::string>& room);

}  // namespace hubbub::tools
