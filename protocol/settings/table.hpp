#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/settings/toml.hpp"
#include "protocol/settings/value.hpp"

/// A program's table of keys. Reading a file, printing, suggestions, reloading and /set all use it.
namespace hubbub::settings {

/// Base of the struct that holds a program's settings.
struct Whole {};

/// When a change in the file takes effect in a program that runs.
enum class Effect { reload, restart };

/// A row of the table; key() makes it.
struct Key {
  std::string_view section;  ///< empty: at the top of the file
  std::string_view name;
  Effect effect;
  Form form;
  Complaint (*read)(const Value& value, Whole& into) = nullptr;
  std::string (*print)(const Whole& whole) = nullptr;
  Texts (*choices)() = nullptr;  ///< nullptr: every value of the kind is allowed
};

template <class Class, class Member>
Class class_of(Member Class::*member);

/// The member that a chain of pointers to members leads to.
template <auto First, auto... Rest>
constexpr auto& at(auto& whole) {
  if constexpr (sizeof...(Rest) == 0) {
    return whole.*First;
  } else {
    return at<Rest...>(whole.*First);
  }
}

/// The row for a value of a kind in a nested member, such as `key<Size, &Config::net,
/// &net::Settings::send_queue>`.
template <class Kind, auto First, auto... Rest>
constexpr Key key(std::string_view section, std::string_view name, Effect effect = Effect::reload) {
  using Derived = decltype(class_of(First));
  Key row{section, name, effect, Kind::form};
  row.read = [](const Value& value, Whole& into) {
    return Kind::read(value, at<First, Rest...>(static_cast<Derived&>(into)));
  };
  row.print = [](const Whole& whole) {
    return Kind::print(at<First, Rest...>(static_cast<const Derived&>(whole)));
  };
  if constexpr (requires { Kind::choices(); }) row.choices = Kind::choices;
  return row;
}

/// The line numbers of the keys that a file sets, by dotted name.
using Lines = std::map<std::string, std::uint32_t, std::less<>>;

/// Keeps the fault that comes first in the file, in whatever order faults are found.
class Faults {
 public:
  void add(std::uint32_t line, std::string sentence);
  const std::optional<Fault>& first() const { return first_; }

 private:
  std::optional<Fault> first_;
};

/// A section of tables that people name themselves, such as [servers.home].
struct Group {
  std::string_view section;  ///< empty: the program has none
  void (*read)(const Entry& table, Whole& into, Faults& faults) = nullptr;
};

/// Which keys are suggested for an unknown key: those of its section, or those of the whole table, for a
/// small table.
enum class Advice { section, table };

/// A section that may stand there any number of times, such as [[tls]].
struct Series {
  std::string_view section;  ///< empty: the program has none
  /// What there was is replaced.
  void (*read)(std::span<const Entry> tables, Whole& into, Faults& faults) = nullptr;
  /// All of it as TOML that read() takes.
  std::string (*print)(const Whole& whole) = nullptr;
};

struct Table {
  /// In the order in which they are printed; the keys of a section are together.
  std::span<const Key> keys;
  Advice advice = Advice::section;
  /// A word counts as misspelt when at most two of its bytes, or one in this many, would have to change
  /// (protocol::nearest).
  std::size_t bytes_per_slip = 2;
  bool has_fractions = true;  ///< some key takes a number that is not whole
  Group group{};
  Series series{};
  /// Checks what keys demand of each other; called after reading without a fault.
  std::optional<Fault> (*settle)(Whole& whole, const Lines& lines) = nullptr;

  /// nullptr: there is none.
  const Key* find(std::string_view section, std::string_view name) const;
  const Key* find(std::string_view dotted) const;

  /// Reads TOML into `into`; keys that the text lacks keep their values. Returns the first fault in the
  /// file's order as a sentence that begins with path and line. An unknown key is a fault that suggests the
  /// nearest known key.
  std::optional<std::string> read(std::string_view toml, const std::string& path, Whole& into) const;
  /// Every key with its value, as TOML that read() accepts.
  std::string print(const Whole& whole) const;
  /// The dotted names of all keys.
  Texts names() const;
  /// The dotted names of the keys whose values differ and take effect only at a restart.
  Texts waiting_for_restart(const Whole& running, const Whole& wanted) const;

  /// The end of a sentence about an unknown key or section: suggests the nearest known one, or else lists
  /// all.
  std::string suggestion_for_key(std::string_view section, std::string_view name) const;
  std::string suggestion_for_section(std::string_view section) const;
};

/// A key as sentences name it, such as "notify.bell"; the bare name for a key without a section.
std::string dotted(std::string_view section, std::string_view name);
/// Splits a dotted name into section and name.
std::pair<std::string_view, std::string_view> split(std::string_view dotted);
/// A name from a file, for use in a sentence: made safe for a terminal, and cut short when it is long.
std::string named(std::string_view name);
/// "X is a section; …", for a name that was used as a key.
std::string wants_section(const std::string& name);

}  // namespace hubbub::settings
