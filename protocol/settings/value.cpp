#include "protocol/settings/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocol/settings/toml.hpp"
#include "protocol/text.hpp"

namespace hubbub::settings {
namespace {

/// Offset behind the closing quotation mark of a text that begins with one; the end of the text, if it has
/// none.
std::size_t end_of_quoted(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return text.size();
}

/// A text without quotation marks as it is, one with them as TOML reads it. What TOML refuses is what stands
/// between them.
std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  const auto parsed = parse_toml("text = " + std::string(text), false);
  const auto* root = std::get_if<Entry>(&parsed);
  const bool is_one = root != nullptr && root->entries.size() == 1;
  const auto* read = is_one ? std::get_if<std::string>(&root->entries.front().value) : nullptr;
  return read != nullptr ? *read : std::string(text.substr(1, text.size() - 2));
}

/// Reads a list as people type it or as it is printed: `bob, eve`, `"release candidate" 小明`, `["bob",
/// "eve"]`, `[]`.
Texts typed_list(std::string_view typed) {
  constexpr std::string_view separators = " \t,";
  if (typed.size() >= 2 && typed.front() == '[' && typed.back() == ']')
    typed = typed.substr(1, typed.size() - 2);
  Texts texts;
  while (true) {
    typed.remove_prefix(std::min(typed.find_first_not_of(separators), typed.size()));
    if (typed.empty()) return texts;
    const std::size_t end =
        typed.front() == '"' ? end_of_quoted(typed) : std::min(typed.find_first_of(separators), typed.size());
    texts.emplace_back(unquoted(typed.substr(0, end)));
    typed.remove_prefix(end);
  }
}

void append_quoted(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out.append(1, '\\').append(1, c);
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\t') {
    out += "\\t";
  } else if (byte < 0x20 || byte == 0x7F) {
    out.append("\\u00").append(1, hex[byte >> 4U]).append(1, hex[byte & 0xFU]);
  } else {
    out += c;
  }
}

}  // namespace

Value typed_value(Form form, std::string_view typed) {
  if (form == Form::list) return typed_list(typed);
  if (form == Form::flag) {
    for (const std::string_view yes : {"on", "true", "yes"})
      if (typed == yes) return true;
    for (const std::string_view no : {"off", "false", "no"})
      if (typed == no) return false;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), number);
  const bool is_whole = error == std::errc() && end == typed.data() + typed.size();
  if (form == Form::number && is_whole) return number;
  return unquoted(typed);
}

std::string shown(const Value& value) {
  struct {
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const {
      std::array<char, 32> buffer{};
      return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr};
    }
    std::string operator()(const std::string& text) const {
      constexpr std::size_t enough = 60;
      const auto start = protocol::prefix(text, enough);
      return protocol::for_terminal(in_quotes(start)) + (start.size() < text.size() ? "…" : "");
    }
    std::string operator()(const Texts& /*texts*/) const { return "a list"; }
    std::string operator()(const Foreign& foreign) const { return foreign.kind; }
  } show;
  return std::visit(show, value);
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) append_quoted(out, c);
  return out += '"';
}

std::string in_quotes(const Texts& texts) { return '[' + listed_in_quotes(texts) + ']'; }

std::string listed_in_quotes(const Texts& words) {
  return protocol::listed(words, [](const std::string& word) { return in_quotes(word); });
}

}  // namespace hubbub::settings
