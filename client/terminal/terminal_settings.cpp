// Preferences and settings, for this run or saved in the file.
#include <algorithm>
#include <utility>

#include "client/model/preferences.hpp"
#include "client/terminal/terminal.hpp"
#include "protocol/name.hpp"
#include "protocol/spelling.hpp"
#include "protocol/text.hpp"

namespace hubbub::client::terminal {

using protocol::Code;
using protocol::for_terminal;
using protocol::listed;
using protocol::same_name;
using Strings = std::vector<std::string>;

namespace {

/// "; did you mean bob?", if one of the names is near; else empty.
std::string did_you_mean(std::string_view name, const Strings& names) {
  const std::string* near = protocol::nearest(name, names);
  return near == nullptr ? "" : "; did you mean " + for_terminal(*near) + "?";
}

bool has(const Strings& names, std::string_view name) {
  return std::ranges::any_of(names, [name](const auto& each) { return same_name(each, name); });
}

/// " is ignored until the client ends or you say /unignore bob".
std::string held(const std::string& what, const std::string& command, const std::string& name, bool kept) {
  if (kept) {
    return " is " + what + " for good, as " + settings_path() + " says; /un" + command + " -s " + name +
           " ends it";
  }
  return " is " + what + " until the client ends, or until /un" + command + ' ' + name + "; /" + command +
         " -s " + name + " keeps it";
}

/// The error for a change that cannot be saved; it still holds for this run.
protocol::Error only_for_this_run(const protocol::Error& mistake) {
  return {mistake.code, mistake.text + "; so it holds until the client ends, and is not kept"};
}

}  // namespace

/// Adds a name to a list in the settings and in their file, or removes it. False: failed.
bool Terminal::keep_listed(std::string_view key, NameList list, const std::string& name, bool is_in) {
  auto kept = load_settings(settings_path());
  if (const auto* bad = std::get_if<BadSettings>(&kept)) {
    refuse(only_for_this_run({Code::storage_failed, bad->sentence + "; mend that first"}));
    return false;
  }
  auto& file = std::get<PersonalSettings>(kept);
  for (PersonalSettings* each : {&file, &settings_}) {
    NameSet names(each->preferences.*list);
    is_in ? names.add(name) : names.remove(name);
    each->preferences.*list = names.shown();
  }
  const auto mistake = keep_setting(settings_path(), file, key);
  if (mistake) refuse(only_for_this_run(*mistake));
  model_.prefer(settings_.preferences);
  return !mistake;
}

/// "bob (for good), eve (until the client ends)"
std::string Terminal::listed_until(const Strings& names, NameList list) const {
  const auto kept = load_settings(settings_path());
  const auto* file = std::get_if<PersonalSettings>(&kept);
  return listed(names, [&](const std::string& name) {
    const bool for_good = file != nullptr && has(file->preferences.*list, name);
    return for_terminal(name) + (for_good ? " (for good)" : " (until the client ends)");
  });
}

/// A warning that no person of that name is known; empty: one is known.
std::string Terminal::doubt_of_name(const std::string& name) const {
  const Strings known = model_.people();
  if (has(known, name)) return {};
  return "nobody of that name has been here, as far as this client knows" + did_you_mean(name, known);
}

void Terminal::carry_out(const own::Ignore& ignore) {
  const Strings& ignored = model_.ignored();
  if (ignore.name.empty()) {
    return notice(ignored.empty() ? "you ignore nobody; /ignore NAME ignores somebody"
                                  : "you ignore " + listed_until(ignored, &Preferences::ignore));
  }
  const auto parsed = protocol::parse_name(ignore.name);
  if (!parsed) return refuse(parsed.error());
  const std::string& name = parsed->shown;
  if (same_name(name, model_.me())) return refuse({Code::name_invalid, "that is you"});
  const std::string doubt = doubt_of_name(name);
  const bool fresh = model_.ignore(name);
  if (ignore.keep && !keep_listed("ignore", &Preferences::ignore, name, true)) return;
  std::string text =
      name + (fresh || ignore.keep ? held("ignored", "ignore", name, ignore.keep) : " was ignored already");
  if (fresh && !doubt.empty()) text += '\n' + doubt;
  notice(std::move(text));
}

void Terminal::carry_out(const own::Unignore& unignore) {
  const std::string& name = unignore.name;
  const bool kept = has(settings_.preferences.ignore, name);
  const bool was = model_.unignore(name) || (unignore.keep && kept);
  if (unignore.keep && !keep_listed("ignore", &Preferences::ignore, name, false)) return;
  if (!was) return notice(name + " was not ignored" + did_you_mean(name, model_.ignored()));
  const bool again = !unignore.keep && kept;
  notice(
      name + " is heard again" +
      (again ? " until the client ends; /unignore -s " + name + " takes the name out of the settings" : ""));
}

void Terminal::carry_out(const own::Mute& mute) {
  if (mute.name.empty()) {
    return notice(model_.muted().empty() ? "no room is muted; /mute ROOM mutes one"
                                         : "muted: " + listed_until(model_.muted(), &Preferences::mute));
  }
  const auto parsed = protocol::parse_room(mute.name);
  if (!parsed) return refuse(parsed.error());
  const std::string& room = parsed->shown;
  const bool fresh = model_.mute(room);
  if (mute.keep && !keep_listed("mute", &Preferences::mute, room, true)) return;
  std::string text =
      room + (fresh || mute.keep ? held("muted", "mute", room, mute.keep) : " was muted already");
  if (fresh && model_.find(room) == nullptr) {
    Strings rooms;
    for (const Room& each : model_.rooms()) rooms.push_back(each.name());
    text += "\nyou are in no room of that name" + did_you_mean(room, rooms);
  }
  notice(std::move(text));
  screen_->show_prompt();
}

void Terminal::carry_out(const own::Unmute& unmute) {
  const std::string room = unmute.name.empty() ? model_.current() : unmute.name;
  const bool kept = has(settings_.preferences.mute, room);
  const bool was = model_.unmute(room) || (unmute.keep && kept);
  if (unmute.keep && !keep_listed("mute", &Preferences::mute, room, false)) return;
  const bool again = !unmute.keep && kept;
  if (was) {
    notice(room + " is no longer muted" +
           (again ? " until the client ends; /unmute -s " + room + " takes it out of the settings" : ""));
  } else {
    notice(room + " was not muted" + did_you_mean(room, model_.muted()));
  }
  screen_->show_prompt();
}

void Terminal::carry_out(const own::Set& set) {
  if (set.value) {
    if (const auto mistake = set_setting(settings_, set.key, *set.value)) return refuse(*mistake);
    model_.prefer(settings_.preferences);
    screen_->dress(palette(), settings_.look);
  }
  if (set.keep) {
    if (const auto mistake = keep_setting(settings_path(), settings_, set.key))
      return refuse(set.value ? only_for_this_run(*mistake) : *mistake);
    return show_settings(set.key, "\nfor good, as " + settings_path() + " says");
  }
  show_settings(set.key, set.value ? "\nuntil the client ends; /set -s " + set.key + " keeps it" : "");
}

/// Shows a setting, or all for an empty key, in the form that /set takes. `until`: words for how long it
/// holds.
void Terminal::show_settings(const std::string& key, const std::string& until) {
  std::string text;
  for (const std::string& each : key.empty() ? setting_keys() : Strings{key}) {
    const auto value = get_setting(settings_, each);
    if (!value) return refuse(value.error());
    text += (text.empty() ? "" : "\n") + each + " = " + *value;
  }
  text += until;
  const Strings choices = key.empty() || !until.empty() ? Strings() : setting_choices(key);
  if (!choices.empty()) text += "\nthere are " + listed(choices);
  if (key.empty()) {
    text += "\n/set KEY VALUE changes one until the client ends; /set -s KEY VALUE also puts it into " +
            settings_path() + "; [] empties a list";
  }
  notice(text);
}

}  // namespace hubbub::client::terminal
