#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "test/durability/judge.hpp"

/// Journals that earlier programs have left (test/journal/fixtures), for the daemon to bring up to date.
namespace hubbub::durability {

/// The names of those that there are.
std::vector<std::string> older_journals();

/// Makes the journal of that name in a state directory that has none, which is made where it is not there.
void make_older_journal(const std::string& name, const std::filesystem::path& state_dir);

/// The version of the tables that whoever opens the journal there finds, once what was under way is undone or
/// done (https://sqlite.org/pragma.html#pragma_user_version). Looks at a copy.
int version_left(const std::filesystem::path& state_dir);

/// A room that each of them has, as it is shown.
inline constexpr const char* room_in_older_journals = "Lobby";

/// What each of them has kept of that room, by sender.
std::map<std::string, std::vector<Said>> said_in_older_journals();

/// A configuration with which the daemon drops nothing of them.
inline constexpr const char* keeps_older_journals =
    "[history]\nengine = \"sqlite\"\nkeep_messages = 0\nkeep_age = 0\n";

/// The exit codes of start_and_stop().
inline constexpr int has_stopped = 0;
inline constexpr int has_refused = 1;
inline constexpr int was_killed = 128 + 9;

/// Starts the daemon on that state directory, and asks it to stop as soon as it listens. Its exit code, which
/// is one of the above; with any other it has broken down: std::runtime_error. `launcher`: see
/// DaemonOptions::launcher.
int start_and_stop(const std::filesystem::path& state_dir, const std::vector<std::string>& launcher);

/// Starts the daemon and kills it so long afterwards.
void start_and_kill(const std::filesystem::path& state_dir, std::chrono::microseconds after);

}  // namespace hubbub::durability
