#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hubbub::protocol {

/// The text in a form of Unicode, by options of utf8proc (UTF8PROC_COMPOSE and the like; UTF8PROC_STABLE
/// always). Nothing: it is no UTF-8, or there is no memory.
std::optional<std::string> normalise(std::string_view text, unsigned options);

}  // namespace hubbub::protocol
