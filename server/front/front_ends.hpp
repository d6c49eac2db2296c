#pragma once

#include "server/net/sniffer.hpp"

namespace hubbub::chat {
class Hub;
}

namespace hubbub::front {

/// The protocols that a listening socket speaks, in the order in which they are asked about the first bytes.
/// The hub outlives every connection.
net::Protocols front_ends(chat::Hub& hub);

}  // namespace hubbub::front
