#pragma once

#include <string>
#include <string_view>

namespace hubbub::client {

/// How a person wants things to look.
struct Look {
  enum class Color {
    automatic,  ///< what the terminal can do, by its environment
    never,
    always,  ///< 16 at least, whatever the environment says
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

/// The signs that are more than ASCII where the terminal has them.
struct Glyphs {
  std::string_view bar;          ///< between a name and what it says
  std::string_view mention_bar;  ///< the same, where one is mentioned oneself
  std::string_view rule;         ///< separators are made of it
  std::string_view notice;       ///< in the place of a name; not "*", which is what a person does
  std::string_view arrow;        ///< from whom to whom
  std::string_view dot;          ///< between rooms
  std::string_view ellipsis;     ///< for what was cut; one column
};

inline constexpr Glyphs unicode_glyphs = {"│", "┃", "─", "—", "→", "·", "…"};
inline constexpr Glyphs ascii_glyphs = {"|", ">", "-", "-", "->", "-", "~"};

/// `codeset`: what the terminal speaks; `term`: $TERM.
const Glyphs& glyphs_for(std::string_view codeset, std::string_view term);

/// What a piece of text is, as far as its look goes.
enum class Style {
  plain,
  faint,    ///< what should stand back: times, notices
  room,     ///< the current room, headings
  unread,   ///< counts, the unread line
  mention,  ///< counts of mentions, one's own name in a text
  own,      ///< one's own name before what one said
  whisper,  ///< private messages
  warning,  ///< errors
  offline,  ///< the state of the connection when it is bad
  found,    ///< words that were searched for
};

/// The colours of a terminal, as ECMA-48 "select graphic rendition" sequences. They can be read on dark as on
/// light backgrounds: nothing sets the background or the terminal's default colours, and no colour
/// is very bright or very dark.
class Palette {
 public:
  enum class Depth {
    none,   ///< plain text
    basic,  ///< the terminal's own 16 colours
    wide    ///< 256 colours
  };

  explicit Palette(Depth depth) : depth_(depth) {}

  /// What turns a style on and off again; both empty where there is nothing to turn on.
  std::string begin(Style style) const;
  std::string end(Style style) const;
  /// `text` between the two; nothing around an empty text.
  std::string dressed(Style style, std::string_view text) const;

  /// A name in its colour: always the same, whoever sees it; `Alice` and `ALICE` have one.
  std::string name(std::string_view shown) const { return name(shown, shown); }
  /// The same for what is left of it after cutting.
  std::string name(std::string_view shown, std::string_view as) const;
  std::string faint(std::string_view text) const { return dressed(Style::faint, text); }
  std::string warning(std::string_view text) const { return dressed(Style::warning, text); }

 private:
  std::string dressed(std::string_view sequence, std::string_view text) const;

  Depth depth_;
};

/// What a terminal can do, by its environment: $TERM and $COLORTERM.
Palette::Depth depth_of(std::string_view term, std::string_view colorterm);

}  // namespace hubbub::client
