#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// It needs <cstdio> before it.
#include <readline/readline.h>

#include "client/terminal/line_editor.hpp"

/// The half of the line editor that Readline calls, for the files of the line editor alone: what keys do, and
/// standard input and output as it sees them, which is UTF-8, whatever the terminal speaks.
namespace hubbub::client::terminal {

/// What comes between the marks of a bracketed paste (xterm's control sequences, "Bracketed Paste Mode").
class Paste {
 public:
  /// More than that is dropped; no server takes it as one message.
  static constexpr std::size_t most_bytes = std::size_t{64} * 1024;

  /// The next byte after the first mark. True: the last mark is complete, and so is the paste.
  bool take(char byte);

  /// Nothing of it is wanted, and it goes on to its mark all the same. True: so it was before.
  bool drop();

  /// What was pasted, as something to be typed: no controls or other bytes that drive a terminal, since
  /// whoever copies does not see them; every line end is a line feed, and there is none at the end.
  std::string text() const;

 private:
  std::string bytes_;
  bool dropped_ = false;
  std::size_t matched_ = 0;  ///< bytes of the last mark that have come
};

inline constexpr char interrupt_key = '\x03';  // Ctrl-C

/// Readline's callbacks have no argument for this.
struct Callbacks {
  LineEditor::Handlers handlers;
  std::vector<std::function<void()>> due;  ///< calls of handlers, once Readline is done with the key
  std::vector<std::string> candidates;
  std::function<void(const std::vector<std::string>&)> show_candidates;
  std::function<void()> erase_line;
  std::function<void()> look_at_line;  ///< before it is entered; else after each key
  std::string entered;
  bool handed_over = false;  ///< `entered` waits for Readline to come back with its empty line
  std::optional<Paste> paste;
  /// What the next byte is: a key's, the rest of a key that does nothing, or one to be inserted as it is.
  enum class Next { key, rest, quoted } next = Next::key;
  std::string parameters;           ///< of that key, as far as they have come
  bool held = false;                ///< nothing of the line is drawn
  LineEditor::Found found;          ///< the terminal was asked where the cursor is
  bool busy = false;                ///< something was typed, or searched for, before the last key
  std::function<void()> interrupt;  ///< Ctrl-C
  LineEditor::Answered answered;    ///< a question waits for its answer
  std::function<void(bool)> answer;
  Keymap keys = nullptr;  ///< those outside the question
};

/// Those of the one editor that there is.
Callbacks& callbacks();

/// A line was entered, or the input has ended (nullptr): Readline's line handler.
void take_line(char* line);
/// Reads one byte that is no key: of one that does nothing, of a paste, or one that is quoted. False: it is a
/// key's, for Readline.
bool take_other_byte();
/// Ctrl-C.
int interrupt(int count, int key);
/// Before rl_initialize(), which reads ~/.inputrc: what that may say otherwise.
void bind_keys();
/// After it: what has to be as it is.
void bind_enter();
/// Whenever Readline has prepared the terminal, by which it binds the terminal's own key for that again: what
/// is quoted is no control sequence. Debian's /etc/inputrc has the key Insert quote, which nobody looks for
/// there: it does what it does in Readline without that.
void replace_quoted_insert();
/// For as long as a question waits for its answer.
Keymap question_keys();

// ---- standard input and output: line_editor_stream.cpp

/// `codeset`: that of the terminal (iconv(3)).
void open_streams(const std::string& codeset);
/// The next byte that was typed, or EOF; waits for it. For Readline.
int next_byte(FILE* input);
/// What next_byte() returns at once when no byte is there, while it is not to wait for one.
inline constexpr int nothing_came = 0;
void wait_for_bytes(bool waits);
/// Whether a byte is there, or comes within that time.
bool byte_waits(int milliseconds = 0);
/// Whether the next byte belongs to a character that has been read already, so that no input has to come.
bool is_in_character();
/// Bytes written to this stream are on the screen after flush().
FILE* output();
void write(std::string_view bytes);
void flush();
/// The sequence that moves the cursor to the first column of a row, counted from 1 (ECMA-48 CUP).
std::string to_row(std::size_t row);

/// Stops the process as Ctrl-Z does; returns when the process goes on, or at once where there is no shell
/// with job control that could continue it (POSIX, "Orphaned Process Group").
void stop_process();

}  // namespace hubbub::client::terminal
