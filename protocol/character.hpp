#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hubbub::protocol {

/// What people are told of a character: "a space", "'#'", "'€' (U+20AC)", "a zero-width joiner (U+200D)". It
/// is fit for a terminal: what prints nothing, or more than itself, is described, or has its code point
/// alone.
std::string described(char32_t value);

void append_utf8(std::string& out, char32_t value);

/// The text in a form of Unicode, by options of utf8proc (UTF8PROC_COMPOSE and the like; UTF8PROC_STABLE
/// always). Nothing: it is no UTF-8, or there is no memory.
std::optional<std::string> normalise(std::string_view text, unsigned options);

}  // namespace hubbub::protocol
