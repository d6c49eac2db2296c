#pragma once

#include <string>
#include <string_view>
#include <variant>

/// Files as a whole. What goes wrong is told as errno has it.
namespace hubbub::settings {

std::variant<std::string, int> contents(const std::string& path);

/// Puts a file with those bytes in the place of the old one, with its mode, so that at any moment there is a
/// whole one; its folders are made. Where a link stands, that is done where it leads, even if nothing is
/// there yet, in a folder that must be there. 0: it is done.
int replace(const std::string& path, std::string_view bytes);

}  // namespace hubbub::settings
