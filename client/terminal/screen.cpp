#include "client/terminal/screen.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "client/terminal/clock.hpp"
#include "client/view/layout.hpp"

namespace hubbub::client::terminal {

using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

/// While a window is pulled to another size, that changes many times a second.
constexpr std::chrono::milliseconds to_rest{60};
/// Each item has one row at least.
constexpr std::size_t most_rows = 300;

/// A message of a room, like hundreds of others.
bool is_passing(const Item& item) {
  const auto* said = std::get_if<Said>(&item.what);
  return said != nullptr && !said->is_private() && said->mentions.empty() && !said->own;
}

/// Whether the terminal takes bytes: over a slow line it may still have its hands full.
bool takes_output() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&output, 1, 0) != 0;  // an error shows when it is written to
}

/// 4210 as "4,210".
std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

/// The last of the lines, so many rows high.
std::string_view last_rows(std::string_view lines, std::size_t most, std::size_t columns) {
  std::size_t begin = lines.size();
  while (begin > 0) {
    const std::size_t before = begin < 2 ? std::string_view::npos : lines.rfind('\n', begin - 2);
    const std::size_t line = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t height = rows(lines.substr(line, begin - line), columns);
    if (height > most) break;
    most -= height;
    begin = line;
  }
  return lines.substr(begin);
}

}  // namespace

Screen::Screen(boost::asio::io_context& io, LineEditor& editor, Typesetter typesetter, Prompt prompt)
    : editor_(editor),
      typesetter_(std::move(typesetter)),
      prompt_(std::move(prompt)),
      draw_(io),
      resize_(io) {}

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
  if (takes_output()) {
    waiting_.leave_out(at_once_);
    return flush();
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
  editor_.draw(typesetter_.lines(items, columns, now()), prompt_(columns));
  if (!signal_.empty()) editor_.signal(std::exchange(signal_, {}));
  adapt(passing, steady_clock::now() - began);
  std::move(items.begin(), items.end(), std::back_inserter(shown_));
  if (shown_.size() > most_rows) shown_.erase(shown_.begin(), shown_.end() - most_rows);
}

/// A terminal at the end of a slow line keeps us waiting, and whoever types there too.
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
  resize_.expires_after(to_rest);
  resize_.async_wait([this](const error_code& error) {
    if (error) return;
    if (!takes_output()) return resize();
    editor_.resize();
    repaint();
  });
}

void Screen::repaint() {
  flush();
  editor_.repaint(editor_.is_plain() ? std::string() : screenful(), prompt_(editor_.columns()));
}

void Screen::clear() {
  flush();
  shown_.clear();
  typesetter_.begin_anew();
  editor_.repaint({}, prompt_(editor_.columns()));
}

void Screen::dress(Palette palette, Look look) {
  flush();
  typesetter_.dress(palette, look);
  repaint();
}

/// What fits above the line; of a first item that does not fit its end.
std::string Screen::screenful() {
  const std::size_t columns = editor_.columns();
  const std::size_t most = editor_.rows() - std::min(editor_.rows(), editor_.line_rows());
  std::vector<Item> items(shown_.end() - static_cast<std::ptrdiff_t>(std::min(most, shown_.size())),
                          shown_.end());
  typesetter_.begin_anew();
  const std::string lines = typesetter_.lines(items, columns, now());
  return std::string(last_rows(lines, most, columns));
}

}  // namespace hubbub::client::terminal
