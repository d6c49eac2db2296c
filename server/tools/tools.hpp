#pragma once

#include <optional>
#include <string>

/// The operator's tools, all but one for the journal. Of these all but `restore` only read it: they take no
/// lock that a daemon would notice, and work with and without a running daemon. They know the database's
/// tables, and nothing of the engine.
namespace hubbub::tools {

/// Runs `certificate`; or `backup`, `verify`, `export` or `restore` on the journal in that state directory
/// (empty: none is known). Returns the exit code. Failures are exceptions whose text is a sentence that says
/// what to do.
int run(const std::string& tool, const std::optional<std::string>& argument, const std::string& directory);

// The tools; restore() is in a header of its own.

/// Copies a journal, as it is at one moment, into a new file, and prints how much that is. The copy comes
/// from VACUUM INTO (https://sqlite.org/lang_vacuum.html#vacuuminto), so a daemon may go on writing
/// meanwhile; `file` appears when all of it is on the disk, and only then. Returns the exit code; throws a
/// sentence, also when `file` exists: it is never overwritten. SIGINT, SIGTERM and SIGHUP end it like an
/// error, which leaves nothing behind. If the owner of the state directory also owns the folder of `file`,
/// root works with the owner's rights.
int backup(const std::string& journal, const std::string& file);

/// Checks a journal or a copy of one, and prints that it is good (exit code 0), or one fault a line (exit
/// code 1), each with the journal's name before it. Throws a sentence when the file is not there, or is no
/// journal.
int verify(const std::string& journal);

/// Makes a self-signed certificate for that host, HOST.crt, and its key, HOST.key, which its owner alone can
/// read, in the current folder, and prints its fingerprint and what to write into the configuration. Returns
/// the exit code; throws a sentence, also when one of the files exists.
int certificate(const std::string& host);

/// Prints the messages of all rooms, or of the room of that name, as lines of the protocol (`message`), room
/// by room and each in order. Reads a page at a time, so that memory is bounded, and a slow reader of the
/// output (a pager, say) does not keep a daemon's write-ahead log from being emptied. Ends without an error
/// when the output is closed. Returns the exit code; throws a sentence.
int export_messages(const std::string& journal, const std::optional<std::string>& room);

}  // namespace hubbub::tools
