#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include "protocol/settings/toml.hpp"

#include <toml++/toml.h>

#include <algorithm>

#include "protocol/text.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::settings {
namespace {

Foreign foreign(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return {"a table"};
    case toml::node_type::array:
      return {"a list of something other than text"};
    case toml::node_type::floating_point:
      return {"a fraction"};
    default:
      return {"a date or time"};
  }
}

Value value_of(const toml::node& node, bool fractions) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point(); number != nullptr && fractions) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  const auto* array = node.as_array();
  if (array == nullptr) return foreign(node);
  Texts texts;
  for (const auto& element : *array) {
    const auto* text = element.as_string();
    if (text == nullptr) return foreign(node);
    texts.emplace_back(text->get());
  }
  return texts;
}

std::vector<Entry> entries_of(const toml::table& table, bool fractions) {
  std::vector<Entry> entries;
  for (const auto& [key, node] : table) {
    auto& entry = entries.emplace_back(
        Entry{std::string(key.str()), key.source().begin.line, value_of(node, fractions)});
    const auto* inner = node.as_table();
    entry.is_table = inner != nullptr;
    if (inner != nullptr) entry.entries = entries_of(*inner, fractions);
    const auto* list = node.as_array();
    entry.is_series = list != nullptr && list->is_homogeneous(toml::node_type::table);
    if (!entry.is_series) continue;
    for (const auto& element : *list) {
      entry.entries.push_back({.line = element.source().begin.line,
                               .is_table = true,
                               .entries = entries_of(*element.as_table(), fractions)});
    }
  }
  return entries;
}

/// Translates the library's lines and columns into byte offsets: both count from 1, columns in code points.
class Places {
 public:
  explicit Places(std::string_view bytes) : bytes_(bytes) {}

  /// Offset at which the line begins; the end of the text, if there is no such line.
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

/// The last line among the table's keys that are not tables; 0: there are none.
std::size_t last_line(const toml::table& table) {
  std::size_t last = 0;
  for (const auto& [name, node] : table) {
    if (!node.is_table()) last = std::max<std::size_t>(last, node.source().end.line);
  }
  return last;
}

/// The line of the first header, or of the comment above it; 0: there is none.
std::size_t first_header(const toml::table& root, const Places& places) {
  std::size_t first = 0;
  for (const auto& [name, node] : root) {
    const std::size_t line = node.source().begin.line;
    if (node.is_table() && places.begins_with(line, '[') && (first == 0 || line < first)) first = line;
  }
  while (first > 1 && places.begins_with(first - 1, '#')) --first;
  return first;
}

/// Inserts a line at the end of its section's keys, and makes the section if it is missing. Nothing: the
/// section takes no further line.
std::optional<std::string> with_line(std::string bytes, const toml::table& root, std::string_view section,
                                     const std::string& line) {
  if (!bytes.empty() && bytes.back() != '\n') bytes += '\n';
  const Places places(bytes);
  const auto* node = section.empty() ? &root : root.get(section);
  const auto* table = node == nullptr ? nullptr : node->as_table();
  if (table == nullptr)
    return bytes + (bytes.empty() ? "" : "\n") + '[' + std::string(section) + "]\n" + line;
  const std::size_t last = last_line(*table);
  if (section.empty() && last == 0) {
    const std::size_t header = first_header(root, places);
    return header == 0 ? bytes + line : bytes.insert(places.line(header), line + '\n');
  }
  const std::size_t header = table->source().begin.line;
  if (!section.empty() && !places.begins_with(header, '[')) return std::nullopt;
  return bytes.insert(places.line((last == 0 ? header : last) + 1), line);
}

}  // namespace

std::variant<Entry, Fault> parse_toml(std::string_view text, bool fractions) {
  const auto parsed = toml::parse(text);
  if (parsed) return Entry{.entries = entries_of(parsed.table(), fractions)};
  const auto& error = parsed.error();
  return Fault{error.source().begin.line, protocol::for_terminal(error.description())};
}

std::optional<std::string> with_value(std::string_view text, std::string_view section, std::string_view name,
                                      std::string_view value) {
  const auto parsed = toml::parse(text);
  const toml::table& root = parsed.table();
  const auto node = section.empty() ? root[name] : root[section][name];
  std::string changed(text);
  if (!node) return with_line(changed, root, section, std::string(name) + " = " + std::string(value) + '\n');
  const Places places(text);
  const auto& source = node.node()->source();
  const std::size_t begin = places.place(source.begin);
  return changed.replace(begin, places.place(source.end) - begin, value);
}

}  // namespace hubbub::settings
