#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hubbub::client::terminal {

/// The line that is being typed, at the bottom of the terminal, by GNU Readline through its callback
/// interface. Readline keeps its state in globals: there is one of these at a time.
///
/// The keys of Handlers are functions with a name, bound before ~/.inputrc is read, which may bind them
/// otherwise (`$if hubbub`): hubbub-room, hubbub-urgent-room, hubbub-next-room, hubbub-previous-room,
/// hubbub-repaint and hubbub-interrupt.
class LineEditor {
 public:
  /// What the person at the keyboard does. Called from read(), when Readline is done with the key.
  struct Handlers {
    std::function<void(std::string line)> on_line;    ///< Enter; the line may be empty
    std::function<void()> on_begun;                   ///< the line was empty, and is no longer
    std::function<void(std::string line)> on_parted;  ///< bring_back() had put it where one was typing
    std::function<void()> on_end;                    ///< Ctrl-D on an empty line, or nobody is there any more
    std::function<void(std::size_t nth)> on_room;    ///< Alt-1 … Alt-9: from 1
    std::function<void()> on_urgent_room;            ///< Alt-a
    std::function<void(bool forward)> on_next_room;  ///< Alt-n, Alt-p
    std::function<void()> on_repaint;                ///< Ctrl-L
    /// These lines were put above the one that is typed by the editor itself: what a word could become.
    std::function<void(std::string_view lines)> on_printed;
    /// What the word in front of the cursor could become, by the line up to the cursor, the likeliest first.
    /// Called in the middle of a key: it may not print. What it returns has to be safe for the terminal.
    std::function<std::vector<std::string>(std::string_view before)> complete;
  };
  using Answered = std::function<void(bool yes)>;
  /// Where the terminal has its cursor, counted from 1, and how wide it is by now: what it tells of its size
  /// otherwise (SIGWINCH) may come later.
  struct Cursor {
    std::size_t row = 0;
    std::size_t columns = 0;
  };
  using Found = std::function<void(const Cursor& cursor)>;

  /// `codeset`: the terminal's (iconv(3)). Everything here is UTF-8.
  LineEditor(Handlers handlers, const std::string& codeset);
  /// Gives the terminal back as it was.
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// Reads what is there to be read on standard input, at least one byte.
  void read();
  /// Puts whole lines above the one that is being typed, which stays as it is, and the prompt before it. In
  /// the prompt, what takes no room stands between \001 and \002. While something else is in its place, such
  /// as a search through what was typed, it waits for that to end.
  void draw(std::string_view lines, std::string_view prompt);
  /// The same on a screen that is cleared first. What has scrolled off it stays where it is.
  void repaint(std::string_view lines, std::string_view prompt);
  /// The same from that row of the screen on, counted from 1; what is above it stays.
  void repaint_from(std::size_t row, std::string_view lines, std::string_view prompt);
  /// Asks the terminal where the cursor is. False: not now. There are terminals that do not answer.
  bool find_cursor(Found found);
  /// How many rows of the prompt and the line are above the cursor, on a terminal that has put them into rows
  /// of its present width.
  std::size_t rows_above_cursor() const;
  /// Sends what shows nothing and moves nothing, such as a bell.
  void signal(std::string_view sequence);
  /// Asks in the prompt's place: y or Enter is yes, n and Ctrl-C are no, other keys are not heard.
  void ask(std::string_view question, Answered answered);
  /// What Ctrl-C does: empties the line, leaves a search, takes the answer to a question for no; and where
  /// there is nothing of the kind, it is the end.
  void interrupt();
  /// Puts a line that was entered back, to be entered again.
  void put_back(const std::string& line);
  /// The same of one whose coming back may surprise somebody: a letter that is typed behind it begins a line
  /// of its own (on_parted), unless a blank or another key came first.
  void bring_back(const std::string& line);
  bool empty() const;
  /// Adds to what the arrow keys and Ctrl-R find. False: it was the last one already.
  bool remember(const std::string& line);
  /// The terminal has another size, or is getting it: nothing of the line is drawn before it is painted
  /// again, since Readline does not know where things are.
  void hold();
  /// Looks how large the terminal is; repaint() or repaint_from() has to follow.
  void resize();
  std::size_t columns() const;
  std::size_t rows() const;
  /// That the prompt and the line take up.
  std::size_t line_rows() const;
  /// Whether the terminal is one that can only print, such as TERM=dumb.
  static bool is_plain();
  /// Stops the process as Ctrl-Z does, with the terminal as it was found; returns when it goes on, or at once
  /// where there is no job control.
  void suspend();

 private:
  void answer(bool yes);
  void clear();
  void print(std::string_view lines);
  void show_prompt(const std::string& prompt);
  void look_at_line();
  void part_from_brought_back();

  std::string prompt_;
  std::string shown_prompt_;
  bool was_empty_ = true;                    ///< the line, before the last key
  std::optional<std::string> brought_back_;  ///< as long as nothing else was done to it
  std::size_t drawn_columns_ = 0;            ///< of the terminal, when the line was drawn
};

}  // namespace hubbub::client::terminal
