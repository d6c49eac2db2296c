#pragma once

#include <cstdint>

#include "server/tools/check.hpp"

namespace hubbub::tools {

/// Checks the tables of accounts, as check() says under 7. Returns the greatest number that they have.
std::int64_t check_accounts(journal::sqlite::Database& journal, const Tell& tell);

}  // namespace hubbub::tools
