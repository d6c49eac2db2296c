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

/// The items that are pending, to be drawn. Bounded, since a terminal may take nothing for hours (Ctrl-S).
class WaitingItems {
 public:
  /// Items in all; beyond it the oldest are left out, whatever they are.
  static constexpr std::size_t most = 20'000;
  /// Passing items; between two drawings there may be twice as many.
  static constexpr std::size_t most_passing = 1000;

  /// `passing`: it may be left out when there are many.
  void add(Item item, bool passing);
  /// Leaves out the oldest of the passing ones, so that so many are left.
  void leave_out(std::size_t most_left);

  std::size_t passing() const { return passing_; }
  std::size_t size() const { return items_.size(); }
  /// How many were left out since this was asked last.
  std::size_t take_left_out();
  /// All of them; none waits any more.
  std::vector<Item> take();

 private:
  struct Waiting {
    Item item;
    bool passing = false;
  };
  std::deque<Waiting> items_;
  std::size_t passing_ = 0;
  std::size_t left_out_ = 0;
};

/// The lines above the one that is typed. Items are gathered and drawn a few times a second, so that a busy
/// room leaves the terminal, and the person who types, time to follow. The last screenful is kept as items:
/// when the terminal changes its size, those that are still on the screen are put into lines again. Lines
/// that have scrolled off belong to the terminal, and are not drawn again.
class Screen {
 public:
  /// Between two drawings: 30 times a second looks smooth.
  static constexpr std::chrono::milliseconds pace{33};
  /// Passing messages that are drawn at once, at most, and fewer where the terminal needs longer for them
  /// than `patience`; beyond it the oldest are left out, and a line says how many. Other items are only left
  /// out when the terminal takes nothing until WaitingItems::most are pending.
  static constexpr std::size_t most_at_once = WaitingItems::most_passing;
  static constexpr std::chrono::milliseconds patience{100};

  /// The prompt for a screen of so many columns, with what takes no room between \001 and \002.
  using Prompt = std::function<std::string(std::size_t columns)>;

  Screen(boost::asio::io_context& io, LineEditor& editor, Typesetter typesetter, Prompt prompt);

  void show(std::vector<Item> items);
  void show(Item item);
  /// The same for items that somebody has asked for: none is left out as a passing one.
  void show_all(std::vector<Item> items);
  /// Sends what shows nothing and moves nothing, such as a bell, at once or when the terminal takes it.
  void signal(std::string sequence);
  /// The prompt may have changed.
  void show_prompt();
  /// Draws all that is pending, even if the terminal blocks.
  void flush();

  /// SIGWINCH: the screen is drawn anew when the size has come to rest.
  void resize();
  /// Draws the last screenful again.
  void repaint();
  /// Empties the screen; what was on it is forgotten.
  void clear();
  /// The last screenful is drawn again with other colours and times.
  void dress(Palette palette, Look look);
  /// Lines were put there by somebody else: the editor, or, with no lines, programs that have run meanwhile.
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
  /// Nothing is drawn until the screen has been drawn again.
  bool is_held() const { return resizing_ || awaited_ != Awaited::nothing; }
  bool is_locating() const { return awaited_ == Awaited::cursor || awaited_ == Awaited::stale; }
  std::string set_again(std::size_t first);

  /// What was drawn, and as what; no item: somebody else's.
  struct Drawn {
    std::optional<Item> item;
    std::string lines;
    /// Other programs have written there after it.
    bool is_break() const { return !item && lines.empty(); }
  };

  LineEditor& editor_;
  Typesetter typesetter_;
  Prompt prompt_;
  WaitingItems waiting_;
  std::string signal_;  ///< waits too; the last one
  std::size_t at_once_ = most_at_once;
  std::deque<Drawn> shown_;  ///< the last ones
  std::size_t columns_ = 0;  ///< as wide as they were drawn
  bool rewraps_;             ///< the terminal puts its lines into rows again when it becomes narrower
  bool resizing_ = false;    ///< the size has not come to rest
  /// What drawing again waits for. cursor: the terminal tells where its cursor is; stale: the same, but by
  /// then the cursor will have been moved; width: the terminal has another width than we were told.
  enum class Awaited { nothing, cursor, stale, width } awaited_ = Awaited::nothing;
  std::size_t untold_ = 0;  ///< so many times was the terminal found to be of another width than we were told
  bool answers_ = true;     ///< the terminal tells that
  boost::asio::steady_timer draw_;
  boost::asio::steady_timer resize_;
  boost::asio::steady_timer locate_;
  std::chrono::steady_clock::time_point next_{};  ///< not before that
  bool drawing_soon_ = false;
};

}  // namespace hubbub::client::terminal
