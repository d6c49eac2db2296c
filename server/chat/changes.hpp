#pragma once

#include <string>
#include <vector>

#include "protocol/event.hpp"
#include "server/journal/change_record.hpp"

namespace hubbub::chat {

// What those who have a message are told of a change of it. `room`: as shown; `with`: of a conversation, the
// name of the other one; one of the two is empty.

/// Of a record that has just been handed back, and has changed something.
protocol::event::Any told_of(const journal::ChangeRecord& change, const std::string& room,
                             const std::string& with);
/// Of a message that has been changed, as it is now.
protocol::event::Changed last_change(const protocol::Message& message, const std::string& room,
                                     const std::string& with);
/// Of such messages, in the order of the changes; those that were deleted by one record are one.
std::vector<protocol::event::Changed> last_changes(const std::vector<protocol::MessagePtr>& messages,
                                                   const std::string& room, const std::string& with);

}  // namespace hubbub::chat
