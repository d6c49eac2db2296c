// With settings_file.cpp the only file of the client that knows the TOML library.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "client/settings.hpp"
#include "client/settings_keys.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::client {
namespace {

using protocol::Code;
using protocol::Error;
using protocol::Result;

/// A text, by the lines and columns of the library: both from 1, columns in code points.
class Text {
 public:
  explicit Text(std::string_view bytes) : bytes_(bytes) {}

  /// Where that line begins; the end, if there is none.
  std::size_t line(std::size_t number) const {
    std::size_t at = 0;
    for (; number > 1 && at < bytes_.size(); --number)
      at = std::min(bytes_.find('\n', at), bytes_.size() - 1) + 1;
    return at;
  }

  std::size_t place(const toml::source_position& position) const {
    std::size_t at = line(position.line);
    for (auto column = position.column; column > 1 && at < bytes_.size(); --column)
      at += protocol::front_code_point(bytes_.substr(at)).bytes;
    return at;
  }

  bool begins_with(std::size_t number, char sign) const {
    const std::size_t at = bytes_.find_first_not_of(" \t", line(number));
    return at < bytes_.size() && bytes_[at] == sign;
  }

 private:
  std::string_view bytes_;
};

/// The last line of the keys of a table that are not tables themselves; 0: there are none.
std::size_t last_line(const toml::table& table) {
  std::size_t last = 0;
  for (const auto& [name, node] : table) {
    if (!node.is_table()) last = std::max<std::size_t>(last, node.source().end.line);
  }
  return last;
}

/// The line of the first header, without the comment above it; 0: there is none.
std::size_t first_header(const toml::table& root, const Text& text) {
  std::size_t first = 0;
  for (const auto& [name, node] : root) {
    const std::size_t line = node.source().begin.line;
    if (node.is_table() && text.begins_with(line, '[') && (first == 0 || line < first)) first = line;
  }
  while (first > 1 && text.begins_with(first - 1, '#')) --first;
  return first;
}

/// Puts a line where it belongs in its section, which may have to be made. Nothing: it cannot have one.
std::optional<std::string> with_line(std::string bytes, const toml::table& root, std::string_view section,
                                     const std::string& line) {
  if (!bytes.empty() && bytes.back() != '\n') bytes += '\n';
  const Text text(bytes);
  const auto* node = section.empty() ? &root : root.get(section);
  const auto* table = node == nullptr ? nullptr : node->as_table();
  if (table == nullptr)
    return bytes + (bytes.empty() ? "" : "\n") + '[' + std::string(section) + "]\n" + line;
  const std::size_t last = last_line(*table);
  if (section.empty() && last == 0) {
    const std::size_t header = first_header(root, text);
    return header == 0 ? bytes + line : bytes.insert(text.line(header), line + '\n');
  }
  const std::size_t header = table->source().begin.line;
  if (!section.empty() && !text.begins_with(header, '[')) return std::nullopt;
  return bytes.insert(text.line((last == 0 ? header : last) + 1), line);
}

/// Whether the key has that value, and all others have what they had.
bool is_right(const PersonalSettings& before, const PersonalSettings& after, std::string_view key,
              std::string_view value) {
  const std::vector<std::string> keys = setting_keys();
  return std::all_of(keys.begin(), keys.end(), [&](const std::string& each) {
    return *get_setting(after, each) == (each == key ? value : *get_setting(before, each));
  });
}

}  // namespace

Result<std::string> with_setting(std::string_view toml, std::string_view key, std::string_view value,
                                 const std::string& path) {
  const auto before = parse_settings(toml, path);
  if (const auto* bad = std::get_if<BadSettings>(&before)) {
    return Error{Code::bad_request, bad->sentence + "; mend that first"};
  }
  const setting::Key* found = setting::find_key(key);
  if (found == nullptr) return get_setting({}, key).error();
  const auto parsed = toml::parse(toml, path);
  const toml::table& root = parsed.table();
  const std::string assignment = std::string(found->name) + " = " + std::string(value);
  const auto node = found->section.empty() ? root[found->name] : root[found->section][found->name];
  std::optional<std::string> text(toml);
  if (node) {
    const Text places(toml);
    const auto& source = node.node()->source();
    const std::size_t begin = places.place(source.begin);
    text->replace(begin, places.place(source.end) - begin, value);
  } else {
    text = with_line(std::string(toml), root, found->section, assignment + '\n');
  }
  const auto after =
      text ? parse_settings(*text, path) : std::variant<PersonalSettings, BadSettings>(BadSettings{});
  const auto* settings = std::get_if<PersonalSettings>(&after);
  if (settings != nullptr && is_right(std::get<PersonalSettings>(before), *settings, key, value))
    return *text;
  const std::string dotted(key);
  return Error{Code::bad_request, dotted + " cannot be put into " + path +
                                      "; write it there by hand: " + dotted + " = " + std::string(value)};
}

}  // namespace hubbub::client
