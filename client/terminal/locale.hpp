#pragma once

#include <string>

namespace hubbub::client::terminal {

/// Has the program, Readline included, count characters as UTF-8, whatever the locale says: also where it is
/// "C" or "POSIX", or not set up at all, as on many a server. Returns the terminal's encoding, as iconv(3)
/// knows it: "UTF-8", unless the locale names another that is more than ASCII, such as ru_RU.KOI8-R; it does
/// not matter whether that locale is installed. It changes the environment: before there are threads.
std::string use_utf8();

}  // namespace hubbub::client::terminal
