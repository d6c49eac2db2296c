#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "protocol/timestamp.hpp"

namespace hubbub::protocol {

/// Writes one JSON object per line directly into a string, without building a tree. The output is safe for
/// terminals and line readers: controls of every kind and line separators are escaped, and bytes that are not
/// UTF-8 become U+FFFD. Names of fields are the program's own and not escaped.
class JsonWriter {
 public:
  /// Begins a line of this type.
  JsonWriter(std::string& out, std::string_view type);
  /// Begins an object that is no line of the protocol, and so has no type.
  explicit JsonWriter(std::string& out) : out_(out) { out_ += '{'; }

  void field(std::string_view name, std::string_view text);
  void field(std::string_view name, std::uint64_t number);
  void field(std::string_view name, double number);  ///< infinities and NaN, which JSON lacks, become 0
  void field(std::string_view name, Timestamp time);
  template <std::same_as<bool> Flag>  // a pointer must not convert to it
  void field(std::string_view name, Flag flag) {
    begin_field(name);
    out_ += flag ? "true" : "false";
  }
  /// Left out when there is no value.
  template <class Kind>
  void field(std::string_view name, const std::optional<Kind>& value) {
    if (value) field(name, *value);
  }

  // Left out when the value is empty or zero.
  void field_if_any(std::string_view name, std::string_view text) {
    if (!text.empty()) field(name, text);
  }
  template <class Number>
  void field_if_any(std::string_view name, Number number)
    requires std::is_arithmetic_v<Number>
  {
    if (number != Number{}) field(name, number);
  }

  void begin_array(std::string_view name);
  void element(std::string_view value);
  void element(std::uint64_t number);
  void end_array() { out_ += ']'; }

  void begin_object(std::string_view name);
  void begin_element();  ///< an object in an array
  void end_object() { out_ += '}'; }

  /// Ends the line.
  void end_line() { out_ += "}\n"; }

 private:
  void separate();
  void begin_field(std::string_view name);
  void quoted(std::string_view value);

  std::string& out_;
};

}  // namespace hubbub::protocol
