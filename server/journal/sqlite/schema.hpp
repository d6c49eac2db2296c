#pragma once

#include <stdexcept>
#include <string>

#include "server/journal/settings.hpp"

namespace hubbub::journal::sqlite {

class Database;

/// "Hub!", in the header of every journal (https://sqlite.org/pragma.html#pragma_application_id).
inline constexpr int application_id = 0x48756221;
/// Version of the tables in schema.cpp; kept in `user_version`. A journal with a greater one is from a later
/// program.
inline constexpr int schema_version = 8;

/// The journal cannot be used, and has been left as it was: one sentence that says what to do.
class Unusable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Files of a state directory.
std::string journal_file(const std::string& directory);
/// The copy that `hubbubd restore` is about to put in that journal's place.
std::string restored_file(const std::string& journal);
std::string search_file(const std::string& directory);
std::string lock_file(const std::string& directory);
std::string spare_file(const std::string& directory);

/// Sets up a connection that writes: makes the tables of a new file, migrates those of an older program, and
/// sets the write-ahead log and the sync mode. Throws Unusable and DatabaseError.
void prepare_to_write(Database& database, Sync sync);
/// Sets what a commit survives from now on; not within a transaction.
void set_sync(Database& database, Sync sync);
/// Whether the file is a journal that this program reads. Throws Unusable and DatabaseError.
void require_journal(Database& database);

/// The sentence for a file that SQLite finds damaged; `fault` in its words.
std::string damaged_sentence(const std::string& path, const std::string& fault);

}  // namespace hubbub::journal::sqlite
