#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hubbub::client::terminal {

/// The line that is being typed, at the bottom of the terminal, by GNU Readline through its callback
/// interface. Readline keeps its state in globals: there is one of these at a time.
class LineEditor {
 public:
  /// A line was typed; nothing at the end of the input (Ctrl-D on an empty line).
  using LineHandler = std::function<void(std::optional<std::string>)>;
  /// What the word in front of the cursor could become, by the line up to the cursor.
  using Completer = std::function<std::vector<std::string>(std::string_view before)>;

  LineEditor(LineHandler on_line, Completer completer);
  /// Gives the terminal back as it was.
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// Reads what is there to be read on standard input, at least one byte.
  void read();
  /// Puts whole lines above the one that is being typed, which stays as it is.
  void print(std::string_view lines);
  /// `room` is shown, followed by `state` when there is one: "lobby (offline)> ".
  void set_prompt(std::string_view room, std::string_view state, bool color);
  /// Empties the line. False: there was nothing in it.
  bool clear();
  /// Puts a line that was entered back, to be entered again.
  void put_back(const std::string& line);
  /// The terminal has another size.
  void resize();
  /// Stops the process as Ctrl-Z does, with the terminal as it was found; returns when it goes on.
  void suspend();

 private:
  void redraw();

  std::string prompt_;
};

}  // namespace hubbub::client::terminal
