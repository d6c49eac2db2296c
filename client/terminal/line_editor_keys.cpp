#include "client/terminal/line_editor_keys.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <utility>

#include "protocol/text.hpp"

namespace hubbub::client::terminal {
namespace {

constexpr std::string_view last_mark = "\x1b[201~";

/// Calls a handler after Readline has handled the key. Returns 0, as a key's function must.
int later(std::function<void()> call) {
  callbacks().due.push_back(std::move(call));
  return 0;
}

/// Enter. Erases the line from the screen, because it appears again as a message, with its time, once the
/// server has it. Readline itself sees an empty line. Readline reads letters that are pending, and the key
/// behind them, as one key.
int accept_line(int count, int key) {
  Callbacks& to = callbacks();
  to.look_at_line();
  to.entered = std::string(rl_line_buffer, static_cast<std::size_t>(rl_end));
  to.handed_over = true;
  to.erase_line();
  rl_replace_line("", 1);
  return rl_newline(count, key);
}

int go_to_room(int count, int key) {
  const bool digit = key >= '1' && key <= '9';
  const auto nth = static_cast<std::size_t>(digit ? key - '0' : std::max(count, 1));
  return later([nth] { callbacks().handlers.on_room(nth); });
}

int go_to_urgent_room(int, int) { return later(callbacks().handlers.on_urgent_room); }
int go_to_next_room(int, int) {
  return later([] { callbacks().handlers.on_next_room(true); });
}
int go_to_previous_room(int, int) {
  return later([] { callbacks().handlers.on_next_room(false); });
}
int repaint_screen(int, int) { return later(callbacks().handlers.on_repaint); }

/// Readline's own function would wait for the end of the paste, and block the event loop.
int begin_paste(int, int) {
  callbacks().paste.emplace();
  return 0;
}

/// Whether a key's sequence goes on after the byte: a parameter or intermediate byte (ECMA-48, 5.4).
bool is_inside_sequence(int byte) { return byte >= 0x20 && byte <= 0x3F; }

/// The terminal's answer to find_cursor(), "row;column" (ECMA-48 CPR).
void take_report(std::string_view parameters) {
  Callbacks& to = callbacks();
  if (!to.found) return;
  LineEditor::Cursor cursor;
  const char* const end = parameters.data() + parameters.size();
  const auto [separator, fault] = std::from_chars(parameters.data(), end, cursor.row);
  if (fault != std::errc() || cursor.row == 0 || separator == end) return;
  if (std::from_chars(separator + 1, end, cursor.columns).ec != std::errc()) return;
  later([found = std::exchange(to.found, nullptr), cursor] { found(cursor); });
}

/// Takes a byte of an unbound key's sequence, which may also be the terminal's answer to find_cursor().
void skip_byte(int byte) {
  constexpr std::size_t most = 16;
  Callbacks& to = callbacks();
  to.next = is_inside_sequence(byte) ? Callbacks::Next::rest : Callbacks::Next::key;
  if (to.next == Callbacks::Next::rest) {
    if (to.parameters.size() < most) to.parameters += static_cast<char>(byte);
    return;
  }
  if (byte == 'R') take_report(to.parameters);
}

/// Skips an unbound key, such as F5 or Shift and an arrow, so that none of its bytes get into the line.
/// Readline's own skip-csi-sequence would wait for the last byte, and block the event loop.
int skip_sequence(int, int) {
  Callbacks& to = callbacks();
  to.next = Callbacks::Next::rest;
  to.parameters.clear();
  wait_for_bytes(false);
  while (to.next == Callbacks::Next::rest) {
    const int byte = rl_read_key();
    if (byte == nothing_came) break;
    skip_byte(byte);
  }
  wait_for_bytes(true);
  return 0;
}

/// Binds sequences that begin with CSI or SS3; longer bound sequences take precedence. The Linux console
/// sends F1 as "\e[[A", and some terminals send another ESC before keys typed with Alt.
void skip_unknown_keys(Keymap keys) {
  for (const char* begin : {"\\e[", "\\eO", "\\e[[", "\\e\\e[", "\\e\\eO"})
    rl_bind_keyseq_in_map(begin, skip_sequence, keys);
}

int do_nothing(int, int) { return 0; }

int quote_next(int, int) {
  callbacks().next = Callbacks::Next::quoted;
  return 0;
}

/// Inserts a line feed or a tab. Control characters and sequences of keys, which Readline's quoted-insert
/// would also insert, cannot be sent: such a key keeps its usual function.
void read_quoted() {
  callbacks().next = Callbacks::Next::key;
  const int byte = next_byte(rl_instream);
  if (byte == '\t' || byte == '\n' || byte == '\r') {
    rl_insert_text(byte == '\t' ? "\t" : "\n");
    return rl_redisplay_function();
  }
  if (byte == EOF) return;  // Readline sees the end of the input itself
  rl_execute_next(byte);
  rl_callback_read_char();
}

/// Whether that byte of a paste is a typed Ctrl-C, which gives up waiting for the end of the paste. The paste
/// may contain the same byte, and its rest must not count as typed.
bool gives_up(Paste& paste, char byte) {
  constexpr int silence = 100;
  if (byte != interrupt_key || byte_waits()) return false;
  if (!paste.drop()) return false;
  return !byte_waits(silence);
}

/// Reads one byte of a paste.
void read_pasted() {
  Callbacks& to = callbacks();
  const int next = next_byte(rl_instream);
  if (next == EOF) {
    to.paste.reset();  // Readline sees the end of the input itself
    return;
  }
  const char byte = static_cast<char>(next);
  if (gives_up(*to.paste, byte)) return void(interrupt(0, byte));
  if (!to.paste->take(byte)) return;
  const std::string text = to.paste->text();
  to.paste.reset();
  if (to.answered) return;
  rl_insert_text(text.c_str());
  rl_redisplay_function();
}

/// Reads one byte of a hidden answer.
void read_hidden() {
  constexpr int silence = 100;
  Callbacks& to = callbacks();
  const int next = next_byte(rl_instream);
  if (next == EOF) return to.tell(std::nullopt);  // Readline sees the end of the input itself
  const char byte = static_cast<char>(next);
  switch (to.hidden->take(byte, to.hidden->may_end_paste(byte) && !byte_waits(silence))) {
    case HiddenAnswer::Step::entered:
      return to.tell(to.hidden->text());
    case HiddenAnswer::Step::given_up:
      return to.tell(std::nullopt);
    case HiddenAnswer::Step::repaint:
      return void(later(to.handlers.on_repaint));
    case HiddenAnswer::Step::report:
      return take_report(to.hidden->parameters());
    default:
      return;
  }
}

int say_yes(int, int) {
  return later([] { callbacks().answer(true); });
}
int say_no(int, int) {
  return later([] { callbacks().answer(false); });
}

char* next_candidate(const char*, int nth) {
  auto& candidates = callbacks().candidates;
  if (nth == 0) std::reverse(candidates.begin(), candidates.end());  // candidates are taken from the end
  if (candidates.empty()) return nullptr;
  const std::string candidate = std::move(candidates.back());
  candidates.pop_back();
  return ::strdup(candidate.c_str());  // Readline frees it
}

char** complete(const char* word, int, int) {
  rl_attempted_completion_over = 1;  // no completion of file names
  Callbacks& to = callbacks();
  to.candidates = to.handlers.complete(std::string_view(rl_line_buffer, static_cast<std::size_t>(rl_point)));
  return rl_completion_matches(word, next_candidate);
}

/// The first match is the common beginning of the others.
void show_matches(char** matches, int count, int) {
  callbacks().show_candidates(std::vector<std::string>(matches + 1, matches + 1 + count));
}

}  // namespace

bool Paste::take(char byte) {
  if (byte == last_mark[matched_]) return ++matched_ == last_mark.size();
  if (bytes_.size() + matched_ < most_bytes) bytes_.append(last_mark.substr(0, matched_));
  matched_ = byte == last_mark.front() ? 1 : 0;  // the mark's first byte occurs only once in it
  if (matched_ == 0 && bytes_.size() < most_bytes) bytes_ += byte;
  return false;
}

bool Paste::drop() { return std::exchange(dropped_, true); }

std::string Paste::text() const {
  if (dropped_) return {};
  std::string lines;
  for (std::size_t at = 0; at < bytes_.size(); ++at) {
    const bool carriage_return = bytes_[at] == '\r';
    if (carriage_return && at + 1 < bytes_.size() && bytes_[at + 1] == '\n') continue;
    lines += carriage_return ? '\n' : bytes_[at];
  }
  std::string text = protocol::for_terminal(lines, "\n");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Callbacks& callbacks() {
  static Callbacks instance;
  return instance;
}

void take_line(char* line) {
  Callbacks& to = callbacks();
  const bool entered = std::exchange(to.handed_over, false);
  if (line == nullptr && !entered) {
    to.answered ? later([&to] { to.answer(false); }) : later(to.handlers.on_end);
    return;
  }
  // Readline's own keys, such as Ctrl-O, can also accept a line.
  std::string text = entered ? std::exchange(to.entered, {}) : std::string(line);
  std::free(line);
  later([&to, text = std::move(text)] { to.handlers.on_line(text); });
}

bool take_other_byte() {
  const Callbacks& to = callbacks();
  if (to.next == Callbacks::Next::rest) {
    skip_byte(next_byte(rl_instream));
  } else if (to.hidden) {
    read_hidden();
  } else if (to.paste) {
    read_pasted();
  } else if (to.next == Callbacks::Next::quoted) {
    read_quoted();
  } else {
    return false;
  }
  return true;
}

int interrupt(int, int) {
  return later([] { callbacks().interrupt(); });
}

void bind_keys() {
  rl_attempted_completion_function = complete;
  rl_completion_display_matches_hook = show_matches;
  const auto bind = [](const char* name, rl_command_func_t* function,
                       std::initializer_list<const char*> keys) {
    rl_add_defun(name, function, -1);
    for (const char* key : keys) rl_bind_keyseq_in_map(key, function, emacs_standard_keymap);
  };
  bind("hubbub-room", go_to_room, {"\\e1", "\\e2", "\\e3", "\\e4", "\\e5", "\\e6", "\\e7", "\\e8", "\\e9"});
  bind("hubbub-urgent-room", go_to_urgent_room, {"\\ea"});
  bind("hubbub-next-room", go_to_next_room, {"\\en"});
  bind("hubbub-previous-room", go_to_previous_room, {"\\ep"});
  bind("hubbub-repaint", repaint_screen, {"\\C-l"});
  bind("hubbub-interrupt", interrupt, {"\\C-c"});
  for (const Keymap keys : {vi_insertion_keymap, vi_movement_keymap})
    rl_bind_key_in_map(interrupt_key, interrupt, keys);
  rl_bind_keyseq_in_map("\\e[200~", begin_paste, emacs_standard_keymap);
  rl_bind_keyseq_in_map("\\e[200~", begin_paste, vi_insertion_keymap);
  for (const Keymap keys : {emacs_standard_keymap, vi_insertion_keymap, vi_movement_keymap})
    skip_unknown_keys(keys);
  // Readline 8.2 would search in the history, and free an undo list twice if a line of it was edited before.
  // A person's ~/.inputrc is read later, and may bind the search all the same.
  for (const Keymap keys : {emacs_standard_keymap, vi_insertion_keymap})
    for (const char* page_key : {"\\e[5~", "\\e[6~"}) rl_bind_keyseq_in_map(page_key, do_nothing, keys);
  // Readline would enter the line with a '#' before it, and this key is next to the keys of the rooms.
  rl_bind_keyseq_in_map("\\e#", do_nothing, emacs_standard_keymap);
  rl_bind_key_in_map('#', do_nothing, vi_movement_keymap);
  rl_variable_bind("bell-style", "none");
  rl_variable_bind("completion-ignore-case", "on");
  rl_variable_bind("show-all-if-unmodified", "on");
  // A paste of several lines stays in the editor as one message until Enter sends it.
  rl_variable_bind("enable-bracketed-paste", "on");
}

void bind_enter() {
  for (const Keymap keys : {emacs_standard_keymap, vi_insertion_keymap, vi_movement_keymap}) {
    rl_bind_key_in_map('\r', accept_line, keys);
    rl_bind_key_in_map('\n', accept_line, keys);
  }
}

void replace_quoted_insert() {
  constexpr const char* insert_key = "\x1b[2~";  // Readline looks keys up by their bytes, not by "\\e"
  for (const Keymap keys : {emacs_standard_keymap, vi_insertion_keymap}) {
    if (rl_function_of_keyseq(insert_key, keys, nullptr) == rl_quoted_insert)
      rl_bind_keyseq_in_map(insert_key, rl_overwrite_mode, keys);
    char** const quoting = rl_invoking_keyseqs_in_map(rl_quoted_insert, keys);
    for (char** key = quoting; key != nullptr && *key != nullptr; ++key) {
      rl_bind_keyseq_in_map(*key, quote_next, keys);
      std::free(*key);
    }
    std::free(quoting);
  }
}

Keymap question_keys() {
  static Keymap keys = nullptr;
  if (keys != nullptr) return keys;
  keys = rl_make_bare_keymap();
  for (const char key : {'y', 'Y', '\r', '\n'}) rl_bind_key_in_map(key, say_yes, keys);
  for (const char key : {'n', 'N', '\a', interrupt_key}) rl_bind_key_in_map(key, say_no, keys);
  skip_unknown_keys(keys);
  rl_bind_keyseq_in_map("\\e[200~", begin_paste, keys);  // a paste must not answer the question
  return keys;
}

}  // namespace hubbub::client::terminal
