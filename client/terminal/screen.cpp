#include "client/terminal/screen.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "client/view/text_width.hpp"
#include "protocol/system.hpp"

namespace hubbub::client::terminal {

using boost::system::error_code;
using protocol::now;
using std::chrono::steady_clock;

namespace {

/// The size must be unchanged for this time: while a window is resized, it changes many times a second.
constexpr std::chrono::milliseconds to_rest{60};
/// Most items kept for redrawing. Each has at least one row, so that they fill a screen of this many rows.
constexpr std::size_t most_rows = 300;
/// A terminal that does not tell its cursor's place within this time never will.
constexpr std::chrono::milliseconds answer_time{500};
/// tmux tells its programs of a new size up to 250 ms after it has rewrapped their lines. The redraw waits
/// for `to_rest` up to this many times; a terminal whose width then still differs has reported a wrong one.
constexpr std::size_t most_untold = 10;

/// Whether the item is another person's room message without a mention.
bool is_passing(const Item& item) {
  const auto* said = std::get_if<Said>(&item.what);
  return said != nullptr && !said->is_private() && said->mentions.empty() && !said->own;
}

/// Whether the terminal takes bytes: on a slow line it may still be busy with earlier ones.
bool takes_output() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&output, 1, 0) != 0;  // an error is found when writing
}

/// 4210 as "4,210".
std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

/// Whether the terminal rewraps lines when it becomes narrower. GNU Screen and xterm, recognised by their
/// environment variables, cut lines off instead.
bool rewraps() {
  using protocol::environment;
  return !environment("TMUX").empty() || (environment("STY").empty() && environment("XTERM_VERSION").empty());
}

}  // namespace

void WaitingItems::add(Item item, bool passing) {
  items_.push_back({std::move(item), passing});
  if (passing && ++passing_ > 2 * most_passing) leave_out(most_passing);
  if (items_.size() <= most) return;
  if (items_.front().passing) --passing_;
  items_.pop_front();
  ++left_out_;
}

void WaitingItems::leave_out(std::size_t most_left) {
  if (passing_ <= most_left) return;
  std::size_t too_many = passing_ - most_left;
  left_out_ += too_many;
  passing_ = most_left;
  std::erase_if(items_,
                [&](const Waiting& waiting) { return waiting.passing && too_many > 0 && too_many-- > 0; });
}

std::size_t WaitingItems::take_left_out() { return std::exchange(left_out_, 0); }

std::vector<Item> WaitingItems::take() {
  std::vector<Item> items;
  items.reserve(items_.size());
  for (Waiting& waiting : items_) items.push_back(std::move(waiting.item));
  items_.clear();
  passing_ = 0;
  return items;
}

void WaitingItems::each(const std::function<void(Item& item)>& visit) {
  for (Waiting& waiting : items_) visit(waiting.item);
}

namespace {

/// Whether the item showed the message, and shows it now as it has become.
bool amend_item(Item& item, const std::function<std::optional<Said>(const Said&)>& changed) {
  auto* hit = std::get_if<Hit>(&item.what);
  Said* said = hit != nullptr ? &hit->said : std::get_if<Said>(&item.what);
  if (said == nullptr) return false;
  auto now = changed(*said);
  if (!now) return false;
  *said = *std::move(now);
  if (hit != nullptr) said->mentions.clear();
  return true;
}

}  // namespace

Screen::Screen(boost::asio::io_context& io, LineEditor& editor, Typesetter typesetter, Prompt prompt)
    : editor_(editor),
      typesetter_(std::move(typesetter)),
      prompt_(std::move(prompt)),
      rewraps_(rewraps()),
      draw_(io),
      resize_(io),
      locate_(io) {}

void Screen::show(Item item) {
  const bool passing = is_passing(item);
  waiting_.add(std::move(item), passing);
  draw_soon();
}

void Screen::show(std::vector<Item> items) {
  for (Item& item : items) show(std::move(item));
}

void Screen::show_all(std::vector<Item> items) {
  for (Item& item : items) waiting_.add(std::move(item), false);
  draw_soon();
}

void Screen::amend(const std::function<std::optional<Said>(const Said&)>& changed) {
  waiting_.each([&](Item& item) { amend_item(item, changed); });
  for (Drawn& drawn : shown_) {
    if (drawn.item && amend_item(*drawn.item, changed)) amended_ = true;
  }
  if (amended_) draw_soon();
}

void Screen::signal(std::string sequence) {
  if (takes_output()) return editor_.signal(sequence);
  signal_ = std::move(sequence);
  draw_soon();
}

void Screen::show_prompt() { draw_soon(); }

void Screen::draw_soon() {
  if (std::exchange(drawing_soon_, true)) return;
  draw_.expires_at(std::max(steady_clock::now(), next_));
  draw_.async_wait([this](const error_code& error) {
    drawing_soon_ = false;
    if (!error) draw();
  });
}

void Screen::draw() {
  if (is_held()) return;
  if (takes_output()) {
    waiting_.leave_out(at_once_);
    flush();
    if (std::exchange(amended_, false)) redraw(From::items);
    return;
  }
  next_ = steady_clock::now() + pace;
  draw_soon();
}

void Screen::flush() {
  std::vector<Item> items;
  if (const std::size_t left_out = waiting_.take_left_out(); left_out > 0)
    items.push_back({now(), Notice{grouped(left_out) + " messages not shown; /history shows the last ones"}});
  const std::size_t passing = waiting_.passing();
  std::ranges::move(waiting_.take(), std::back_inserter(items));
  const std::size_t columns = editor_.columns();
  const auto began = steady_clock::now();
  std::string lines;
  std::vector<std::string> each = typesetter_.each(items, columns, now());
  for (std::size_t nth = 0; nth < items.size(); ++nth) {
    lines += each[nth];
    shown_.emplace_back(Drawn{std::move(items[nth]), std::move(each[nth])});
  }
  columns_ = columns;
  editor_.draw(lines, prompt_(columns));
  if (!signal_.empty()) editor_.signal(std::exchange(signal_, {}));
  adapt(passing, steady_clock::now() - began);
  if (shown_.size() > most_rows) shown_.erase(shown_.begin(), shown_.end() - most_rows);
}

/// Adapts the passing messages of a drawing, and the time to the next one, to the terminal's speed: on a slow
/// line drawing also delays the person's typing.
void Screen::adapt(std::size_t drawn, steady_clock::duration took) {
  next_ = steady_clock::now() + std::max<steady_clock::duration>(pace, took);
  if (took <= patience) {
    at_once_ = std::min(2 * at_once_, most_at_once);
  } else {
    const auto share = static_cast<std::size_t>(drawn * patience / took);
    at_once_ = std::max(editor_.rows(), share);
  }
}

void Screen::resize() {
  resizing_ = true;
  editor_.hold();
  resize_.expires_after(to_rest);
  resize_.async_wait([this](const error_code& error) {
    if (error) return;
    if (!takes_output()) return resize();
    resizing_ = false;
    editor_.resize();
    redraw(From::items);
  });
}

void Screen::repaint() { redraw(From::top); }

void Screen::clear() {
  flush();
  shown_.clear();
  typesetter_.begin_anew();
  editor_.repaint({}, prompt_(editor_.columns()));
}

void Screen::dress(Palette palette, Look look) {
  typesetter_.dress(palette, look);
  redraw(From::items);
}

void Screen::note(std::string_view lines) { shown_.emplace_back(Drawn{std::nullopt, std::string(lines)}); }

/// Asks for the cursor's place first, which tells how many drawn lines are still on the screen.
void Screen::redraw(From from) {
  if (LineEditor::is_plain()) {
    editor_.repaint({}, prompt_(editor_.columns()));
    return release();
  }
  if (is_locating()) {
    awaited_ = Awaited::stale;
    return;
  }
  const auto found = [this, from](const LineEditor::Cursor& cursor) {
    answers_ = true;
    located(from, cursor);
  };
  if (!answers_ || !editor_.find_cursor(found)) return redraw(from, 0);
  awaited_ = Awaited::cursor;
  locate_.expires_after(answer_time);
  locate_.async_wait([this, from](const error_code& error) {
    if (error || !is_locating()) return;
    answers_ = false;
    located(from, {});
  });
}

/// While the terminal's width is changing nothing is drawn: the lines still on the screen are unknown, and
/// some would be erased without being drawn again.
void Screen::located(From from, const LineEditor::Cursor& cursor) {
  if (!is_locating()) return;  // too late
  const bool stale = std::exchange(awaited_, Awaited::nothing) == Awaited::stale;
  locate_.cancel();
  if (resizing_) return;
  if (stale) return redraw(from);
  const bool untold = cursor.row > 0 && cursor.columns != editor_.columns();
  if (untold && ++untold_ < most_untold) return redraw_later(from);
  untold_ = 0;
  redraw(from, cursor.row);
}

void Screen::redraw_later(From from) {
  awaited_ = Awaited::width;
  locate_.expires_after(to_rest);
  locate_.async_wait([this, from](const error_code& error) {
    if (!error && !resizing_) redraw(from);
  });
}

/// `cursor`: the cursor's row, from 1; 0: unknown, and the prompt counts as at the bottom. Redraws all items
/// that are wholly on the screen, and none that has scrolled off; the visible rest of an item that is partly
/// on the screen stays. The rows are erased first: tmux would join rows that are not erased with those that
/// have scrolled off.
void Screen::redraw(From from, std::size_t cursor) {
  const std::size_t columns = editor_.columns();
  const std::size_t wrapped = rewraps_ ? columns : std::max(columns, columns_);
  const std::size_t begun = editor_.rows_above_cursor() + 1;
  std::size_t left = cursor == 0 ? editor_.rows() - std::min(editor_.rows(), editor_.line_rows())
                                 : cursor - std::min(cursor, begun);
  std::size_t first = shown_.size();
  for (; first > 0; --first) {
    const Drawn& last = shown_[first - 1];
    const std::size_t height = client::rows(last.lines, wrapped);
    if (height > left || (from == From::items && last.is_break())) break;
    left -= height;
  }
  const bool all = from == From::top || cursor == 0;
  const std::string part(all && first > 0 ? last_rows(shown_[first - 1].lines, left, wrapped) : "");
  editor_.repaint_from(all ? 1 : left + 1, part + set_again(first), prompt_(columns));
  columns_ = columns;
  release();
}

void Screen::release() {
  awaited_ = Awaited::nothing;
  draw_soon();
}

/// Lays out the items from `first` on for the present width and look.
std::string Screen::set_again(std::size_t first) {
  const std::size_t columns = editor_.columns();
  typesetter_.begin_anew();
  // So that the typesetter knows the previous item's day.
  if (first > 0 && shown_[first - 1].item) typesetter_.lines(*shown_[first - 1].item, columns, now());
  std::string lines;
  for (std::size_t nth = first; nth < shown_.size(); ++nth) {
    Drawn& drawn = shown_[nth];
    if (drawn.item) drawn.lines = typesetter_.lines(*drawn.item, columns, now());
    lines += drawn.lines;
  }
  return lines;
}

}  // namespace hubbub::client::terminal
