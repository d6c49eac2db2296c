#pragma once

#include "server/net/sniffer.hpp"

namespace hubbub::chat {
class Hub;
}

namespace hubbub::front {

struct Web;

/// The protocols that a listening socket speaks, in the order in which they are asked about the first bytes.
/// Hub and web outlive every connection, and so must what is returned.
net::Protocols front_ends(chat::Hub& hub, Web& web);
/// What is spoken at the socket of operators.
net::Protocols control_protocols(chat::Hub& hub);

}  // namespace hubbub::front
