#include "client/settings_value.hpp"

#include <algorithm>
#include <charconv>

#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::client::setting {
namespace {

constexpr std::string_view separators = " \t,";

Texts split(std::string_view text) {
  Texts words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Complaint not_a(const Value& value, std::string_view kind_and_remedy) {
  return shown(value) + " is no " + std::string(kind_and_remedy);
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + quoted(word);
  return text;
}

Complaint none_of(const Value& value, const std::vector<std::string>& words) {
  return shown(value) + " is not known; there are " + listed(words);
}

Complaint read_parsed(const Value& value, Texts& into, std::string_view example,
                      protocol::Result<protocol::Name> (*parse)(std::string_view)) {
  const auto* texts = std::get_if<Texts>(&value);
  if (texts == nullptr) return not_a(value, "list of names; write " + std::string(example));
  Texts names;
  for (const std::string& text : *texts) {
    const auto name = parse(text);
    if (!name) return shown(text) + " cannot be one: " + protocol::for_terminal(name.error().text);
    names.push_back(name->shown);
  }
  into = std::move(names);
  return std::nullopt;
}

}  // namespace

Value typed_value(Kind kind, std::string_view typed) {
  if (kind == Kind::texts) return split(typed);
  if (kind == Kind::flag) {
    for (const std::string_view yes : {"on", "true", "yes"})
      if (typed == yes) return true;
    for (const std::string_view no : {"off", "false", "no"})
      if (typed == no) return false;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), number);
  const bool whole = error == std::errc() && end == typed.data() + typed.size();
  if (kind == Kind::count && whole) return number;
  return std::string(typed);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') out += '\\';
    out += byte;
  }
  return out += '"';
}

std::string quoted(const Texts& texts) { return '[' + listed(texts) + ']'; }

std::string shown(const Value& value) {
  struct {
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const std::string& text) const {
      constexpr std::size_t enough = 60;
      const std::string_view start = protocol::prefix(text, enough);
      return quoted(protocol::for_terminal(start)) + (start.size() < text.size() ? "…" : "");
    }
    std::string operator()(const Texts&) const { return "a list"; }
    std::string operator()(const Foreign& foreign) const { return foreign.kind; }
  } show;
  return std::visit(show, value);
}

Complaint read_flag(const Value& value, bool& into) {
  const auto* flag = std::get_if<bool>(&value);
  if (flag == nullptr) return not_a(value, "choice between true and false");
  into = *flag;
  return std::nullopt;
}

Complaint read_count(const Value& value, std::size_t& into) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number < 0)
    return not_a(value, "count; write a whole number that is not negative");
  into = static_cast<std::size_t>(*number);
  return std::nullopt;
}

Complaint read_word(const Value& value, const std::vector<std::string>& words, std::size_t& place) {
  // In TOML 256 is a number; people write it with and without quotes.
  const auto* number = std::get_if<std::int64_t>(&value);
  const auto* text = std::get_if<std::string>(&value);
  const std::string word = number != nullptr ? std::to_string(*number) : text != nullptr ? *text : "";
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return none_of(value, words);
  place = static_cast<std::size_t>(found - words.begin());
  return std::nullopt;
}

Complaint read_words(const Value& value, const std::vector<std::string>& words, Texts& into) {
  const auto* texts = std::get_if<Texts>(&value);
  if (texts == nullptr) return not_a(value, "list; write [" + listed(words) + "] or less of it");
  for (const std::string& text : *texts) {
    if (std::find(words.begin(), words.end(), text) == words.end()) return none_of(text, words);
  }
  into = *texts;
  return std::nullopt;
}

Complaint read_phrases(const Value& value, Texts& into) {
  constexpr std::size_t most_bytes = 100;
  const auto* texts = std::get_if<Texts>(&value);
  if (texts == nullptr) return not_a(value, R"(list of words; write ["release", "小明"])");
  for (const std::string& text : *texts) {
    const auto clean = protocol::clean_text(text, most_bytes);
    if (!clean) return shown(text) + " cannot be one: " + clean.error().text;
    if (*clean != text || text.find_first_of("\n\t") != std::string::npos || split(text).empty())
      return shown(text) + " cannot be one; write one line of plain text";
  }
  into = *texts;
  return std::nullopt;
}

Complaint read_names(const Value& value, Texts& into) {
  return read_parsed(value, into, R"(["bob", "eve"])", protocol::parse_name);
}

Complaint read_rooms(const Value& value, Texts& into) {
  return read_parsed(value, into, R"(["lobby", "dev"])",
                     [](std::string_view text) { return protocol::parse_room(protocol::typed::room(text)); });
}

}  // namespace hubbub::client::setting
