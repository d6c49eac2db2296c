#include "protocol/settings/table.hpp"

#include <algorithm>
#include <utility>

#include "protocol/spelling.hpp"
#include "protocol/text.hpp"

namespace hubbub::settings {
namespace {

Texts sections(const Table& table) {
  Texts names;
  if (!table.group.section.empty()) names.emplace_back(table.group.section);
  for (const auto& key : table.keys) {
    if (!key.section.empty() && (names.empty() || names.back() != key.section))
      names.emplace_back(key.section);
  }
  if (!table.series.section.empty()) names.emplace_back(table.series.section);
  return names;
}

/// One reading of a file.
class Reader {
 public:
  Reader(const Table& table, Whole& into) : table_(table), into_(into) {}

  std::optional<Fault> read(const Entry& root) {
    for (const auto& entry : root.entries) read_top(entry);
    if (faults_.first() || table_.settle == nullptr) return faults_.first();
    return table_.settle(into_, lines_);
  }

 private:
  void read_top(const Entry& entry) {
    const auto known = sections(table_);
    if (std::find(known.begin(), known.end(), entry.name) != known.end()) return read_section(entry);
    if (!entry.is_table || table_.find("", entry.name) != nullptr) return read_key("", entry);
    faults_.add(entry.line,
                "unknown section [" + named(entry.name) + "]; " + table_.suggestion_for_section(entry.name));
  }

  void read_section(const Entry& section) {
    if (section.name == table_.series.section) {
      if (section.is_series) return table_.series.read(section.entries, into_, faults_);
      return faults_.add(section.line, section.name + " may be there several times; write [[" + section.name +
                                           "]] and its keys below");
    }
    if (!section.is_table) return faults_.add(section.line, wants_section(section.name));
    for (const auto& entry : section.entries) {
      if (section.name == table_.group.section) {
        table_.group.read(entry, into_, faults_);
      } else {
        read_key(section.name, entry);
      }
    }
  }

  void read_key(std::string_view section, const Entry& entry) {
    const auto name = dotted(section, entry.name);
    const auto* key = table_.find(section, entry.name);
    if (key == nullptr) {
      return faults_.add(
          entry.line, "unknown key " + named(name) + "; " + table_.suggestion_for_key(section, entry.name));
    }
    lines_[name] = entry.line;
    if (const auto complaint = key->read(entry.value, into_))
      faults_.add(entry.line, name + ": " + *complaint);
  }

  const Table& table_;
  Whole& into_;
  Lines lines_;
  Faults faults_;
};

}  // namespace

void Faults::add(std::uint32_t line, std::string sentence) {
  if (!first_ || line < first_->line) first_ = {line, std::move(sentence)};
}

const Key* Table::find(std::string_view section, std::string_view name) const {
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const Key& key) { return key.section == section && key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

const Key* Table::find(std::string_view dotted) const {
  const auto [section, name] = split(dotted);
  return find(section, name);
}

std::optional<std::string> Table::read(std::string_view toml, const std::string& path, Whole& into) const {
  const auto parsed = parse_toml(toml, has_fractions);
  const auto* root = std::get_if<Entry>(&parsed);
  const auto fault = root == nullptr ? std::get<Fault>(parsed) : Reader(*this, into).read(*root);
  if (!fault) return std::nullopt;
  return path + ":" + std::to_string(fault->line) + ": " + fault->sentence;
}

std::string Table::print(const Whole& whole) const {
  std::string text;
  std::string_view section;
  for (const auto& key : keys) {
    if (key.section != section) {
      section = key.section;
      text.append(text.empty() ? "[" : "\n[").append(section).append("]\n");
    }
    text.append(key.name).append(" = ").append(key.print(whole)).append(1, '\n');
  }
  if (series.print != nullptr) text += series.print(whole);
  return text;
}

Texts Table::names() const {
  Texts names;
  for (const auto& key : keys) names.emplace_back(dotted(key.section, key.name));
  return names;
}

Texts Table::waiting_for_restart(const Whole& running, const Whole& wanted) const {
  Texts names;
  for (const auto& key : keys) {
    if (key.effect == Effect::restart && key.print(running) != key.print(wanted))
      names.emplace_back(dotted(key.section, key.name));
  }
  return names;
}

std::string Table::suggestion_for_key(std::string_view section, std::string_view name) const {
  // A known name in the wrong section comes before a misspelt one.
  for (const auto& key : keys) {
    if (key.name == name) return "did you mean " + dotted(key.section, key.name) + "?";
  }
  if (advice == Advice::table) {
    const auto all = names();
    const auto* near = protocol::nearest(dotted(section, name), all, bytes_per_slip);
    return near == nullptr ? "there are " + protocol::listed(all) : "did you mean " + *near + "?";
  }
  if (section.empty()) return "every key is in a section: " + protocol::listed(sections(*this));
  Texts beside;
  for (const auto& key : keys) {
    if (key.section == section) beside.emplace_back(key.name);
  }
  const auto* near = protocol::nearest(name, beside, bytes_per_slip);
  if (near != nullptr) return "did you mean " + dotted(section, *near) + "?";
  return "[" + std::string(section) + "] has " + protocol::listed(beside);
}

std::string Table::suggestion_for_section(std::string_view section) const {
  const auto names = sections(*this);
  const auto* near = protocol::nearest(section, names, bytes_per_slip);
  return near == nullptr ? "there are " + protocol::listed(names) : "did you mean [" + *near + "]?";
}

std::string dotted(std::string_view section, std::string_view name) {
  std::string text(section);
  if (!section.empty()) text += '.';
  return text.append(name);
}

std::pair<std::string_view, std::string_view> split(std::string_view dotted) {
  const std::size_t dot = dotted.find('.');
  if (dot == std::string_view::npos) return {"", dotted};
  return {dotted.substr(0, dot), dotted.substr(dot + 1)};
}

std::string named(std::string_view name) {
  constexpr std::size_t enough = 60;
  return protocol::for_terminal(protocol::prefix(name, enough));
}

std::string wants_section(const std::string& name) {
  return name + " is a section; write [" + name + "] and its keys below";
}

}  // namespace hubbub::settings
