#pragma once

#include <string>

#include "protocol/name.hpp"

namespace hubbub::protocol {

/// Whether letters of more than one of the Latin, Cyrillic and Greek alphabets are in the name: as in `аlice`
/// with U+0430, which nobody can tell from `alice`. A name in one alphabet, with digits and marks, is
/// nobody's disguise; nor is one that has Chinese beside Latin letters.
bool mixes_alphabets(const Name& name);

/// What the name looks like, in a spelling that all names have which look like it: the skeleton of UTS #39,
/// but for letters of Latin, Cyrillic and Greek only, and without regard to case, as names are compared so.
/// It is not to be shown.
std::string skeleton(const Name& name);

}  // namespace hubbub::protocol
