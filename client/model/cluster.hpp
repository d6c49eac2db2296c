#pragma once

#include <cstddef>
#include <string_view>

namespace hubbub::client {

/// The length in bytes of what a reader takes for one character at the front of a text, which must not be
/// empty: a letter with its marks, an emoji joined from several (Unicode, UAX #29, extended grapheme
/// clusters). A byte that is no UTF-8 is one by itself.
std::size_t front_cluster(std::string_view text);

}  // namespace hubbub::client
