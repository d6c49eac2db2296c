#pragma once

#include <string>

namespace hubbub::tools {

/// Checks a journal or a copy of one, and tells on the standard output that it is good (exit code 0), or one
/// fault a line (exit code 1), each with the journal's name before it. Throws a sentence when the file is not
/// there, or is no journal.
int verify(const std::string& journal);

}  // namespace hubbub::tools
