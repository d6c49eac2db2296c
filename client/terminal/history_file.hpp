#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hubbub::client::terminal {

/// The typed lines of all runs: one entry a line, in which a line feed is written "\n" and a backslash "\\".
/// Several clients may use the file at once; each appends its entries. Only the user may read it (mode 0600).
/// If it cannot be read or written, there is no history, and no error.
class HistoryFile {
 public:
  /// Entries that are kept; a file that has grown to twice that is cut back to this number.
  static constexpr std::size_t most_entries = 1000;

  explicit HistoryFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// The last most_entries, the oldest first.
  std::vector<std::string> load() const;
  void append(std::string_view entry) const;

 private:
  std::filesystem::path path_;
};

/// `hubbub/history` in `$XDG_STATE_HOME`, or else in `~/.local/state` (XDG Base Directory Specification;
/// relative paths are ignored). Empty: there is no home directory either.
std::filesystem::path history_path();

}  // namespace hubbub::client::terminal
