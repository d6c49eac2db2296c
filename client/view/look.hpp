#pragma once

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

}  // namespace hubbub::client
