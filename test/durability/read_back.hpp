#pragma once

#include <string>
#include <vector>

#include "test/durability/judge.hpp"
#include "test/support/address.hpp"

namespace hubbub::durability {

enum class Direction { up, down };

/// All messages that the server keeps of these rooms, read page by page by a new client.
Witness read_back(const test::Address& address, const std::string& name,
                  const std::vector<std::string>& rooms, Direction direction);

}  // namespace hubbub::durability
