#pragma once

#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "protocol/secret.hpp"

namespace hubbub::client {

/// Most bytes of a line of first_line.
inline constexpr std::size_t most_descriptor_bytes = 4096;

/// The first line of a descriptor that whoever started this program has opened for it, without its ending;
/// what stands behind it is left for others to read. Call it before anything else opens a descriptor. The
/// error's text is a sentence that begins with `option`, and has nothing of the line in it.
protocol::Result<protocol::Secret> first_line(int descriptor, std::string_view option);

}  // namespace hubbub::client
