#pragma once

#include <string>

#include "server/journal/sqlite/database.hpp"

namespace hubbub::tools {

/// Throws a sentence when `directory` is empty: no state directory is known.
void require_known(const std::string& directory);
/// The path of a state directory's journal. Throws a sentence when no directory is known, or there is no
/// journal in it.
std::string journal_in(const std::string& directory);

/// Opens a journal, or a copy of one, to read it. Throws a sentence when it is not there, or is no journal
/// that this program reads, and a DatabaseError when the file is damaged.
///
/// SQLite needs to write the files -wal and -shm beside it even to read, unless they are there
/// (https://sqlite.org/wal.html#readonly); when root does so, it gives them to the journal's owner. Where
/// nothing can be written, a journal without a write-ahead log is read without them; one with such a log is
/// refused.
journal::sqlite::Database open_journal(const std::string& path);

}  // namespace hubbub::tools
