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

}  // namespace hubbub::tools
