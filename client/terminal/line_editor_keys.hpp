#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// <readline/readline.h> needs <cstdio> before it.
#include <readline/readline.h>

#include "client/terminal/hidden_answer.hpp"
#include "client/terminal/line_editor.hpp"

/// The functions that Readline calls, only for the files of the line editor: the functions of keys, and
/// standard input and output in UTF-8, whatever the terminal's encoding.
namespace hubbub::client::terminal {

/// The text between the marks of a bracketed paste (xterm's control sequences, "Bracketed Paste Mode").
class Paste {
 public:
  /// Further bytes are dropped; no server takes so much as one message.
  static constexpr std::size_t most_bytes = std::size_t{64} * 1024;

  /// Takes the next byte after the first mark. True: the last mark is complete, and the paste ends.
  bool take(char byte);

  /// Discards the paste, whose bytes are still taken up to the last mark. True: it was discarded before.
  bool drop();

  /// The pasted text as typed text: without controls and other bytes that drive a terminal, which are
  /// invisible when text is copied; every line end is a line feed, and there is none at the end.
  std::string text() const;

 private:
  std::string bytes_;
  bool dropped_ = false;
  std::size_t matched_ = 0;  ///< bytes of the last mark read so far
};

inline constexpr char interrupt_key = '\x03';  // Ctrl-C

/// The state of Readline's callbacks, which take no argument for it.
struct Callbacks {
  LineEditor::Handlers handlers;
  std::vector<std::function<void()>> due;  ///< calls of handlers, made after Readline has handled the key
  std::vector<std::string> candidates;
  std::function<void(const std::vector<std::string>&)> show_candidates;
  std::function<void()> erase_line;
  std::function<void()> look_at_line;  ///< called before the line is entered, and after each key
  std::string entered;
  bool handed_over = false;  ///< `entered` is pending until Readline returns its empty line
  std::optional<Paste> paste;
  /// The kind of the next byte: a key's, the rest of an unbound key's sequence, or a quoted one.
  enum class Next { key, rest, quoted } next = Next::key;
  std::string parameters;           ///< parameters of the unbound key's sequence, read so far
  bool held = false;                ///< the line is not drawn (LineEditor::hold)
  LineEditor::Found found;          ///< set while the terminal's answer to find_cursor() is pending
  bool busy = false;                ///< before the last key, the line had text or a search was open
  std::function<void()> interrupt;  ///< Ctrl-C
  LineEditor::Answered answered;    ///< set while a question is open
  std::function<void(bool)> answer;
  std::unique_ptr<HiddenAnswer> hidden;  ///< set while a question with a hidden answer is open
  LineEditor::Told told;                 ///< who wants that answer
  std::function<void(std::optional<protocol::Secret>)> tell;
  Keymap keys = nullptr;  ///< the keymap outside a question
};

/// The state of the only editor.
Callbacks& callbacks();

/// Readline's line handler: takes an entered line; nullptr: the input has ended.
void take_line(char* line);
/// Reads one byte that is not for Readline: of a hidden answer, of an unbound key's sequence, of a paste, or
/// a quoted one. False: the next byte is a key's, for Readline.
bool take_other_byte();
/// Ctrl-C.
int interrupt(int count, int key);
/// Binds keys that ~/.inputrc may change; call it before rl_initialize(), which reads that file.
void bind_keys();
/// Binds Enter, which ~/.inputrc must not change; call it after rl_initialize().
void bind_enter();
/// Replaces quoted-insert, so that no control sequence can be quoted. Call it whenever Readline has prepared
/// the terminal, which binds the terminal's own key for quoting again. Debian's /etc/inputrc makes the key
/// Insert quote, which nobody expects: it gets Readline's usual function, overwrite mode.
void replace_quoted_insert();
/// The keymap used while a question is open.
Keymap question_keys();

// ---- standard input and output: line_editor_stream.cpp

/// `codeset`: the terminal's encoding (iconv(3)).
void open_streams(const std::string& codeset);
/// The next typed byte, or EOF; waits for it, unless wait_for_bytes(false). Called by Readline.
int next_byte(FILE* input);
/// The value that a next_byte() that does not wait returns when no byte is there.
inline constexpr int nothing_came = 0;
void wait_for_bytes(bool waits);
/// Whether a byte is there or comes within that time.
bool byte_waits(int milliseconds = 0);
/// Whether the next byte belongs to a character that was read already, so that it needs no further input.
bool is_in_character();
/// The stream to the terminal, which is buffered until flush().
FILE* output();
void write(std::string_view bytes);
void flush();
/// The sequence that moves the cursor to the first column of a row, counted from 1 (ECMA-48 CUP).
std::string to_row(std::size_t row);

/// Stops the process as Ctrl-Z does; returns when the process continues, or at once where no shell with job
/// control could continue it (POSIX, "Orphaned Process Group").
void stop_process();

}  // namespace hubbub::client::terminal
