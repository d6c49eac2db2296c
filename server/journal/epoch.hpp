#pragma once

#include <cstdint>
#include <string>

namespace hubbub::journal {

/// An epoch (Journal::epoch) as clients are told it: 16 hexadecimal digits.
std::string epoch_text(std::uint64_t number);
/// That of a journal which begins now.
std::string new_epoch();

}  // namespace hubbub::journal
