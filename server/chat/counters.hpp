#pragma once

#include <array>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cstddef>
#include <cstdint>

#include "protocol/error.hpp"

namespace hubbub::chat {

/// What has happened since the start, for operators.
struct Counters {
  static constexpr std::size_t codes =
      boost::mp11::mp_size<boost::describe::describe_enumerators<protocol::Code>>::value;

  std::uint64_t messages = 0;                 ///< stored, each once
  std::uint64_t deliveries = 0;               ///< messages delivered, once for each session in the room
  std::uint64_t welcomed = 0;                 ///< sessions whose `hello` was accepted
  std::uint64_t not_welcomed = 0;             ///< refused ones
  std::array<std::uint64_t, codes> errors{};  ///< told to clients, by code; closing codes are those of `bye`

  /// A `quit` is no error.
  void note(protocol::Code code) {
    if (code != protocol::Code::quit) ++errors.at(static_cast<std::size_t>(code));
  }
};

}  // namespace hubbub::chat
