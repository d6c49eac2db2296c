#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/secret.hpp"

namespace hubbub::client::terminal {

/// The typed line at the bottom of the terminal, edited by GNU Readline through its callback interface.
/// Readline keeps its state in globals: there may be only one LineEditor at a time.
///
/// The keys of Handlers are bound to named functions before ~/.inputrc is read, which may bind them to other
/// keys (`$if hubbub`): hubbub-room, hubbub-urgent-room, hubbub-next-room, hubbub-previous-room,
/// hubbub-repaint and hubbub-interrupt.
class LineEditor {
 public:
  /// The actions of the person at the keyboard. Called from read(), after Readline has handled the key.
  struct Handlers {
    std::function<void(std::string line)> on_line;    ///< Enter; the line may be empty
    std::function<void()> on_begun;                   ///< the empty line got its first character
    std::function<void(std::string line)> on_parted;  ///< typing replaced a line from bring_back()
    std::function<void()> on_end;                     ///< Ctrl-D on an empty line, or the terminal is gone
    std::function<void(std::size_t nth)> on_room;     ///< Alt-1 … Alt-9: from 1
    std::function<void()> on_urgent_room;             ///< Alt-a
    std::function<void(bool forward)> on_next_room;   ///< Alt-n, Alt-p
    std::function<void()> on_repaint;                 ///< Ctrl-L
    /// The editor itself printed these lines above the typed line: a list of completions.
    std::function<void(std::string_view lines)> on_printed;
    /// Completions of the word in front of the cursor, the likeliest first; `before` is the line up to the
    /// cursor. Called while Readline handles a key: it must not print. The results must be safe for the
    /// terminal.
    std::function<std::vector<std::string>(std::string_view before)> complete;
  };
  using Answered = std::function<void(bool yes)>;
  /// The answer to ask_hidden(), empty for Enter alone; nothing: it was given up.
  using Told = std::function<void(std::optional<protocol::Secret> answer)>;
  /// The terminal's answer to find_cursor(): the cursor's row, from 1, and the present width, which may be
  /// ahead of SIGWINCH.
  struct Cursor {
    std::size_t row = 0;
    std::size_t columns = 0;
  };
  using Found = std::function<void(const Cursor& cursor)>;

  /// `codeset`: the terminal's (iconv(3)). Everything here is UTF-8.
  LineEditor(Handlers handlers, const std::string& codeset);
  /// Restores the terminal.
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// Reads the bytes available on standard input, at least one.
  void read();
  /// Prints whole lines above the typed line, which is unchanged, and sets the prompt. In the prompt,
  /// sequences of no width stand between \001 and \002. While a question or a search in the history takes the
  /// prompt's place, the new prompt waits for its end.
  void draw(std::string_view lines, std::string_view prompt);
  /// As draw(), on a cleared screen. Lines that have scrolled off the screen stay.
  void repaint(std::string_view lines, std::string_view prompt);
  /// As repaint(), from that row of the screen on, counted from 1; the rows above stay.
  void repaint_from(std::size_t row, std::string_view lines, std::string_view prompt);
  /// Asks the terminal for the cursor's place. False: not possible now. Some terminals never answer.
  bool find_cursor(Found found);
  /// Number of rows of the prompt and the line above the cursor, on a terminal that has rewrapped them to its
  /// present width.
  std::size_t rows_above_cursor() const;
  /// Sends a sequence that prints nothing and does not move the cursor, such as a bell.
  void signal(std::string_view sequence);
  /// Asks a question in the prompt's place: y and Enter mean yes, n and Ctrl-C mean no, other keys do
  /// nothing.
  void ask(std::string_view question, Answered answered);
  /// Asks a question in the prompt's place, whose answer is shown nowhere, not even by its length, and gets
  /// into no list of lines. The line that is being typed is back behind it. Enter ends the answer; Ctrl-C
  /// and Ctrl-D give it up. What is pasted is a part of it, and several lines stay several.
  void ask_hidden(std::string_view question, Told told);
  /// Puts another question in the place of one with a hidden answer; what was typed already stays a part of
  /// the answer.
  void ask_instead(std::string_view question, Told told);
  /// Ends a question with a hidden answer, without one.
  void stop_asking();
  /// Whether a question with a hidden answer is open.
  static bool is_hiding();
  /// Whether an answer to it was begun, of which the end is still to come.
  static bool is_answering();
  /// Whether something was typed that has not been read yet.
  static bool has_input();
  /// Ctrl-C: empties the line, leaves a search, answers a question with no, or gives an answer up; otherwise,
  /// it ends the input.
  void interrupt();
  /// Puts an entered line back into the editor.
  void put_back(const std::string& line);
  /// As put_back(), for a line that comes back unexpectedly: typing a letter directly behind it starts a new
  /// line (on_parted), unless a blank or another key came first.
  void bring_back(const std::string& line);
  bool empty() const;
  /// Whether a question, a search or the like stands in the prompt's place: another question has to wait.
  static bool is_taken();
  /// Adds a line to the history of the arrow keys and Ctrl-R. False: it is the last entry already.
  bool remember(const std::string& line);
  /// The terminal's size is changing: the line is not drawn until the next repaint, since Readline does not
  /// know the new positions.
  void hold();
  /// Reads the terminal's size; repaint() or repaint_from() must follow.
  void resize();
  std::size_t columns() const;
  std::size_t rows() const;
  /// Rows that the prompt and the line take up.
  std::size_t line_rows() const;
  /// Whether the terminal can only print, such as TERM=dumb.
  static bool is_plain();
  /// Restores the terminal and stops the process, as Ctrl-Z does; returns when the process continues, or at
  /// once without job control.
  void suspend();

 private:
  void answer(bool yes);
  void tell(std::optional<protocol::Secret> answer);
  void clear();
  void print(std::string_view lines);
  void show_prompt(const std::string& prompt);
  void look_at_line();
  void part_from_brought_back();

  std::string prompt_;
  std::string shown_prompt_;
  bool was_empty_ = true;                    ///< the line was empty before the last key
  std::optional<std::string> brought_back_;  ///< the line from bring_back(), until a key changes it
  std::size_t drawn_columns_ = 0;            ///< the terminal's columns when the line was drawn
};

}  // namespace hubbub::client::terminal
