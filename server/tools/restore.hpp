#pragma once

#include <string>

#include "server/tools/put_away.hpp"

namespace hubbub::tools {

/// Puts a copy of the journal in `file` in the place of the one in the state directory, while no daemon runs,
/// and prints what it did. Returns the exit code; throws a sentence when it cannot be done, and then the old
/// files are as they were.
///
/// 1. The directory is locked, as a daemon locks it; where there is none it is made.
/// 2. `file` is checked, copied into the directory, and the copy is checked and synced to the disk. From here
///    on the copy is called journal.sqlite3.restored, and a daemon refuses to start while that is there: so
///    whatever ends this half-way, nobody begins a new journal by mistake; to run it again is always right.
/// 3. What was there (the journal, its log, the search index) is moved into a folder of its own (put_away()),
/// which then gets the date in its name, and the copy becomes journal.sqlite3.
///
/// Root does all of it with the rights of the owner of the state directory, and reads `file` with root's own,
/// unless the owner could exchange it (Owner::rules). New files are for the owner alone.
int restore(
    const std::string& directory, const std::string& file, const Step& step = [] {});

}  // namespace hubbub::tools
