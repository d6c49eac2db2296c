#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"
#include "client/terminal/line_editor.hpp"
#include "client/view/typesetter.hpp"

namespace hubbub::client::terminal {

/// The items pending for drawing. Bounded, since a terminal may take no output for hours (Ctrl-S).
class WaitingItems {
 public:
  /// Most items in all; beyond that the oldest are left out, of whatever kind.
  static constexpr std::size_t most = 20'000;
  /// Most passing items; between two drawings there may be twice as many.
  static constexpr std::size_t most_passing = 1000;

  /// A `passing` item may be left out when there are many.
  void add(Item item, bool passing);
  /// Leaves out the oldest passing items, so that at most that many are left.
  void leave_out(std::size_t most_left);

  std::size_t passing() const { return passing_; }
  std::size_t size() const { return items_.size(); }
  /// Number of items left out since the last call.
  std::size_t take_left_out();
  /// Removes and returns all items.
  std::vector<Item> take();
  void each(const std::function<void(Item& item)>& visit);

 private:
  struct Waiting {
    Item item;
    bool passing = false;
  };
  std::deque<Waiting> items_;
  std::size_t passing_ = 0;
  std::size_t left_out_ = 0;
};

/// The lines above the typed line. Items are collected and drawn at intervals, so that the terminal and the
/// person can keep up with a busy room. The last screenful is kept as items: when the terminal's size
/// changes, the items still on the screen are laid out again. Lines that have scrolled off belong to the
/// terminal, and are not drawn again.
class Screen {
 public:
  /// Time between two drawings: 30 a second look smooth.
  static constexpr std::chrono::milliseconds pace{33};
  /// Most passing messages in one drawing; fewer if the terminal needs longer than `patience` for them.
  /// Beyond that the oldest are left out, and a line tells how many. Other items are left out only when the
  /// terminal takes no output until WaitingItems::most are pending.
  static constexpr std::size_t most_at_once = WaitingItems::most_passing;
  static constexpr std::chrono::milliseconds patience{100};

  /// The prompt for a screen of that many columns, with sequences of no width between \001 and \002.
  using Prompt = std::function<std::string(std::size_t columns)>;

  Screen(boost::asio::io_context& io, LineEditor& editor, Typesetter typesetter, Prompt prompt);

  void show(std::vector<Item> items);
  void show(Item item);
  /// Shows items that the person asked for: none is left out as a passing item.
  void show_all(std::vector<Item> items);
  /// Puts what `changed` makes of a message, unless it is nothing, in its place: where it waits to be drawn,
  /// and where it is still on the screen.
  void amend(const std::function<std::optional<Said>(const Said& said)>& changed);
  /// Sends a sequence that prints nothing and does not move the cursor, such as a bell, as soon as the
  /// terminal takes it.
  void signal(std::string sequence);
  /// The prompt may have changed.
  void show_prompt();
  /// Draws all pending items, even if the terminal blocks.
  void flush();

  /// SIGWINCH: redraws the screen when the size has stopped changing.
  void resize();
  /// Draws the last screenful again.
  void repaint();
  /// Empties the screen, and forgets its items.
  void clear();
  /// Draws the last screenful again with other colours and times.
  void dress(Palette palette, Look look);
  /// Notes lines that the screen did not draw: the editor's, or, if empty, those of programs that have run
  /// meanwhile.
  void note(std::string_view lines);

 private:
  void draw_soon();
  void draw();
  void adapt(std::size_t drawn, std::chrono::steady_clock::duration took);
  enum class From { items, top };
  void redraw(From from);
  void located(From from, const LineEditor::Cursor& cursor);
  void redraw_later(From from);
  void redraw(From from, std::size_t cursor);
  void release();
  /// Whether drawing is held until the screen has been redrawn.
  bool is_held() const { return resizing_ || awaited_ != Awaited::nothing; }
  bool is_locating() const { return awaited_ == Awaited::cursor || awaited_ == Awaited::stale; }
  std::string set_again(std::size_t first);

  /// Drawn lines and their item; without an item, lines of note().
  struct Drawn {
    std::optional<Item> item;
    std::string lines;
    /// Whether it stands for the output of other programs.
    bool is_break() const { return !item && lines.empty(); }
  };

  LineEditor& editor_;
  Typesetter typesetter_;
  Prompt prompt_;
  WaitingItems waiting_;
  std::string signal_;  ///< the last pending signal()
  std::size_t at_once_ = most_at_once;
  std::deque<Drawn> shown_;  ///< the last ones
  std::size_t columns_ = 0;  ///< the columns for which shown_ was drawn
  bool rewraps_;             ///< the terminal rewraps its lines when it becomes narrower
  bool resizing_ = false;    ///< the size has not stopped changing
  /// What a redraw waits for. cursor: the terminal's answer with the cursor's place; stale: an answer that is
  /// outdated because the cursor has moved since; width: the system reports another width than the terminal.
  enum class Awaited { nothing, cursor, stale, width } awaited_ = Awaited::nothing;
  std::size_t untold_ = 0;  ///< times in a row that the terminal's width differed from the system's
  bool answers_ = true;     ///< the terminal answers find_cursor()
  boost::asio::steady_timer draw_;
  boost::asio::steady_timer resize_;
  boost::asio::steady_timer locate_;
  std::chrono::steady_clock::time_point next_{};  ///< the earliest time of the next drawing
  bool drawing_soon_ = false;
  bool amended_ = false;  ///< what is on the screen is not as it was drawn
};

}  // namespace hubbub::client::terminal
