#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/config.hpp"

/// What a key's value may look like: one type per kind of value, each with `read` and `print`, which
/// understand each other. They know nothing of TOML, so that a flag's value goes the same way.
namespace hubbub::config {

/// A value that no key takes: what it is, such as "a date".
struct Foreign {
  std::string kind;
};
using Texts = std::vector<std::string>;
/// A value as written in the file or behind a flag.
using Value = std::variant<bool, std::int64_t, double, std::string, Texts, Foreign>;

/// What is wrong with a value, as the end of a sentence; nothing when it was read.
using Complaint = std::optional<std::string>;

/// The value as TOML writes it, cut short when it is long.
std::string shown(const Value& value);
/// A basic string of TOML, with its quotes.
std::string in_quotes(std::string_view text);

/// A short name for people: one line, not empty.
struct Title {
  static Complaint read(const Value& value, std::string& into);
  static std::string print(const std::string& text) { return in_quotes(text); }
};

/// A folder's path; empty for none.
struct Path {
  static Complaint read(const Value& value, std::string& into);
  static std::string print(const std::string& text) { return in_quotes(text); }
};

/// Text for people, of one line or several; empty for none.
struct Notice {
  static Complaint read(const Value& value, std::string& into);
  static std::string print(const std::string& text) { return in_quotes(text); }
};

/// A room's name.
struct Room {
  static Complaint read(const Value& value, std::string& into);
  static std::string print(const std::string& text) { return in_quotes(text); }
};

/// Addresses to listen on, tcp://HOST:PORT or unix:///PATH; at least one.
struct Addresses {
  static Complaint read(const Value& value, Texts& into);
  static std::string print(const Texts& addresses);
};

/// How many of something: a whole number that is not negative.
struct Count {
  static Complaint read(const Value& value, std::size_t& into);
  static std::string print(std::size_t count) { return std::to_string(count); }
};

/// How many a second: whole or not, not negative.
struct Rate {
  static Complaint read(const Value& value, double& into);
  static std::string print(double rate);
};

/// Bytes: a whole number, or text with a unit, "64KiB".
struct Size {
  static Complaint read(const Value& value, std::size_t& into);
  static std::string print(std::size_t bytes);
};

/// A time span: text with a unit, "300ms"; 0 needs none. At most 100 years, so that it can be added to a
/// clock.
struct Duration {
  static Complaint read(const Value& value, std::chrono::milliseconds& into);
  static std::string print(std::chrono::milliseconds duration);
};

/// The journal's engines, by name, and "automatic".
struct Engine {
  static Complaint read(const Value& value, std::string& into);
  static std::string print(const std::string& engine) { return in_quotes(engine); }
};

/// How far a commit goes: "full", "normal", "off".
struct Sync {
  static Complaint read(const Value& value, journal::Sync& into);
  static std::string print(journal::Sync sync);
};

struct LogLevel {
  static Complaint read(const Value& value, ops::log::Level& into);
  static std::string print(ops::log::Level level) { return in_quotes(ops::log::to_string(level)); }
};

struct LogFormat {
  static Complaint read(const Value& value, ops::log::Format& into);
  static std::string print(ops::log::Format format) { return in_quotes(ops::log::to_string(format)); }
};

}  // namespace hubbub::config
