#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "client/model/item.hpp"
#include "client/view/line.hpp"
#include "client/view/look.hpp"

namespace hubbub::client {

/// Puts items into lines for a screen:
///
///     ── Saturday, 21 November 2026 ──
///     09:30  alice │ hi
///     09:31   小明 │ a long message is wrapped, and goes on
///                  │ under its beginning
///     09:31      * │ alice waves
///     09:32 [alice → you] psst
///     09:33      — │ bob has joined
///
/// Where one is mentioned, the author and one's name stand out, and the bar is bold. On a narrow screen the
/// column of names shrinks; on a very narrow one names have lines of their own. Everything that came from
/// others is made safe for a terminal here, and every further line of a message stands behind a bar, so that
/// it cannot pass for somebody else's.
class Typesetter {
 public:
  /// Names are shown in so many columns at most.
  static constexpr std::size_t widest_name = 12;
  /// On fewer columns than this, names have lines of their own.
  static constexpr std::size_t narrow = 40;

  Typesetter(Palette palette, Look look, const Glyphs& glyphs);
  void dress(Palette palette, Look look);

  /// The items in their order, on a screen of so many columns, of which the last is left free. Whole
  /// lines, each ended by "\n"; none is longer than that but for links. Before the first item of another day
  /// than the last one's stands its date; before the very first only when that is not the day of `now`. Lines
  /// between others (headings and the like) are of no day.
  std::vector<std::string> each(const std::vector<Item>& items, std::size_t columns, protocol::Timestamp now);
  /// The same of one.
  std::string lines(const Item& item, std::size_t columns, protocol::Timestamp now);

  /// The next item is the very first: the screen was cleared.
  void begin_anew() { day_.clear(); }

 private:
  void make_room_for(const Item& item);
  std::string set(const Item& item, std::size_t columns, protocol::Timestamp now);
  std::string day_line(const Item& item, const Line& line, protocol::Timestamp now);

  Palette palette_;
  Look look_;
  const Glyphs* glyphs_;
  std::size_t name_columns_ = 5;  ///< as wide as the widest name so far; it only grows
  std::string day_;               ///< of the last item; empty: there is none
};

}  // namespace hubbub::client
