#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/timestamp.hpp"

namespace hubbub::protocol {

/// Writes one JSON object per line into a string, straight, without a tree in between. What is
/// written is always ASCII-safe for terminals and line readers: controls of every kind and the line
/// separators are escaped, and bytes that are no UTF-8 become U+FFFD.
/// Names are ours and written as they are.
class JsonWriter {
 public:
  /// Begins a line of this type.
  JsonWriter(std::string& out, std::string_view type);

  void text(std::string_view name, std::string_view value);
  void number(std::string_view name, std::uint64_t value);
  void number(std::string_view name, double value);  ///< infinities and NaN, unknown to JSON, are 0
  void flag(std::string_view name, bool value);
  void time(std::string_view name, Timestamp value);

  // Fields that are left out when there is nothing to tell.
  void text_if_any(std::string_view name, std::string_view value);
  void optional_text(std::string_view name, const std::optional<std::string>& value);
  void optional_number(std::string_view name, const std::optional<std::uint64_t>& value);
  void flag_if_set(std::string_view name, bool value);

  void begin_array(std::string_view name);
  void element(std::string_view value);
  void end_array() { out_ += ']'; }

  void begin_object(std::string_view name);
  void begin_element();  ///< an object in an array
  void end_object() { out_ += '}'; }

  /// Ends the line.
  void end_line() { out_ += "}\n"; }

 private:
  void separate();
  void name(std::string_view name);
  void quoted(std::string_view value);

  std::string& out_;
};

}  // namespace hubbub::protocol
