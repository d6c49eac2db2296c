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

/// The one table of a program's keys: reading a file, printing, suggesting, reloading and /set all go by it.
namespace hubbub::settings {

/// What the keys of a table are read into; each program derives its own.
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
  Texts (*choices)() = nullptr;  ///< nullptr: anything of its kind
};

template <class Class, class Member>
Class class_of(Member Class::*member);

/// The member that those pointers lead to, one after the other.
template <auto First, auto... Rest>
constexpr auto& at(auto& whole) {
  if constexpr (sizeof...(Rest) == 0) {
    return whole.*First;
  } else {
    return at<Rest...>(whole.*First);
  }
}

/// The row of a value of that kind at that place, such as `key<Size, &Config::net,
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

/// The lines of the keys that a file sets, by their dotted names.
using Lines = std::map<std::string, std::uint32_t, std::less<>>;

/// Keeps the first fault in the file's order, whatever the order in which they are found.
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

/// Which keys are offered to somebody who wrote an unknown one: those of its section, or, where there are
/// few, all.
enum class Advice { section, table };

struct Table {
  /// In the order in which they are printed; the keys of a section are together.
  std::span<const Key> keys;
  Advice advice = Advice::section;
  /// A word is taken for another one when at most two of its bytes would have to change, or in a longer word
  /// at most one in so many.
  std::size_t bytes_per_slip = 2;
  bool has_fractions = true;  ///< some key takes a number that is not whole
  Group group;
  /// Called when all has been read without a fault: what one key demands of another.
  std::optional<Fault> (*settle)(Whole& whole, const Lines& lines) = nullptr;

  /// nullptr: there is none.
  const Key* find(std::string_view section, std::string_view name) const;
  const Key* find(std::string_view dotted) const;

  /// Reads TOML on top of what there is. A sentence that begins with path and line: the first fault in the
  /// file's order; unknown keys are faults that suggest the nearest known one.
  std::optional<std::string> read(std::string_view toml, const std::string& path, Whole& into) const;
  /// Every key with its value, as TOML that read() takes.
  std::string print(const Whole& whole) const;
  /// The dotted names of all keys.
  Texts names() const;
  /// The dotted names of the keys that differ and take effect at a restart only.
  Texts waiting_for_restart(const Whole& running, const Whole& wanted) const;

  /// What somebody who wrote an unknown key or section most likely meant, as the end of a sentence: the
  /// nearest one, or else what there is to choose from.
  std::string suggestion_for_key(std::string_view section, std::string_view name) const;
  std::string suggestion_for_section(std::string_view section) const;
};

/// "notify.bell", the way sentences name a key; the bare name at the top of the file.
std::string dotted(std::string_view section, std::string_view name);
/// A dotted name in two.
std::pair<std::string_view, std::string_view> split(std::string_view dotted);
/// A name that somebody wrote, for a sentence: made safe for a terminal, and cut short when it is long.
std::string named(std::string_view name);
/// "X is a section; …", for what should have been one.
std::string wants_section(const std::string& name);

}  // namespace hubbub::settings
