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
/// In a message that mentions the reader, the author and the reader's name are highlighted, and the bar is
/// bold. On a narrow screen the column of names shrinks; on a very narrow one names have lines of their own.
/// All names and texts from the server are made safe for a terminal here, and every further line of a message
/// stands behind a bar, so that it cannot pass for another person's.
class Typesetter {
 public:
  /// Most columns for names.
  static constexpr std::size_t widest_name = 12;
  /// On fewer columns than this, names have lines of their own.
  static constexpr std::size_t narrow = 40;

  Typesetter(Palette palette, Look look, const Glyphs& glyphs);
  void dress(Palette palette, Look look);

  /// Lays out the items, in order, for a screen of that many columns, of which the last stays free. Whole
  /// lines, each ended by "\n"; only links may be longer. A date stands before the first item of a new day,
  /// but before the very first item only if its day is not that of `now`. Headings and similar lines have no
  /// day.
  std::vector<std::string> each(const std::vector<Item>& items, std::size_t columns, protocol::Timestamp now);
  /// Lays out one item in the same way.
  std::string lines(const Item& item, std::size_t columns, protocol::Timestamp now);

  /// The screen was cleared: the next item is the very first.
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
