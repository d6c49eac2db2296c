#pragma once

#include <string_view>

namespace hubbub::client {

/// What became of it: all of it was written; whoever read it has seen enough, as with `| head`; or it could
/// not be written, as on a full disk, which was told on standard error.
enum class Output { written, unread, failed };

/// Writes all of it to standard output, waiting where a reader is slow: what comes from the server waits
/// with it. SIGPIPE has to be ignored.
Output write_out(std::string_view bytes);

/// Writes all of it to standard error as it is, or as much as can be.
void write_error(std::string_view bytes);

/// "hubbub: the sentence" on standard error.
void complain(std::string_view sentence);

}  // namespace hubbub::client
