#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "client/view/look.hpp"
#include "protocol/timestamp.hpp"

namespace hubbub::client {

/// The time of day on the local clock: "09:30", or "09:30:15".
std::string time_of_day(protocol::Timestamp time, bool seconds);

/// The moment on the local clock, as RFC 3339 has it: "2026-11-21T10:30:00+01:00".
std::string moment(protocol::Timestamp time);

/// The local day: "2026-11-21".
std::string iso_day(protocol::Timestamp time);
/// "Saturday, 21 November 2026", or "Sat 21 Nov". In English in every locale, like all texts of the client.
std::string day_in_words(protocol::Timestamp time);
std::string short_day(protocol::Timestamp time);

/// Lays out the lines of a screen in common columns: a time, a name, a bar, and text wrapped to the right of
/// the bar.
class Line {
 public:
  struct Measures {
    std::size_t columns = 80;
    std::size_t name_columns = 12;
    bool narrow = false;  ///< names have lines of their own
  };

  Line(const Palette& palette, const Look& look, const Glyphs& glyphs, Measures measures)
      : palette_(palette), look_(look), glyphs_(glyphs), measures_(measures) {}

  /// "09:30  alice │ text". `name` has been cut to the column (see cut_name).
  std::string named(protocol::Timestamp time, const std::string& name, const std::string& bar,
                    std::string_view text) const;
  /// "09:30      — │ text": a sign in the column of names; on a narrow screen, on the line of the text.
  /// `its_bar` replaces the faint bar.
  std::string signed_with(protocol::Timestamp time, std::string_view sign, Style style, std::string_view text,
                          const std::string& its_bar = {}) const;
  /// "09:30 [alice → you] text": the head is as wide as it needs to be. `bar` stands before the further
  /// lines.
  std::string headed(const std::string& head, const std::string& bar, std::string_view text) const;
  /// "──── text ────"
  std::string separator(std::string_view text, std::size_t rules, Style style) const;

  std::string cut_name(std::string_view name) const;
  /// "09:30 ", faint; empty when times are off.
  std::string stamp(protocol::Timestamp time) const;
  const Measures& measures() const { return measures_; }

 private:
  std::string indent(std::size_t columns, const std::string& bar) const;

  const Palette& palette_;
  const Look& look_;
  const Glyphs& glyphs_;
  Measures measures_;
};

}  // namespace hubbub::client
