#pragma once

#include <functional>
#include <string>

#include "protocol/request.hpp"
#include "server/chat/answer.hpp"

namespace hubbub::chat {

/// The session of the answer bears a name from now on, but is not welcome yet. `token`: the one of a new
/// device; empty: none.
using Entered = std::function<void(Answer& answer, const std::string& token)>;

/// Logs a session in that says hello with a password or a token; a refusal is answered here.
void log_in_with_hello(Answer&& answer, const protocol::request::Hello& asked, Entered entered);

}  // namespace hubbub::chat
