#pragma once

#include <optional>
#include <string_view>

#include "client/options.hpp"
#include "client/settings.hpp"

namespace hubbub::client {

/// Puts the address of the server into the options: the one that was typed, or else the one in the
/// environment (HUBBUB_SERVER, empty: none), or else the settings' default, or else the one on this machine.
/// What stands for a server in the first two may be an alias of the settings; NAME@ before it beats the
/// name there. Talk without rooms gets those of the alias.
std::optional<Misuse> find_server(Options& options, std::string_view environment,
                                  const PersonalSettings& settings);

/// Puts the name of the user on this machine (empty: nobody knows) into the options where none was typed and
/// the server's settings have none. One that nobody can have on a server is left to the server.
void find_name(Options& options, std::string_view user);

}  // namespace hubbub::client
