#pragma once

#include "server/net/sniffer.hpp"

namespace hubbub::chat {
class Hub;
}

namespace hubbub::front {

/// The protocols that a listening socket speaks, in the order in which the first bytes are held against
/// them. The hub outlives every connection.
net::Protocols front_ends(chat::Hub& hub);

}  // namespace hubbub::front
