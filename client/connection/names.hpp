#pragma once

#include <string>
#include <string_view>

namespace hubbub::client {

/// Whether two spellings are one name, of a person or of a room: `Alice` and `ALICE` are.
bool same_name(std::string_view one, std::string_view other);

/// A name as it is compared; what is no name stands for itself.
std::string key_of(std::string_view name);

}  // namespace hubbub::client
