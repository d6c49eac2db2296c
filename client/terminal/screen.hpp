#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"
#include "client/terminal/line_editor.hpp"
#include "client/terminal/waiting_items.hpp"
#include "client/view/typesetter.hpp"

namespace hubbub::client::terminal {

/// What scrolls by above the line that is typed. What is to be shown is gathered and drawn a few times a
/// second, so that a room that is talking fast leaves the terminal, and who types there, time to follow. The
/// last screenful is kept as items: when the terminal changes its size, it is put into lines again.
class Screen {
 public:
  /// Between two drawings: 30 times a second looks smooth.
  static constexpr std::chrono::milliseconds pace{33};
  /// Messages of rooms that are drawn at once, at most, and fewer where the terminal needs longer for them
  /// than `patience`; of more than that the oldest are left out, and a line says how many. What is more
  /// important than that is not, unless the terminal takes nothing until WaitingItems::most wait.
  static constexpr std::size_t most_at_once = WaitingItems::most_passing;
  static constexpr std::chrono::milliseconds patience{100};

  /// The prompt for a screen of so many columns, with what takes no room between \001 and \002.
  using Prompt = std::function<std::string(std::size_t columns)>;

  Screen(boost::asio::io_context& io, LineEditor& editor, Typesetter typesetter, Prompt prompt);

  void show(std::vector<Item> items);
  void show(Item item);
  /// The same for what somebody waits for: none of it is left out for being one of many.
  void show_all(std::vector<Item> items);
  /// Sends what shows nothing and moves nothing, such as a bell, at once or when the terminal takes it.
  void signal(std::string sequence);
  /// The prompt may be another one by now.
  void show_prompt();
  /// Draws what waits now, all of it, whether the terminal takes it or keeps us waiting.
  void flush();

  /// SIGWINCH: the screen is drawn anew when the size has come to rest.
  void resize();
  /// Draws the last screenful again.
  void repaint();
  /// Empties the screen; what was on it is forgotten.
  void clear();
  /// The last screenful is drawn again with other colours and times.
  void dress(Palette palette, Look look);

 private:
  void draw_soon();
  void draw();
  void adapt(std::size_t drawn, std::chrono::steady_clock::duration took);
  std::string screenful();

  LineEditor& editor_;
  Typesetter typesetter_;
  Prompt prompt_;
  WaitingItems waiting_;
  std::string signal_;  ///< waits too; the last one
  std::size_t at_once_ = most_at_once;
  std::deque<Item> shown_;  ///< the last ones
  boost::asio::steady_timer draw_;
  boost::asio::steady_timer resize_;
  std::chrono::steady_clock::time_point next_{};  ///< not before that
  bool drawing_soon_ = false;
};

}  // namespace hubbub::client::terminal
