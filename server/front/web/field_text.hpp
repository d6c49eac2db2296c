#pragma once

#include <string_view>
#include <vector>

/// What is within the value of a field (RFC 9110, 5.6).
namespace hubbub::front::http {

/// Without blanks and tabs around it.
inline std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// The parts between the separators, trimmed; none is within quotes in the fields that are read here.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace hubbub::front::http
