#pragma once

#include <string_view>

namespace hubbub::client {

/// Writes all of it to standard output, waiting where a reader is slow: what comes from the server waits
/// with it. False: nobody reads it any more. SIGPIPE has to be ignored.
bool write_out(std::string_view bytes);

/// Writes all of it to standard error as it is, or as much as can be.
void write_error(std::string_view bytes);

/// "hubbub: the sentence" on standard error.
void complain(std::string_view sentence);

}  // namespace hubbub::client
