#pragma once

#include <string>
#include <string_view>

namespace hubbub::client {

/// The colours of a terminal, as ECMA-48 "select graphic rendition" sequences.
class Palette {
 public:
  enum class Depth {
    none,   ///< plain text
    basic,  ///< the terminal's own 16 colours
    wide    ///< 256 colours
  };

  explicit Palette(Depth depth) : depth_(depth) {}

  /// A name in its colour: always the same, whoever sees it; `Alice` and `ALICE` have one.
  std::string name(std::string_view shown) const;
  /// What should stand back: times, notices.
  std::string faint(std::string_view text) const;
  std::string warning(std::string_view text) const;

 private:
  std::string dressed(std::string_view sequence, std::string_view text) const;

  Depth depth_;
};

/// What a terminal can do, by its environment. `term` and `colorterm` may be nullptr.
Palette::Depth depth_of(const char* term, const char* colorterm);

}  // namespace hubbub::client
