#pragma once

#include <array>
#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

namespace hubbub::protocol {

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
  return std::array{&read_as<Any, std::variant_alternative_t<at, Any>, Reader>...};
}(std::make_index_sequence<std::variant_size_v<Any>>());

}  // namespace hubbub::protocol
