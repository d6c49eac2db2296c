#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "protocol/settings/value.hpp"

/// Kinds of values, each a type with a range: `read` accepts what `print` writes, `form` says how people type
/// a value, and `choices`, where there is one, lists the possible values. A program adds its own kinds.
namespace hubbub::settings {

/// "… is no count; write …"
Complaint not_a(const Value& value, std::string_view kind_and_remedy);

struct Flag {
  static constexpr Form form = Form::flag;
  static Complaint read(const Value& value, bool& into);
  static std::string print(bool flag) { return shown(flag); }
  static Texts choices() { return {"on", "off"}; }
};

/// How many of something: a whole number that is not negative.
struct Count {
  static constexpr Form form = Form::number;
  static Complaint read(const Value& value, std::size_t& into,
                        std::string_view remedy = "a whole number, 0 for no limit");
  static std::string print(std::size_t count) { return std::to_string(count); }
};

/// How many a second: whole or not, not negative.
struct Rate {
  static constexpr Form form = Form::number;
  static Complaint read(const Value& value, double& into);
  static std::string print(double rate) { return shown(rate); }
};

/// Bytes: a whole number, or text with a unit, "64KiB".
struct Size {
  static constexpr Form form = Form::number;
  static Complaint read(const Value& value, std::size_t& into);
  static std::string print(std::size_t bytes);
};

/// A time span: text with a unit, "300ms"; 0 needs none. At most 100 years, so that it can be added to a
/// clock.
struct Duration {
  static constexpr Form form = Form::text;
  static Complaint read(const Value& value, std::chrono::milliseconds& into);
  static std::string print(std::chrono::milliseconds duration);
};

/// Base of the kinds of text; each has its own `read`.
struct Text {
  static constexpr Form form = Form::text;
  static std::string print(const std::string& text) { return in_quotes(text); }
};

/// Whether the text has no control that protocol::clean_text would remove, and no noncharacter. It may be
/// empty.
bool is_clean(const std::string& text);
/// Whether is_clean() holds and the text has no line feeds and no tabs.
bool is_one_line(const std::string& text);

/// The index of the word that the value is; nothing: the value is none of the words. A number stands for its
/// digits, as people write 256 with and without quotes.
std::optional<std::size_t> place_among(const Texts& words, const Value& value);
/// "… is not known; there are …"
std::string none_of(const Texts& words, const Value& value);

/// One of some words; for an enumeration, the words are in the order of its enumerators.
template <Texts (*Words)()>
struct Choice {
  static constexpr Form form = Form::text;
  template <class T>
  static Complaint read(const Value& value, T& into) {
    const Texts words = Words();
    const auto place = place_among(words, value);
    if (!place) return none_of(words, value);
    if constexpr (std::is_enum_v<T>) {
      into = static_cast<T>(*place);
    } else {
      into = words[*place];
    }
    return std::nullopt;
  }
  template <class T>
  static std::string print(const T& chosen) {
    if constexpr (std::is_enum_v<T>) {
      return in_quotes(Words()[static_cast<std::size_t>(chosen)]);
    } else {
      return in_quotes(chosen);
    }
  }
  static Texts choices() { return Words(); }
};

/// Base of the lists of texts; each kind has its own `read`.
struct List {
  static constexpr Form form = Form::list;
  static std::string print(const Texts& texts) { return in_quotes(texts); }
};

/// `each` corrects a text of the list, or says what is wrong with it.
Complaint read_list(const Value& value, Texts& into, std::string_view list_and_remedy,
                    Complaint (*each)(std::string& text));

/// Words and phrases: one line each, at most 100 bytes, not blank.
struct Phrases : List {
  static Complaint read(const Value& value, Texts& into);
};

/// Names of people.
struct Names : List {
  static Complaint read(const Value& value, Texts& into);
};

/// Names of rooms, with or without a "#" before them.
struct Rooms : List {
  static Complaint read(const Value& value, Texts& into);
};

}  // namespace hubbub::settings
