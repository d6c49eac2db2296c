#pragma once

#include <functional>
#include <string>

#include "server/chat/answer.hpp"

namespace hubbub::chat {

class Hub;

/// Takes a use of the invitation with that token, and lets the session enter what it is for; a refusal is
/// answered. `then` is called with the room, as shown; empty: it is for an account.
using Redeemed = std::function<void(Answer& answer, const std::string& room)>;
void redeem(Answer&& answer, const std::string& token, const Redeemed& then);
/// Calls `then` when this server knows the invitation with that token, if there is one: it may have been
/// given out on another node just now.
void when_known(Answer&& answer, const std::string& token, std::function<void(Answer& answer)> then);
/// Whether that is the token of an invitation into a room.
bool is_invitation(Hub& hub, const std::string& token);

}  // namespace hubbub::chat
