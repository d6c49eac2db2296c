#pragma once

#include <string_view>

namespace hubbub::client {

/// Whether two spellings are one name, of a person or of a room: `Alice` and `ALICE` are.
bool same_name(std::string_view one, std::string_view other);

}  // namespace hubbub::client
