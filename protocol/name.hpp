#pragma once

#include <string>
#include <string_view>

#include "protocol/error.hpp"

namespace hubbub::protocol {

/// A checked name of a user or a room: `shown` is its NFC, `key` its form for comparison (NFKC with case
/// folding, Unicode's NFKC_Casefold), so that `Alice` and `ALICE` are one name.
struct Name {
  std::string shown;
  std::string key;

  friend bool operator==(const Name& a, const Name& b) { return a.key == b.key; }
};

/// A user's name: 1 to 32 code points of letters, marks, numbers, `-`, `_`, `.`; the first a letter or a
/// number; nothing of zero width (Unicode's Default_Ignorable_Code_Point). Error: name_invalid, or bad_utf8;
/// its text says what is wrong, and suggests a valid name: "…, but not '#'; did you mean dev?".
Result<Name> parse_name(std::string_view text);

/// A room's name: the same rules, 1 to 50 code points. Error: room_invalid, or bad_utf8.
Result<Name> parse_room(std::string_view text);

/// Whether two spellings are one name, of a person or of a room: `Alice` and `ALICE` are.
bool same_name(std::string_view one, std::string_view other);

/// The key of a name; a text that is no valid name is returned unchanged.
std::string key_of(std::string_view name);

}  // namespace hubbub::protocol
