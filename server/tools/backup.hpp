#pragma once

#include <string>

namespace hubbub::tools {

/// Copies a journal, as it is at one moment, into a file that is not there yet, and says how much that is.
/// The copy comes from VACUUM INTO (https://sqlite.org/lang_vacuum.html#vacuuminto), so a daemon may go on
/// writing meanwhile; `file` appears when all of it is on the disk, and only then. The exit code; throws a
/// sentence, also when `file` exists: it is never overwritten. SIGINT, SIGTERM and SIGHUP end it like an
/// error, which leaves nothing behind. Root makes it with the rights of the state directory's owner where
/// that one has the folder, too.
int backup(const std::string& journal, const std::string& file);

}  // namespace hubbub::tools
