#pragma once

#include <string>
#include <string_view>

#include "protocol/error.hpp"

namespace hubbub::protocol {

/// A user's or a room's name, checked: as it is shown (NFC) and as it is compared (NFKC with case
/// folding, Unicode's NFKC_Casefold), so that `Alice` and `ALICE` are one name.
struct Name {
  std::string shown;
  std::string key;

  friend bool operator==(const Name& a, const Name& b) { return a.key == b.key; }
};

/// A user's name: 1 to 32 code points of letters, marks, numbers, `-`, `_`, `.`; the first a letter
/// or a number; nothing of zero width (Unicode's Default_Ignorable_Code_Point). Error: name_invalid,
/// or bad_utf8; its text names what is wrong, and a name that may have been meant: "…, but not '#'; did you
/// mean dev?".
Result<Name> parse_name(std::string_view text);

/// A room's name: 1 to 50 of the same. Error: room_invalid, or bad_utf8.
Result<Name> parse_room(std::string_view text);

/// Whether two spellings are one name, of a person or of a room: `Alice` and `ALICE` are.
bool same_name(std::string_view one, std::string_view other);

/// A name as it is compared; what is no name stands for itself.
std::string key_of(std::string_view name);

}  // namespace hubbub::protocol
