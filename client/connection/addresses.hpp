#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/connection/address.hpp"
#include "protocol/error.hpp"

/// The servers of one chat: addresses at which the same rooms, messages and accounts are found.
namespace hubbub::client {

/// At least one, in the order in which they are tried. All have the same name to use there.
using Addresses = std::vector<Address>;

/// Reads a list separated by commas: "alice@a.example:7717,b.example,unix:/run/hubbub.sock". NAME@ and a
/// scheme, tls:// or tcp://, may stand before any of them, and are for all; two that differ are an error, and
/// so is an address that is there twice. The error's text is a sentence that tells which of them is wrong.
protocol::Result<Addresses> parse_addresses(std::string_view text);
/// The same of a list that is one already: a comma belongs to the address that has it.
protocol::Result<Addresses> parse_addresses(const std::vector<std::string>& texts);

/// Moves the name out of them.
std::string take_name(Addresses& addresses);

/// The addresses without the name: "a.example:7717, b.example:7717".
std::string to_string(const Addresses& addresses);

/// Gives the hosts among them these certificates to accept, and no other: one fingerprint for all, or one for
/// each host in their order. With any, there is always TLS. Empty: they may go with these addresses; or a
/// sentence on why not.
std::string pin(Addresses& addresses, const std::vector<std::string>& fingerprints);

}  // namespace hubbub::client
