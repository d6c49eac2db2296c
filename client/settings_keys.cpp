#include "client/settings_keys.hpp"
#include "protocol/spelling.hpp"

#include <algorithm>
#include <array>

namespace hubbub::client::setting {
namespace {

using Strings = std::vector<std::string>;
using S = PersonalSettings;

std::string in_words(bool flag) { return flag ? "true" : "false"; }

Strings flag_words() { return {"on", "off"}; }
// In the order of the enumerators.
Strings color_words() { return {"auto", "never", "always", "16", "256"}; }
Strings time_words() { return {"HH:MM", "HH:MM:SS", "off"}; }
Strings date_words() { return {"words", "iso"}; }
Strings presence_words() { return {"smart", "all", "none"}; }
Strings notify_words() { return {"mention", "private"}; }

/// The row of a flag, of a list, or of one of several words, that one room's settings keep.
template <auto Room, auto Member>
constexpr Key flag(std::string_view section, std::string_view name) {
  return {section,
          name,
          Kind::flag,
          [](const Value& value, S& into) { return read_flag(value, (into.*Room).*Member); },
          [](const S& settings) { return in_words((settings.*Room).*Member); },
          flag_words};
}

template <auto Room, auto Member, auto Read>
constexpr Key list(std::string_view section, std::string_view name) {
  return {section, name, Kind::texts,
          [](const Value& value, S& into) { return Read(value, (into.*Room).*Member); },
          [](const S& settings) { return in_quotes((settings.*Room).*Member); }};
}

template <auto Room, auto Member, auto Words>
constexpr Key word(std::string_view section, std::string_view name) {
  return {section,
          name,
          Kind::word,
          [](const Value& value, S& into) {
            auto& member = (into.*Room).*Member;
            std::size_t place = 0;
            auto complaint = read_word(value, Words(), place);
            if (!complaint) member = static_cast<std::decay_t<decltype(member)>>(place);
            return complaint;
          },
          [](const S& settings) {
            return in_quotes(Words()[static_cast<std::size_t>((settings.*Room).*Member)]);
          },
          Words};
}

Complaint read_default_server(const Value& value, S& into) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return shown(value) + " is no name of a server; write text, such as \"home\"";
  into.default_server = *text;
  return std::nullopt;
}

Complaint read_occasions(const Value& value, S& into) {
  Texts occasions;
  auto complaint = read_words(value, notify_words(), occasions);
  if (complaint) return complaint;
  const auto has = [&](std::string_view word) {
    return std::find(occasions.begin(), occasions.end(), word) != occasions.end();
  };
  into.notify.on_mention = has("mention");
  into.notify.on_private = has("private");
  return std::nullopt;
}
std::string print_occasions(const S& settings) {
  Texts occasions;
  if (settings.notify.on_mention) occasions.emplace_back("mention");
  if (settings.notify.on_private) occasions.emplace_back("private");
  return in_quotes(occasions);
}

Complaint read_paste(const Value& value, S& into) {
  return read_count(value, into.input.paste_confirm_lines);
}
std::string print_paste(const S& settings) { return std::to_string(settings.input.paste_confirm_lines); }

constexpr std::array table{
    Key{"", "default_server", Kind::word, read_default_server,
        [](const S& settings) { return in_quotes(settings.default_server); }},
    list<&S::preferences, &Preferences::highlight, read_phrases>("", "highlight"),
    list<&S::preferences, &Preferences::ignore, read_names>("", "ignore"),
    list<&S::preferences, &Preferences::mute, read_rooms>("", "mute"),

    word<&S::look, &Look::color, color_words>("look", "color"),
    word<&S::look, &Look::times, time_words>("look", "times"),
    word<&S::look, &Look::date, date_words>("look", "date"),

    flag<&S::notify, &Notify::bell>("notify", "bell"),
    flag<&S::notify, &Notify::desktop>("notify", "desktop"),
    Key{"notify", "on", Kind::texts, read_occasions, print_occasions, notify_words},

    word<&S::preferences, &Preferences::presence, presence_words>("presence", "show"),

    Key{"input", "paste_confirm_lines", Kind::count, read_paste, print_paste},
};

std::string joined(const Strings& words) {
  std::string text;
  for (const std::string& each : words) text += (text.empty() ? "" : ", ") + each;
  return text;
}

Strings sections() {
  Strings names{"servers"};
  for (const Key& key : table) {
    if (!key.section.empty() && names.back() != key.section) names.emplace_back(key.section);
  }
  return names;
}

Strings dotted_names() {
  Strings names;
  for (const Key& key : table) names.push_back(dotted(key.section, key.name));
  return names;
}

}  // namespace

std::span<const Key> keys() { return table; }

const Key* find_key(std::string_view section, std::string_view name) {
  const auto* const found = std::find_if(
      table.begin(), table.end(), [&](const Key& key) { return key.section == section && key.name == name; });
  return found == table.end() ? nullptr : found;
}

const Key* find_key(std::string_view dotted) {
  const std::size_t dot = dotted.find('.');
  if (dot == std::string_view::npos) return find_key("", dotted);
  return find_key(dotted.substr(0, dot), dotted.substr(dot + 1));
}

bool is_section(std::string_view section) {
  return !section.empty() &&
         std::any_of(table.begin(), table.end(), [&](const Key& key) { return key.section == section; });
}

std::string dotted(std::string_view section, std::string_view name) {
  std::string text(section);
  if (!section.empty()) text += '.';
  return text.append(name);
}

std::string suggestion_for_key(std::string_view section, std::string_view name) {
  // The right word in the wrong section, or a slip of the pen.
  for (const Key& key : table) {
    if (key.name == name) return "did you mean " + dotted(key.section, key.name) + "?";
  }
  const Strings names = dotted_names();
  if (const std::string* near = protocol::nearest(dotted(section, name), names))
    return "did you mean " + *near + "?";
  return "there are " + joined(names);
}

std::string suggestion_for_section(std::string_view section) {
  const Strings names = sections();
  if (const std::string* near = protocol::nearest(section, names)) return "did you mean [" + *near + "]?";
  return "there are " + joined(names);
}

}  // namespace hubbub::client::setting
