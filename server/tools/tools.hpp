#pragma once

#include <optional>
#include <string>

/// What an operator does with the journal, besides letting the daemon write it. All but `restore` only
/// read it: they take no lock that a daemon would notice, and work while one runs as well as without. They
/// know the database's tables, and nothing of the engine.
namespace hubbub::tools {

/// Runs `backup`, `verify`, `export` or `restore` on the journal in that state directory (empty: none is
/// known), and returns the exit code. What cannot be done is an exception whose text is a sentence that says
/// what to do.
int run(const std::string& tool, const std::optional<std::string>& argument, const std::string& directory);

// What it runs: restore() is in a header of its own.

/// Copies a journal, as it is at one moment, into a file that is not there yet, and says how much that is.
/// The copy comes from VACUUM INTO (https://sqlite.org/lang_vacuum.html#vacuuminto), so a daemon may go on
/// writing meanwhile; `file` appears when all of it is on the disk, and only then. The exit code; throws a
/// sentence, also when `file` exists: it is never overwritten. SIGINT, SIGTERM and SIGHUP end it like an
/// error, which leaves nothing behind. Root makes it with the rights of the state directory's owner where
/// that one has the folder, too.
int backup(const std::string& journal, const std::string& file);

/// Checks a journal or a copy of one, and tells on the standard output that it is good (exit code 0), or one
/// fault a line (exit code 1), each with the journal's name before it. Throws a sentence when the file is not
/// there, or is no journal.
int verify(const std::string& journal);

/// Prints the messages of all rooms, or of the one of that name, as lines of the protocol (`message`), room
/// by room and each in order. Reads a page at a time, so that memory stays bounded, and a reader that takes
/// its time (a pager, say) does not keep a daemon's write-ahead log from being emptied. Ends quietly when
/// nobody reads on. The exit code; throws a sentence.
int export_messages(const std::string& journal, const std::optional<std::string>& room);

}  // namespace hubbub::tools
