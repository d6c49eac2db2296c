#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a setting's value may look like, whether it stands in the file or behind /set. It knows nothing of
/// TOML.
namespace hubbub::client::setting {

/// A value that no key takes: what it is, such as "a table".
struct Foreign {
  std::string kind;
};
using Texts = std::vector<std::string>;
using Value = std::variant<bool, std::int64_t, std::string, Texts, Foreign>;

/// What is wrong with a value, as the end of a sentence; nothing when it was read.
using Complaint = std::optional<std::string>;

/// What kind of value a key takes.
enum class Kind { flag, count, word, texts };

/// What was typed, as a value of that kind: `on`, `12`, `auto`, `bob, eve`, and as it is printed: `true`,
/// `"auto"`,
/// `["bob", "eve"]`. What cannot be read so is text.
Value typed_value(Kind kind, std::string_view typed);

/// The value as TOML writes it, made safe for a terminal, and cut short when it is long.
std::string shown(const Value& value);
/// A basic string of TOML, with its quotes; a list of such.
std::string in_quotes(std::string_view text);
std::string in_quotes(const Texts& texts);

Complaint read_flag(const Value& value, bool& into);
Complaint read_count(const Value& value, std::size_t& into);
/// One of some words: its place among them.
Complaint read_word(const Value& value, const std::vector<std::string>& words, std::size_t& place);
/// Any number of such words.
Complaint read_words(const Value& value, const std::vector<std::string>& words, Texts& into);
/// Words and phrases that people may write: one line each, not empty.
Complaint read_phrases(const Value& value, Texts& into);
/// Names of people, or of rooms.
Complaint read_names(const Value& value, Texts& into);
Complaint read_rooms(const Value& value, Texts& into);

}  // namespace hubbub::client::setting
