#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

/// The daemon's log: one event is one line on stderr, made by Boost.Log (which stays inside log.cpp). Every
/// module may write to it. Text from users is escaped here, so a caller passes it as it is; message texts are
/// passed at debug level only.
namespace hubbub::ops::log {

enum class Level { trace, debug, info, warning, error };

/// How lines are written: `human` with local time and level, for a terminal; `plain` the same with
/// UTC and without colours; `systemd` with a "<N>" priority prefix (sd-daemon(3)) and no time, since
/// the systemd journal has its own; `json` as one JSON object, for programs; `automatic` picks one of the
/// first three by what stderr is ($JOURNAL_STREAM, isatty).
enum class Format { automatic, human, plain, systemd, json };

struct Settings {
  Level level = Level::info;
  Format format = Format::automatic;
};

std::string_view to_string(Level level);
/// Nothing: there is no level of that name.
std::optional<Level> level_from(std::string_view name);
std::string_view to_string(Format format);

/// A named value after the event's words: " name=alice", quoted and escaped where it needs to be. Fields
/// about a client come in this order, as far as they are known: connection, address, name, other fields,
/// reason, duration_ms, count. No key is called time, level, channel or event.
struct Field {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, std::uint64_t> value;
};
using Fields = std::initializer_list<Field>;
using FieldSpan = std::span<const Field>;

/// Takes effect at once; may be called again.
void configure(const Settings& settings);
/// Whether a line of that level would be written: to be asked before fields that are costly to make.
bool enabled(Level level);
/// `channel` is the module that logs: "net", "chat", "journal", "daemon". `what` is the event in the server's
/// words, such as "listening on tcp://127.0.0.1:7717".
void write(Level level, std::string_view channel, std::string_view what, FieldSpan fields);
inline void write(Level level, std::string_view channel, std::string_view what, Fields fields = {}) {
  write(level, channel, what, FieldSpan(fields.begin(), fields.size()));
}

inline void debug(std::string_view channel, std::string_view what, Fields fields = {}) {
  write(Level::debug, channel, what, fields);
}
inline void info(std::string_view channel, std::string_view what, Fields fields = {}) {
  write(Level::info, channel, what, fields);
}
inline void warning(std::string_view channel, std::string_view what, Fields fields = {}) {
  write(Level::warning, channel, what, fields);
}
inline void error(std::string_view channel, std::string_view what, Fields fields = {}) {
  write(Level::error, channel, what, fields);
}

}  // namespace hubbub::ops::log
