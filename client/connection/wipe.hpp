#pragma once

#include "protocol/request.hpp"

namespace hubbub::client {

/// Overwrites the passwords, tokens and invitations of a request, which is of no use afterwards.
void wipe(protocol::request::Any& asked);

}  // namespace hubbub::client
