#pragma once

#include "protocol/request.hpp"
#include "server/accounts/password.hpp"
#include "server/journal/settings.hpp"

namespace hubbub::tools {

/// Makes an account in the journal of a state directory on which no daemon works, and makes the journal where
/// there is none. Files belong to the owner of the directory. Throws a sentence.
void add_account(const journal::Settings& settings, const accounts::HashCost& cost,
                 const protocol::request::AddAccount& asked);

}  // namespace hubbub::tools
