#pragma once

#include <string>

namespace hubbub::protocol {

/// What people are told of a character: "a space", "'#'", "'€' (U+20AC)", "a zero-width joiner (U+200D)". It
/// is fit for a terminal: what prints nothing, or more than itself, is described, or has its code point
/// alone.
std::string described(char32_t value);

}  // namespace hubbub::protocol
