#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace hubbub::protocol {

/// The fields of a line that holds one JSON object, read without building a tree. The values of an object in
/// it are fields, too: "set.key" is the "key" in "set". What is nested deeper, and lists, are checked and
/// forgotten. Its memory, at most a few times the line, is reused for the next line, so that reading soon
/// allocates nothing.
class JsonFields {
 public:
  enum class Type { null, boolean, whole_number, other_number, string, nested };

  struct Value {
    Type type = Type::null;
    bool boolean = false;
    std::uint64_t whole_number = 0;  ///< 0 to max_integer, whether written as 5, 5.0 or 5e0
    std::string_view string;         ///< valid until the next read()
  };

  /// Whether the line, which must be UTF-8, is one JSON object, at most json_depth deep, in which no
  /// object has a key twice. If it is not, there are no fields, and problem() says
  /// why, as the end of a sentence about the line.
  bool read(std::string_view line);
  const std::string& problem() const { return problem_; }

  /// The value of a field; a field that is not there is null.
  Value operator[](std::string_view name) const;

 private:
  class Handler;

  /// A part of text_, by its position: text_ reallocates as it grows.
  struct Piece {
    std::size_t begin;
    std::size_t size;
  };
  struct Field {
    Piece name;
    Value value;
    Piece string;
  };

  std::string_view view(Piece piece) const { return std::string_view(text_).substr(piece.begin, piece.size); }

  std::string text_;  ///< every key, and the strings of the fields, unescaped
  std::vector<Field> fields_;
  std::vector<Piece> keys_;  ///< the keys of the objects that are still open, outermost first
  std::string problem_;
};

/// Lets one list of fields serve a reader and a writer, to which the struct is const.
template <class Body, class Struct>
concept Of = std::same_as<std::remove_const_t<Body>, Struct>;

/// Reads the alternative `Body` of a variant.
template <class Any, class Body, class Reader>
Any read_as(Reader& in) {
  Body body;
  fields(in, body);
  return body;
}

/// The readers of the variant's alternatives, by index.
template <class Any, class Reader>
constexpr auto readers_of = []<std::size_t... at>(std::index_sequence<at...>) {
  return std::array{&read_as<Any, std::variant_alternative_t<at, typename Any::variant>, Reader>...};
}(std::make_index_sequence<std::variant_size_v<typename Any::variant>>());

}  // namespace hubbub::protocol
