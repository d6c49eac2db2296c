#pragma once

#include <iconv.h>

#include <string>
#include <string_view>

namespace hubbub::client::terminal {

/// Between UTF-8 and what a terminal speaks, such as KOI8-R.
class Encoding {
 public:
  /// Whether there is one of that name (iconv(3)).
  static bool is_known(const std::string& codeset);

  /// std::invalid_argument: there is none of that name.
  explicit Encoding(const std::string& codeset);
  ~Encoding();
  Encoding(const Encoding&) = delete;
  Encoding& operator=(const Encoding&) = delete;

  /// What was typed, in UTF-8. The beginning of a character waits for its end; what is none becomes U+FFFD.
  std::string from_terminal(std::string_view bytes);
  /// Whether bytes that came at once are a character of UTF-8 rather than what somebody types in this
  /// encoding: a terminal that speaks UTF-8 may be in a locale that says otherwise. Only encodings of one
  /// byte for each character can be told from it, and only where its bytes would be such as a letter and a
  /// box drawing.
  bool is_rather_utf8(std::string_view bytes) const;
  /// What is to be shown. It takes up as many columns as before (wcwidth(3)): a character that the terminal
  /// does not have is replaced by one that is like it, or by a question mark for each column. The beginning
  /// of a character waits for its end.
  std::string to_terminal(std::string_view text);

 private:
  std::string converted(std::string_view character);

  iconv_t typed_;
  iconv_t shown_;
  std::string reading_;  ///< typed, and not complete
  std::string writing_;  ///< to be shown, and not complete
};

/// Has the program, Readline included, count characters as UTF-8, whatever the locale says: also where it is
/// "C" or "POSIX", or not set up at all, as on many a server. Returns the terminal's encoding, as iconv(3)
/// knows it: "UTF-8", unless the locale names another that is more than ASCII, such as ru_RU.KOI8-R; it does
/// not matter whether that locale is installed. It changes the environment: before there are threads.
std::string use_utf8();

}  // namespace hubbub::client::terminal
