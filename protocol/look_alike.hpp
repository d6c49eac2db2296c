#pragma once

#include <string>

#include "protocol/name.hpp"

namespace hubbub::protocol {

/// Whether the name mixes letters or digits of two scripts that can look alike, such as Latin, Cyrillic,
/// Greek, Armenian, Cherokee and Coptic: `аlice` with U+0430 looks exactly like `alice`. A name in one
/// script, with ASCII digits and marks, does not count as mixed, nor do Chinese letters beside Latin ones. Of
/// a script with few look-alikes, only those look-alike letters count.
bool mixes_alphabets(const Name& name);

/// A spelling that all names of the same look share: the skeleton of UTS #39, restricted to single letters
/// and digits that look like Latin, Cyrillic or Greek ones. Case is ignored, as in the comparison of names.
/// Other scripts are not compared with each other. Not for display.
std::string skeleton(const Name& name);

/// Whether it is a name that the server gives to guests (`guest-12`), or looks like one.
bool is_guest_name(const Name& name);

}  // namespace hubbub::protocol
