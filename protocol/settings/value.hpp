#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The value of a setting, from a file, from a flag or typed by a person.
namespace hubbub::settings {

/// A value of a type that no key takes; `kind` names the type, such as "a date or time".
struct Foreign {
  std::string kind;
  bool operator==(const Foreign&) const = default;
};
using Texts = std::vector<std::string>;
using Value = std::variant<bool, std::int64_t, double, std::string, Texts, Foreign>;

/// What is wrong with a value, as the end of a sentence; nothing: the value was read.
using Complaint = std::optional<std::string>;

/// How people type a value.
enum class Form { flag, number, text, list };

/// Reads typed text as a value of the form: `on`, `12`, `auto`, `bob, eve`, and the printed forms `true`,
/// `"auto"`, `["bob", "eve"]`. Text that does not fit the form becomes a text value.
Value typed_value(Form form, std::string_view typed);

/// The value as TOML writes it, made safe for a terminal, and cut short when it is long.
std::string shown(const Value& value);
/// A basic string of TOML, with its quotes; for Texts, an array of basic strings.
std::string in_quotes(std::string_view text);
std::string in_quotes(const Texts& texts);
/// The words with commas between them, each in quotes.
std::string listed_in_quotes(const Texts& words);

}  // namespace hubbub::settings
