#pragma once

#include <string_view>

namespace hubbub::protocol {

/// What a letter or digit outside ASCII, of whatever script, looks like in small Latin letters: "a" for
/// U+0430 CYRILLIC SMALL LETTER A. Where no Latin letter is like it, one letter stands for all that are like
/// one another. Empty: like nothing but itself.
std::string_view look_of(char32_t letter);

}  // namespace hubbub::protocol
