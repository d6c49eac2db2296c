#pragma once

#include <string>

#include "protocol/name.hpp"

namespace hubbub::protocol {

/// Whether letters or digits of two scripts that can look alike are in the name, as Latin, Cyrillic, Greek,
/// Armenian, Cherokee and Coptic ones can: as in `аlice` with U+0430, which nobody can tell from `alice`. A
/// name in one script, with ASCII digits and marks, is nobody's disguise; nor is one that has Chinese beside
/// Latin letters. Of scripts with few letters that look like those of others these alone count.
bool mixes_alphabets(const Name& name);

/// What the name looks like, in a spelling that all names have which look like it: the skeleton of UTS #39,
/// but only for letters and digits that look like Latin, Cyrillic or Greek ones, one for one, and without
/// regard to case, as names are compared so. Other scripts among themselves are not compared. It is not to be
/// shown.
std::string skeleton(const Name& name);

}  // namespace hubbub::protocol
