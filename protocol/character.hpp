#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hubbub::protocol {

/// A character as messages to people name it: "a space", "'#'", "'€' (U+20AC)", "a zero-width joiner
/// (U+200D)". Safe on a terminal: a character that prints nothing, or acts on its neighbours, is named in
/// words or by its code point alone.
std::string described(char32_t value);

void append_utf8(std::string& out, char32_t value);

/// The text in a Unicode normalisation form, chosen by options of utf8proc (such as UTF8PROC_COMPOSE;
/// UTF8PROC_STABLE is always added). Nothing: the text is not UTF-8, or memory ran out.
std::optional<std::string> normalise(std::string_view text, unsigned options);

}  // namespace hubbub::protocol
