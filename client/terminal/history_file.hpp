#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hubbub::client::terminal {

/// Whether a typed line may be remembered: not when it begins with a blank, nor when it seems to hold a
/// password or the like.
bool may_be_kept(std::string_view line);

/// The typed lines of all runs: one entry a line, in which a line feed is written "\n" and a backslash "\\".
/// Several clients may use the file at once; each appends its entries. Nobody else may read it (mode 0600).
/// Where it cannot be read or written there is no history, without a complaint.
class HistoryFile {
 public:
  /// Entries that are kept; the file is cut back to as many when it has grown to twice that.
  static constexpr std::size_t most_entries = 1000;

  explicit HistoryFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// The last most_entries, the oldest first.
  std::vector<std::string> load() const;
  void append(std::string_view entry) const;

 private:
  std::filesystem::path path_;
};

/// `$XDG_STATE_HOME/hubbub/history`, or else in `~/.local/state` (XDG Base Directory Specification, which
/// has relative paths ignored). Empty: there is no home either.
std::filesystem::path history_path();

}  // namespace hubbub::client::terminal
