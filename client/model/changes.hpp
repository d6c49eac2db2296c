#pragma once

#include <cstdint>

#include "protocol/event.hpp"

/// Edits and deletions of messages.
namespace hubbub::client {

/// Whether the change is about that message.
bool concerns(const protocol::event::Changed& change, const protocol::Message& message);

/// The message as it is after the change; null: nothing is to be done, as the change is not newer than the
/// last one that was applied to the message, or the message is deleted already, which nothing undoes.
protocol::MessagePtr after(const protocol::Message& message, const protocol::event::Changed& change);

}  // namespace hubbub::client
