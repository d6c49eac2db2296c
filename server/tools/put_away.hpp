#pragma once

#include <ctime>
#include <functional>
#include <string>

namespace hubbub::tools {

/// Called after each change in the state directory: a test ends the process there.
using Step = std::function<void()>;

/// The folder that files are moved to. It has that name until all of them are there, and then one with the
/// date: so a move that was killed is completed later, and files that belong together are never in two
/// folders.
std::string unfinished_folder(const std::string& directory);

/// Moves the journal and the search index of a state directory, with the files beside them, into a folder of
/// their own, whose name it returns; empty when there is nothing. The journal goes last, so that its log is
/// never left behind without it. Throws a sentence.
std::string put_away(const std::string& directory, const Step& step);

/// The folder that put_away() has dated last, if that was not before `begun` (seconds since 1970); else
/// empty.
std::string put_away_since(const std::string& directory, std::time_t begun);

/// Moves the files in the unfinished folder back, as far as it can. Returns whether a journal is there again,
/// with all files that were beside it.
bool put_back(const std::string& directory);

/// Gives an unfinished folder, which no restore completes any more, its date. Throws a sentence.
void date_unfinished(const std::string& directory);

void rename_or_throw(const std::string& from, const std::string& to);

}  // namespace hubbub::tools
