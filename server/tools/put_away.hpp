#pragma once

#include <ctime>
#include <functional>
#include <string>

namespace hubbub::tools {

/// Called after each thing that has changed in the state directory: a test ends the process there.
using Step = std::function<void()>;

/// Where what is there is moved to. The folder has that name until all of it is there, and then one with the
/// date: so one that was killed before is gone on with, and what belongs together is never in two folders.
std::string unfinished_folder(const std::string& directory);

/// Moves the journal and the search index of a state directory, with what is beside them, into a folder of
/// their own, whose name it returns; empty when there is nothing. The journal itself goes last: where it is,
/// its log is, or has gone ahead. Throws a sentence.
std::string put_away(const std::string& directory, const Step& step);

/// The folder that put_away() has dated last, if that was not before `begun` (seconds since 1970); else
/// empty.
std::string put_away_since(const std::string& directory, std::time_t begun);

/// Moves back what is in the unfinished folder, as far as it can. Whether a journal is there again, with all
/// that was beside it.
bool put_back(const std::string& directory);

/// An unfinished folder that nobody goes on with gets its date. Throws a sentence.
void date_unfinished(const std::string& directory);

void rename_or_throw(const std::string& from, const std::string& to);

}  // namespace hubbub::tools
