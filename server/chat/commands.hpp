#pragma once

#include <memory>

#include "protocol/request.hpp"

namespace hubbub::chat {

class Session;

/// Carries one request out: looks up its row in the table of commands, checks what every command needs
/// (to be welcome, a token of the rate limit), and calls its handler. Whatever comes of it, the session
/// has answered or will.
void carry_out(const std::shared_ptr<Session>& session, const protocol::Request& request);

}  // namespace hubbub::chat
