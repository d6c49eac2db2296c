// The only file that knows Readline.
#include "client/terminal/line_editor.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

// They need <cstdio> before them.
#include <readline/history.h>
#include <readline/readline.h>

namespace hubbub::client::terminal {
namespace {

constexpr int remembered_lines = 1000;
/// Bytes of a paste that are taken before others get their turn.
constexpr int bytes_at_once = 256;

/// Readline's callbacks have no argument for this.
struct Callbacks {
  LineEditor::LineHandler on_line;
  LineEditor::Completer completer;
  std::vector<std::string> candidates;
  std::string entered;
  bool handed_over = false;             ///< `entered` waits for Readline to come back with its empty line
  bool in_handler = false;              ///< Readline clears its line, and draws the prompt, when that is over
  std::optional<std::string> returned;  ///< a line to be edited once more, after that
};
Callbacks& callbacks() {
  static Callbacks instance;
  return instance;
}

/// Enter. The line is taken away from the screen instead of being left there, because it is shown again
/// as a message, with its time, once the server has it. Readline itself gets to see an empty line.
int accept_line(int count, int key) {
  Callbacks& to = callbacks();
  to.entered = std::string(rl_line_buffer, static_cast<std::size_t>(rl_end));
  to.handed_over = true;
  rl_clear_visible_line();
  rl_replace_line("", 1);
  return rl_newline(count, key);
}

void take_line(char* line) {
  Callbacks& to = callbacks();
  const bool entered = std::exchange(to.handed_over, false);
  if (line == nullptr && !entered) return to.on_line(std::nullopt);
  // Readline has keys of its own that accept a line, such as Ctrl-O.
  std::string text = entered ? std::exchange(to.entered, {}) : std::string(line);
  std::free(line);
  while (!text.empty() && text.back() == '\n') text.pop_back();  // of a paste
  if (text.empty()) return;
  add_history(text.c_str());
  to.in_handler = true;
  to.on_line(std::move(text));
  to.in_handler = false;
}

char* next_candidate(const char*, int nth) {
  auto& candidates = callbacks().candidates;
  if (nth == 0) std::reverse(candidates.begin(), candidates.end());  // taken from the end
  if (candidates.empty()) return nullptr;
  const std::string candidate = std::move(candidates.back());
  candidates.pop_back();
  return ::strdup(candidate.c_str());  // Readline frees it
}

char** complete(const char* word, int, int) {
  rl_attempted_completion_over = 1;  // never names of files
  Callbacks& to = callbacks();
  to.candidates = to.completer(std::string_view(rl_line_buffer, static_cast<std::size_t>(rl_point)));
  return rl_completion_matches(word, next_candidate);
}

void set(const char* variable, const char* value) { rl_variable_bind(variable, value); }

void configure() {
  rl_readline_name = "hubbub";  // for `$if hubbub` in ~/.inputrc
  // Signals and resizing come through Asio.
  rl_catch_signals = 0;
  rl_catch_sigwinch = 0;
  rl_change_environment = 0;
  rl_erase_empty_line = 1;
  rl_attempted_completion_function = complete;
  rl_completer_word_break_characters = const_cast<char*>(" \t");
  // A question in the middle of completing would stop everything else.
  rl_completion_query_items = 0;
  rl_initialize();
  set("page-completions", "off");
  set("completion-ignore-case", "on");
  set("bell-style", "none");
  // A paste of several lines is one message, which is looked at and sent with Enter.
  set("enable-bracketed-paste", "on");
  for (const Keymap keys : {emacs_standard_keymap, vi_insertion_keymap, vi_movement_keymap}) {
    rl_bind_key_in_map('\r', accept_line, keys);
    rl_bind_key_in_map('\n', accept_line, keys);
  }
  using_history();
  stifle_history(remembered_lines);
}

bool input_waits() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) > 0;
}

}  // namespace

LineEditor::LineEditor(LineHandler on_line, Completer completer) : prompt_("> ") {
  callbacks() = {};
  callbacks().on_line = std::move(on_line);
  callbacks().completer = std::move(completer);
  configure();
  rl_callback_handler_install(prompt_.c_str(), take_line);
}

LineEditor::~LineEditor() {
  rl_clear_visible_line();
  rl_callback_handler_remove();
  callbacks() = {};
}

void LineEditor::read() {
  for (int bytes = 0; bytes < bytes_at_once; ++bytes) {
    rl_callback_read_char();
    if (const auto line = std::exchange(callbacks().returned, std::nullopt)) put_back(*line);
    if (!callbacks().on_line || !input_waits()) return;
  }
}

void LineEditor::print(std::string_view lines) {
  rl_clear_visible_line();
  std::fwrite(lines.data(), 1, lines.size(), rl_outstream);
  redraw();
}

void LineEditor::redraw() {
  rl_on_new_line();
  rl_redisplay();
  std::fflush(rl_outstream);
}

void LineEditor::set_prompt(std::string_view room, std::string_view state, bool color) {
  std::string prompt(room);
  if (!state.empty()) prompt.append(room.empty() ? "(" : " (").append(state).append(")");
  // \001 and \002 keep what stands between them out of the width of the prompt.
  if (color && !prompt.empty()) prompt = "\001\x1b[1m\002" + prompt + "\001\x1b[0m\002";
  prompt += "> ";
  if (prompt == prompt_) return;
  prompt_ = std::move(prompt);
  if (callbacks().in_handler) {
    rl_set_prompt(prompt_.c_str());
    return;
  }
  rl_clear_visible_line();
  rl_set_prompt(prompt_.c_str());
  redraw();
}

bool LineEditor::clear() {
  const bool typed = rl_end > 0;
  rl_callback_sigcleanup();  // leaves a search or a half-typed key sequence
  rl_clear_visible_line();
  rl_replace_line("", 1);
  rl_point = 0;
  redraw();
  return typed;
}

void LineEditor::put_back(const std::string& line) {
  if (callbacks().in_handler) {
    callbacks().returned = line;
    return;
  }
  rl_clear_visible_line();
  rl_replace_line(line.c_str(), 1);
  rl_point = rl_end;
  redraw();
}

void LineEditor::resize() { rl_resize_terminal(); }

void LineEditor::suspend() {
  rl_clear_visible_line();
  rl_deprep_terminal();
  std::raise(SIGSTOP);
  rl_prep_terminal(1);
  rl_resize_terminal();
  redraw();
}

}  // namespace hubbub::client::terminal
