// Only this file, line_editor_keys.cpp and line_editor_stream.cpp use Readline.
#include "client/terminal/line_editor.hpp"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

// It needs <cstdio> before it.
#include <readline/history.h>

#include "client/terminal/line_editor_keys.hpp"
#include "client/terminal/shown_line.hpp"
#include "protocol/system.hpp"

namespace hubbub::client::terminal {
namespace {

constexpr int remembered_lines = 1000;
/// Bytes of input that are read before other handlers run.
constexpr int bytes_at_once = 256;
/// The typed line may take up the screen's height divided by this; the rest shows messages.
constexpr std::size_t part_of_screen = 2;

std::pair<std::size_t, std::size_t> screen_size() {
  int rows = 0;
  int columns = 0;
  rl_get_screen_size(&rows, &columns);
  return {static_cast<std::size_t>(std::max(rows, 1)), static_cast<std::size_t>(std::max(columns, 1))};
}

std::string_view line() { return {rl_line_buffer, static_cast<std::size_t>(rl_end)}; }

/// What of it is on the screen: nothing behind a question with a hidden answer.
std::string_view visible_line() { return callbacks().hidden ? std::string_view() : line(); }

Area line_area(std::size_t columns) {
  const std::size_t rows = screen_size().first;
  const std::size_t prompt = columns_of(rl_display_prompt == nullptr ? "" : rl_display_prompt);
  return {columns, std::max<std::size_t>(rows / part_of_screen, 3), prompt % columns};
}

Area line_area() { return line_area(screen_size().second); }

/// Draws the line as shown_line() shows it, without Readline's knowledge.
void redisplay() {
  if (callbacks().held) return;
  const bool hides = callbacks().hidden != nullptr;
  if (LineEditor::is_plain() && !hides) return rl_redisplay();
  ShownLine shown = shown_line(visible_line(), static_cast<std::size_t>(rl_point), line_area());
  char* const line = std::exchange(rl_line_buffer, shown.text.data());
  const int end = std::exchange(rl_end, static_cast<int>(shown.text.size()));
  const int point = std::exchange(rl_point, static_cast<int>(shown.cursor));
  const int mark = std::exchange(rl_mark, std::min(rl_mark, rl_end));
  rl_redisplay();
  rl_line_buffer = line;
  rl_end = end;
  rl_point = point;
  rl_mark = mark;
}

/// Makes Ctrl-C an ordinary key: as a signal it would overtake, or fall behind, other typed keys.
void prepare_terminal(int meta) {
  rl_prep_terminal(meta);
  replace_quoted_insert();
  termios settings{};
  if (::tcgetattr(STDIN_FILENO, &settings) != 0) return;
  settings.c_cc[VINTR] = _POSIX_VDISABLE;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &settings);
}

void configure() {
  rl_readline_name = "hubbub";  // for `$if hubbub` in ~/.inputrc
  // Asio handles signals and resizing.
  rl_catch_signals = 0;
  rl_catch_sigwinch = 0;
  rl_change_environment = 0;
  rl_prep_term_function = prepare_terminal;
  // Between two lines Readline would have the terminal show by itself what is typed, and that may be a
  // password.
  rl_deprep_term_function = nullptr;
  rl_erase_empty_line = 1;
  rl_completer_word_break_characters = const_cast<char*>(" \t\n");
  rl_sort_completion_matches = 0;
  // Readline's question before a long list of completions would block the event loop.
  rl_completion_query_items = 0;
  bind_keys();
  rl_initialize();
  rl_redisplay_function = redisplay;  // else rl_initialize() would not look up the terminal
  rl_variable_bind("page-completions", "off");
  bind_enter();
  using_history();
  stifle_history(remembered_lines);
}

/// Whether something other than the prompt, such as a question or a search, stands before the line.
bool prompt_is_taken() {
  return callbacks().answered || callbacks().hidden ||
         RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_NUMERICARG);
}

void erase_line() {
  rl_clear_visible_line();
  if (!LineEditor::is_plain()) return;
  const std::string blanks(screen_size().second - 1, ' ');
  write("\r" + blanks + "\r");
}

void redraw() {
  callbacks().held = false;
  rl_on_new_line();
  redisplay();
  flush();
}

}  // namespace

LineEditor::LineEditor(Handlers handlers, const std::string& codeset)
    : prompt_("> "), shown_prompt_(prompt_) {
  open_streams(codeset);
  Callbacks& to = callbacks();
  to = {};
  to.handlers = std::move(handlers);
  to.show_candidates = [this](const auto& candidates) {
    const std::string lines = in_columns(candidates, columns());
    print(lines);
    callbacks().handlers.on_printed(lines);
  };
  to.erase_line = erase_line;
  to.look_at_line = [this] { look_at_line(); };
  to.answer = [this](bool yes) { answer(yes); };
  to.tell = [this](std::optional<protocol::Secret> answer) { tell(std::move(answer)); };
  to.interrupt = [this] { interrupt(); };
  configure();
  drawn_columns_ = columns();
  rl_callback_handler_install(prompt_.c_str(), take_line);
  flush();
}

LineEditor::~LineEditor() {
  erase_line();
  rl_callback_handler_remove();
  rl_deprep_terminal();
  flush();
  callbacks() = {};
}

void LineEditor::read() {
  Callbacks& to = callbacks();
  for (int bytes = 1;; ++bytes) {
    to.busy = rl_end > 0 || to.paste || prompt_is_taken();
    was_empty_ = rl_end == 0;
    if (!take_other_byte()) rl_callback_read_char();
    look_at_line();
    for (const auto& call : std::exchange(to.due, {})) call();
    if (!byte_waits() || (bytes >= bytes_at_once && !is_in_character())) break;
  }
  to.busy = false;
  if (!prompt_is_taken()) show_prompt(prompt_);
  flush();
}

/// Prints lines with the same prompt, while Readline handles a key.
void LineEditor::print(std::string_view lines) {
  erase_line();
  write(lines);
  redraw();
}

/// Sets the text before the line.
void LineEditor::show_prompt(const std::string& prompt) {
  if (prompt == shown_prompt_) return;
  erase_line();
  rl_set_prompt((shown_prompt_ = prompt).c_str());
  redraw();
}

void LineEditor::draw(std::string_view lines, std::string_view prompt) {
  prompt_ = prompt;
  const bool changes = !prompt_is_taken() && prompt_ != shown_prompt_;
  if (lines.empty() && !changes) return;
  erase_line();
  write(lines);
  if (changes) rl_set_prompt((shown_prompt_ = prompt_).c_str());
  redraw();
}

void LineEditor::repaint(std::string_view lines, std::string_view prompt) {
  prompt_ = prompt;
  if (is_plain()) {
    erase_line();
  } else {
    write("\x1b[H\x1b[J");  // the cursor to the top, and erase from there (ECMA-48 CUP, ED)
  }
  write(lines);
  if (!prompt_is_taken()) rl_set_prompt((shown_prompt_ = prompt_).c_str());
  redraw();
}

/// Erases in two steps, as tmux would push a screen erased at once into its scrollback.
void LineEditor::repaint_from(std::size_t row, std::string_view lines, std::string_view prompt) {
  prompt_ = prompt;
  const std::string there = to_row(row);
  write(there + "\x1b[K");                                      // ECMA-48 EL
  if (row < rows()) write(to_row(row + 1) + "\x1b[J" + there);  // ED
  write(lines);
  if (!prompt_is_taken()) rl_set_prompt((shown_prompt_ = prompt_).c_str());
  drawn_columns_ = columns();
  redraw();
}

bool LineEditor::find_cursor(Found found) {
  if (is_plain() || prompt_is_taken() || callbacks().paste) return false;
  callbacks().found = std::move(found);
  // Moves to the last column and back (DECSC, DECRC), so that the answer (ECMA-48 DSR, CPR) also tells the
  // width.
  signal("\0337\x1b[999C\x1b[6n\0338");
  return true;
}

std::size_t LineEditor::rows_above_cursor() const {
  const std::size_t prompt = columns_of(rl_display_prompt == nullptr ? "" : rl_display_prompt);
  if (visible_line().empty()) return (std::max<std::size_t>(prompt, 1) - 1) / columns();
  const auto point = static_cast<std::size_t>(rl_point);
  const auto row_of = [](std::size_t at, std::size_t width) {
    return shown_line(line(), at, {width, std::string::npos, line_area(width).prompt}).row;
  };
  // The cursor stays on a row that is exactly full until another character follows, unless Readline moved it
  // on, at the width for which the line was drawn.
  const bool at_end = rl_point == rl_end && rl_line_buffer[rl_end - 1] != '\n';
  const bool keeps = at_end && row_of(point, drawn_columns_) == row_of(point - 1, drawn_columns_);
  return prompt / columns() + row_of(keeps ? point - 1 : point, columns());
}

void LineEditor::signal(std::string_view sequence) {
  write(sequence);
  flush();
}

bool LineEditor::is_taken() { return prompt_is_taken(); }

void LineEditor::ask(std::string_view question, Answered answered) {
  Callbacks& to = callbacks();
  show_prompt(std::string(question));
  to.answered = std::move(answered);
  to.keys = rl_get_keymap();
  rl_set_keymap(question_keys());
}

void LineEditor::answer(bool yes) {
  Callbacks& to = callbacks();
  if (!to.answered) return;
  rl_set_keymap(to.keys);
  const Answered answered = std::exchange(to.answered, nullptr);
  show_prompt(prompt_);
  answered(yes);
}

void LineEditor::ask_hidden(std::string_view question, Told told) {
  Callbacks& to = callbacks();
  erase_line();
  to.hidden = std::make_unique<HiddenAnswer>();
  to.told = std::move(told);
  rl_set_prompt((shown_prompt_ = question).c_str());
  redraw();
}

void LineEditor::ask_instead(std::string_view question, Told told) {
  callbacks().told = std::move(told);
  show_prompt(std::string(question));
}

void LineEditor::stop_asking() {
  Callbacks& to = callbacks();
  erase_line();
  to.hidden.reset();
  to.told = nullptr;
  rl_set_prompt((shown_prompt_ = prompt_).c_str());
  redraw();
}

bool LineEditor::is_hiding() { return callbacks().hidden != nullptr; }

bool LineEditor::is_answering() { return is_hiding() && callbacks().hidden->is_begun(); }

bool LineEditor::has_input() { return byte_waits(); }

void LineEditor::tell(std::optional<protocol::Secret> answer) {
  Callbacks& to = callbacks();
  if (!to.hidden) return;
  const Told told = std::exchange(to.told, nullptr);
  stop_asking();
  told(std::move(answer));
}

void LineEditor::interrupt() {
  if (callbacks().answered) return answer(false);
  if (callbacks().hidden) return tell(std::nullopt);
  const bool busy = callbacks().busy || !empty() || prompt_is_taken();
  clear();
  if (!busy) callbacks().handlers.on_end();
}

void LineEditor::clear() {
  Callbacks& to = callbacks();
  to.paste.reset();
  if (to.next == Callbacks::Next::quoted) to.next = Callbacks::Next::key;
  rl_callback_sigcleanup();  // leaves a search or a half-typed key sequence
  erase_line();
  rl_maybe_unsave_line();
  rl_replace_line("", 1);
  rl_point = 0;
  using_history();  // back to the end of the history
  redraw();
  show_prompt(prompt_);
}

void LineEditor::put_back(const std::string& line) {
  erase_line();
  rl_replace_line(line.c_str(), 1);
  rl_point = rl_end;
  redraw();
}

void LineEditor::bring_back(const std::string& line) {
  put_back(line);
  brought_back_ = line;
}

/// Called after each key that changed the line.
void LineEditor::look_at_line() {
  if (was_empty_ && rl_end > 0) callbacks().handlers.on_begun();
  was_empty_ = rl_end == 0;
  part_from_brought_back();
}

/// A letter typed directly behind a line that came back starts a new line: the person may not have seen the
/// old one. A blank adds a word to the old line, and any other key edits it.
void LineEditor::part_from_brought_back() {
  const bool at_end = rl_point == rl_end;
  if (!brought_back_ || (at_end && line() == *brought_back_)) return;  // perhaps an incomplete character
  const std::string back = *std::exchange(brought_back_, std::nullopt);
  const bool goes_on = at_end && line().size() > back.size() && line().starts_with(back);
  const bool is_typed = goes_on && line()[back.size()] != ' ' && rl_last_func != rl_complete;
  if (!is_typed) return;
  put_back(std::string(line().substr(back.size())));
  callbacks().handlers.on_begun();
  callbacks().due.emplace_back([back] { callbacks().handlers.on_parted(back); });
}

bool LineEditor::empty() const {
  const Callbacks& now = callbacks();
  return rl_end == 0 && !now.paste && !now.answered && !now.hidden;
}

bool LineEditor::remember(const std::string& line) {
  const HIST_ENTRY* last = history_length > 0 ? history_get(history_base + history_length - 1) : nullptr;
  if (last != nullptr && line == last->line) return false;
  const bool at_end = where_history() == history_length;  // false: the person is browsing the history
  add_history(line.c_str());
  if (at_end) using_history();
  return true;
}

void LineEditor::hold() { callbacks().held = true; }

void LineEditor::resize() {
  drawn_columns_ = columns();
  rl_reset_screen_size();
}

std::size_t LineEditor::columns() const { return screen_size().second; }

std::size_t LineEditor::rows() const { return screen_size().first; }

std::size_t LineEditor::line_rows() const { return shown_rows(visible_line(), line_area()); }

bool LineEditor::is_plain() {
  const std::string term = protocol::environment("TERM");
  return term.empty() || term == "dumb";
}

void LineEditor::suspend() {
  erase_line();
  rl_deprep_terminal();
  flush();
  stop_process();
  prepare_terminal(1);
  rl_reset_screen_size();
  redraw();
}

}  // namespace hubbub::client::terminal
