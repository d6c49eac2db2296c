#pragma once

#include <charconv>
#include <cstddef>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hubbub::durability {

/// For each "--name" of a program that people run, the function that takes its value, which is the next
/// argument.
using Arguments = std::map<std::string, std::function<void(std::string_view)>>;

template <class Number>
auto number_into(Number& into) {
  return [&into](std::string_view text) {
    if (std::from_chars(text.data(), text.data() + text.size(), into).ptr != text.data() + text.size()) {
      throw std::runtime_error("\"" + std::string(text) + "\" is no number");
    }
  };
}

inline auto text_into(std::string& into) {
  return [&into](std::string_view text) { into = text; };
}

/// Errors: std::runtime_error, which also lists the known names.
inline void read_arguments(int argc, char** argv, const Arguments& known) {
  for (int i = 1; i < argc; i += 2) {
    const auto found = known.find(argv[i]);
    if (found != known.end() && i + 1 < argc) {
      found->second(argv[i + 1]);
      continue;
    }
    std::string text = "\"" + std::string(argv[i]) + "\" is not known, or lacks its value; there are:";
    for (const auto& [name, set] : known) text += ' ' + name;
    throw std::runtime_error(text);
  }
}

}  // namespace hubbub::durability
