#pragma once

#include <string>
#include <string_view>

namespace hubbub::client {

/// A person's settings for the look of the screen.
struct Look {
  enum class Color {
    automatic,  ///< as many as the terminal has, by its environment
    never,
    always,  ///< at least 16, whatever the environment says
    basic,   ///< 16
    wide     ///< 256
  };
  enum class Times { minutes, seconds, off };
  enum class Date {
    words,  ///< Saturday, 21 November 2026
    iso     ///< 2026-11-21
  };

  Color color = Color::automatic;
  Times times = Times::minutes;
  Date date = Date::words;
};

/// Signs outside ASCII, or their ASCII substitutes.
struct Glyphs {
  std::string_view bar;          ///< between a name and its text
  std::string_view mention_bar;  ///< the bar of a message that mentions the reader
  std::string_view rule;         ///< separators are made of it
  std::string_view notice;       ///< stands in the column of names; "*" is taken for actions
  std::string_view arrow;        ///< between sender and recipient
  std::string_view dot;          ///< between rooms
  std::string_view ellipsis;     ///< for text that was cut off; one column
};

inline constexpr Glyphs unicode_glyphs = {"│", "┃", "─", "—", "→", "·", "…"};
inline constexpr Glyphs ascii_glyphs = {"|", ">", "-", "-", "->", "-", "~"};

/// `codeset`: the terminal's encoding; `term`: $TERM.
const Glyphs& glyphs_for(std::string_view codeset, std::string_view term);

/// The roles of text that have a look of their own.
enum class Style {
  plain,
  faint,    ///< less important text: times, notices
  room,     ///< the current room, headings
  unread,   ///< counts, the unread line
  mention,  ///< counts of mentions, the reader's name in a text
  own,      ///< the reader's name before own messages
  whisper,  ///< private messages
  warning,  ///< errors
  offline,  ///< the state of the connection when it is bad
  found,    ///< words that were searched for
};

/// The colours of a terminal, as ECMA-48 "select graphic rendition" sequences. Readable on dark and light
/// backgrounds: no sequence sets the background or the default colours, and no colour is very bright or very
/// dark.
class Palette {
 public:
  enum class Depth {
    none,   ///< plain text
    basic,  ///< the terminal's own 16 colours
    wide    ///< 256 colours
  };

  explicit Palette(Depth depth) : depth_(depth) {}

  /// The sequences that turn a style on and off; both empty for a style without a look.
  std::string begin(Style style) const;
  std::string end(Style style) const;
  /// `text` between begin() and end(); an empty text stays empty.
  std::string dressed(Style style, std::string_view text) const;

  /// A name in its colour, which is the same in every client, and for `Alice` and `ALICE`.
  std::string name(std::string_view shown) const { return name(shown, shown); }
  /// `shown` is the cut name, in the colour of the whole name `as`.
  std::string name(std::string_view shown, std::string_view as) const;
  std::string faint(std::string_view text) const { return dressed(Style::faint, text); }
  std::string warning(std::string_view text) const { return dressed(Style::warning, text); }

 private:
  std::string dressed(std::string_view sequence, std::string_view text) const;

  Depth depth_;
};

/// The colours that a terminal has, by its environment: $TERM and $COLORTERM.
Palette::Depth depth_of(std::string_view term, std::string_view colorterm);

}  // namespace hubbub::client
