#pragma once

#include <string>

namespace hubbub::test {

/// Where a program of others is: what the system has, or what `./dev test` has unpacked. Empty: nowhere.
std::string find_program(const std::string& name);
/// What a program that was unpacked needs in its environment, "NAME=VALUE"; empty: nothing.
std::string libraries_of(const std::string& program);

/// An address of the loopback network, which is all this machine's: one for each process. So a port that is
/// free there stays free for the programs that a test starts.
std::string own_host();

}  // namespace hubbub::test
