#pragma once

#include <string>
#include <string_view>
#include <variant>

/// Reads and replaces whole files. Errors are values of errno(3).
namespace hubbub::settings {

std::variant<std::string, int> contents(const std::string& path);

/// Replaces the file in one step, by rename(2), and keeps its mode: at any moment a complete file is there.
/// Makes missing folders, and follows a symbolic link, also one to nothing yet in a folder that
/// is there. 0: done.
int replace(const std::string& path, std::string_view bytes);

}  // namespace hubbub::settings
