#include "client/settings_value.hpp"

#include <algorithm>
#include <charconv>

#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::client::setting {
namespace {

constexpr std::string_view separators = " \t,";

/// Behind the quotation mark that ends what one begins; the end where none does.
std::size_t end_of_quoted(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return text.size();
}

/// What in_quotes() was made of; what has no quotation marks around it stays as it is.
std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string plain;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] == '\\' && at + 2 < text.size()) ++at;
    plain += text[at];
  }
  return plain;
}

Texts split(std::string_view text) {
  Texts words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// A list as it is typed, or as /set prints it: `bob, eve`, `"release candidate" 小明`, `["bob", "eve"]`,
/// `[]`.
Texts listed_texts(std::string_view typed) {
  if (typed.size() >= 2 && typed.front() == '[' && typed.back() == ']')
    typed = typed.substr(1, typed.size() - 2);
  Texts texts;
  while (true) {
    typed.remove_prefix(std::min(typed.find_first_not_of(separators), typed.size()));
    if (typed.empty()) return texts;
    const std::size_t end =
        typed.front() == '"' ? end_of_quoted(typed) : std::min(typed.find_first_of(separators), typed.size());
    texts.push_back(unquoted(typed.substr(0, end)));
    typed.remove_prefix(end);
  }
}

Complaint not_a(const Value& value, std::string_view kind_and_remedy) {
  return shown(value) + " is no " + std::string(kind_and_remedy);
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + in_quotes(word);
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
  if (kind == Kind::texts) return listed_texts(typed);
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
  return unquoted(typed);
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') out += '\\';
    out += byte;
  }
  return out += '"';
}

std::string in_quotes(const Texts& texts) { return '[' + listed(texts) + ']'; }

std::string shown(const Value& value) {
  struct {
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const std::string& text) const {
      constexpr std::size_t enough = 60;
      const std::string_view start = protocol::prefix(text, enough);
      return in_quotes(protocol::for_terminal(start)) + (start.size() < text.size() ? "…" : "");
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
