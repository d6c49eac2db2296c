#include "server/config_keys.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <vector>

namespace hubbub::config {
namespace {

/// The row of a value that lives in one room's settings: `key<Size, &Config::net,
/// &net::Settings::send_queue>`.
template <class Kind, auto Settings, auto Member>
constexpr Key key(std::string_view section, std::string_view name) {
  return {section, name,
          [](const Value& value, Config& into) { return Kind::read(value, (into.*Settings).*Member); },
          [](const Config& config) { return Kind::print((config.*Settings).*Member); }};
}

/// The row of a value that the configuration itself keeps.
template <class Kind, auto Member>
constexpr Key key(std::string_view section, std::string_view name) {
  return {section, name, [](const Value& value, Config& into) { return Kind::read(value, into.*Member); },
          [](const Config& config) { return Kind::print(config.*Member); }};
}

/// The length of a line concerns two rooms of the house: one cuts by it, the other tells clients.
Complaint read_line(const Value& value, Config& into) {
  auto complaint = Size::read(value, into.chat.line_bytes);
  into.net.line_bytes = into.chat.line_bytes;
  return complaint;
}
std::string print_line(const Config& config) { return Size::print(config.chat.line_bytes); }

constexpr std::array table{
    key<Title, &Config::chat, &chat::Settings::server_name>("server", "name"),
    key<Notice, &Config::chat, &chat::Settings::motd>("server", "motd"),
    key<Addresses, &Config::listen>("server", "listen"),
    key<Room, &Config::chat, &chat::Settings::default_room>("server", "default_room"),
    key<Path, &Config::state_dir>("server", "state_dir"),

    key<Count, &Config::net, &net::Settings::connections>("limits", "connections"),
    key<Count, &Config::net, &net::Settings::connections_per_address>("limits", "connections_per_address"),
    key<Rate, &Config::net, &net::Settings::connects_per_second_per_address>(
        "limits", "connects_per_second_per_address"),
    key<Count, &Config::net, &net::Settings::connects_burst_per_address>("limits",
                                                                         "connects_burst_per_address"),
    Key{"limits", "line", read_line, print_line},
    key<Size, &Config::chat, &chat::Settings::text_bytes>("limits", "text"),
    key<Count, &Config::chat, &chat::Settings::rooms>("limits", "rooms"),
    key<Count, &Config::chat, &chat::Settings::rooms_per_session>("limits", "rooms_per_session"),
    key<Rate, &Config::chat, &chat::Settings::messages_per_second>("limits", "messages_per_second"),
    key<Count, &Config::chat, &chat::Settings::messages_burst>("limits", "messages_burst"),
    key<Rate, &Config::chat, &chat::Settings::messages_per_second_per_address>(
        "limits", "messages_per_second_per_address"),
    key<Count, &Config::chat, &chat::Settings::messages_burst_per_address>("limits",
                                                                           "messages_burst_per_address"),
    key<Rate, &Config::chat, &chat::Settings::queries_per_second>("limits", "queries_per_second"),
    key<Count, &Config::chat, &chat::Settings::queries_burst>("limits", "queries_burst"),
    key<Size, &Config::net, &net::Settings::send_queue_soft>("limits", "send_queue_soft"),
    key<Size, &Config::net, &net::Settings::send_queue>("limits", "send_queue"),
    key<Count, &Config::chat, &chat::Settings::presence_members>("limits", "presence_members"),

    key<Duration, &Config::net, &net::Settings::sniff>("timeouts", "sniff"),
    key<Duration, &Config::net, &net::Settings::hello>("timeouts", "hello"),
    key<Duration, &Config::net, &net::Settings::idle>("timeouts", "idle"),
    key<Duration, &Config::net, &net::Settings::idle_text>("timeouts", "idle_text"),
    key<Duration, &Config::net, &net::Settings::ping>("timeouts", "ping"),
    key<Duration, &Config::net, &net::Settings::claim>("timeouts", "claim"),
    key<Duration, &Config::chat, &chat::Settings::tell_timeout>("timeouts", "tell"),
    key<Duration, &Config::net, &net::Settings::stall>("timeouts", "stall"),
    key<Duration, &Config::net, &net::Settings::shutdown>("timeouts", "shutdown"),

    key<Engine, &Config::history, &journal::Settings::engine>("history", "engine"),
    key<Count, &Config::chat, &chat::Settings::replay>("history", "replay"),
    key<Count, &Config::history, &journal::Settings::keep_messages>("history", "keep_messages"),
    key<Duration, &Config::history, &journal::Settings::keep_age>("history", "keep_age"),
    key<Duration, &Config::history, &journal::Settings::grace>("history", "grace"),
    key<Size, &Config::history, &journal::Settings::memory>("history", "memory"),
    key<Size, &Config::history, &journal::Settings::memory_total>("history", "memory_total"),
    key<Sync, &Config::history, &journal::Settings::sync>("history", "sync"),

    key<LogLevel, &Config::log, &ops::log::Settings::level>("log", "level"),
    key<LogFormat, &Config::log, &ops::log::Settings::format>("log", "format"),
};

/// Levenshtein's: how many letters to add, drop or change to make one word of the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row.front();
    row.front() = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

/// The candidate nearest to a word; none when all are so far away that it would be a riddle.
const std::string* nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string joined(const std::vector<std::string>& words) {
  std::string list;
  for (const auto& word : words) list.append(list.empty() ? "" : ", ").append(word);
  return list;
}

std::vector<std::string> sections() {
  std::vector<std::string> names;
  for (const auto& key : table) {
    if (names.empty() || names.back() != key.section) names.emplace_back(key.section);
  }
  return names;
}

std::vector<std::string> names_in(std::string_view section) {
  std::vector<std::string> names;
  for (const auto& key : table) {
    if (key.section == section) names.emplace_back(key.name);
  }
  return names;
}

/// The right word in the wrong section.
const Key* elsewhere(std::string_view name) {
  const auto* const found =
      std::find_if(table.begin(), table.end(), [&](const Key& key) { return key.name == name; });
  return found == table.end() ? nullptr : found;
}

}  // namespace

std::span<const Key> keys() { return table; }

const Key* find_key(std::string_view section, std::string_view name) {
  const auto* const found = std::find_if(
      table.begin(), table.end(), [&](const Key& key) { return key.section == section && key.name == name; });
  return found == table.end() ? nullptr : found;
}

bool is_section(std::string_view section) {
  return std::any_of(table.begin(), table.end(), [&](const Key& key) { return key.section == section; });
}

std::string dotted(std::string_view section, std::string_view name) {
  std::string text(section);
  if (!section.empty()) text += '.';
  return text.append(name);
}

std::string suggestion_for_key(std::string_view section, std::string_view name) {
  if (const auto* key = elsewhere(name)) return "did you mean " + dotted(key->section, key->name) + "?";
  if (section.empty()) return "every key is in a section: " + joined(sections());
  const auto names = names_in(section);
  if (const auto* near = nearest(name, names)) return "did you mean " + dotted(section, *near) + "?";
  return "[" + std::string(section) + "] has " + joined(names);
}

std::string suggestion_for_section(std::string_view section) {
  const auto names = sections();
  if (const auto* near = nearest(section, names)) return "did you mean [" + *near + "]?";
  return "there are " + joined(names);
}

}  // namespace hubbub::config
