#pragma once

#include <iconv.h>

#include <string>
#include <string_view>

namespace hubbub::client::terminal {

/// Converts between UTF-8 and the terminal's encoding, such as KOI8-R.
class Encoding {
 public:
  /// Whether iconv(3) knows the encoding.
  static bool is_known(const std::string& codeset);

  /// Errors: std::invalid_argument, for an unknown encoding.
  explicit Encoding(const std::string& codeset);
  ~Encoding();
  Encoding(const Encoding&) = delete;
  Encoding& operator=(const Encoding&) = delete;

  /// Typed bytes, converted to UTF-8. An incomplete character is kept until its end comes; invalid bytes
  /// become U+FFFD.
  std::string from_terminal(std::string_view bytes);
  /// Whether bytes that came together are a UTF-8 character rather than text in this encoding: a terminal
  /// that uses UTF-8 may run under a locale that names another encoding. Detected only for single-byte
  /// encodings, and only if the bytes would be an implausible sequence in them, such as a letter and a box
  /// drawing.
  bool is_rather_utf8(std::string_view bytes) const;
  /// Text for the terminal, with the same number of columns (wcwidth(3)): a character that the encoding lacks
  /// is replaced by a similar one, or by a question mark for each column. An incomplete character is kept
  /// until its end comes.
  std::string to_terminal(std::string_view text);

 private:
  std::string converted(std::string_view character);

  iconv_t typed_;
  iconv_t shown_;
  std::string reading_;  ///< typed bytes of an incomplete character
  std::string writing_;  ///< bytes of an incomplete character to be shown
};

/// Makes the program, Readline included, treat characters as UTF-8 in every locale, even in "C" and "POSIX"
/// and in one that is not installed, as on many servers. Returns the terminal's encoding, as iconv(3) names
/// it: "UTF-8", unless the locale, installed or not, names another encoding than ASCII, such as ru_RU.KOI8-R.
/// Changes the environment: call it before threads start.
std::string use_utf8();

}  // namespace hubbub::client::terminal
