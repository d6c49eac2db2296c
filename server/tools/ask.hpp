#pragma once

#include <string>

namespace hubbub::tools {

/// Asks at the terminal of this process (/dev/tty, tty(4)), and reads a line without showing it. Throws a
/// sentence when there is no terminal, or the question was broken off (Ctrl-C, Ctrl-D).
std::string ask_unseen(const std::string& question);
/// The same, and what is typed is shown.
std::string ask(const std::string& question);
/// The first line of an open descriptor, without its end, of which nothing more is read. Throws a sentence.
std::string first_line(int descriptor);

}  // namespace hubbub::tools
