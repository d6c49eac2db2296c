#pragma once

#include <string>
#include <vector>

namespace hubbub::tools {

/// Asks at the terminal of this process (/dev/tty, tty(4)), one question after the other, and reads a line
/// for each without showing it. Throws a sentence when there is no terminal, or the questions were broken off
/// (Ctrl-C, Ctrl-D).
std::vector<std::string> ask_unseen(const std::vector<std::string>& questions);
/// One question, and what is typed is shown.
std::string ask(const std::string& question);
/// The first line of an open descriptor, without its end, of which nothing more is read. Throws a sentence.
std::string first_line(int descriptor);

}  // namespace hubbub::tools
