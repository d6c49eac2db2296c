#pragma once

#include <optional>
#include <string_view>

#include "client/options.hpp"
#include "client/settings.hpp"

namespace hubbub::client {

/// Puts the address of the server into the options: the one that was typed, or else the one in the
/// environment (HUBBUB_SERVER, empty: none), or else the settings' default, or else the one on this machine.
/// The first two may name an alias of the settings; a NAME@ before the alias takes precedence over the
/// alias's own name. Without rooms on the command line, talk enters those of the alias.
std::optional<Misuse> find_server(Options& options, std::string_view environment,
                                  const PersonalSettings& settings);

/// Puts the user's name on this machine (empty: not known) into the options where none was typed and the
/// alias has none. A user name that is no valid name is left out: then the server picks one.
void find_name(Options& options, std::string_view user);

}  // namespace hubbub::client
