#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "protocol/request.hpp"

namespace hubbub::chat {

class Hub;
class Room;
class Session;

/// What a handler works on: who asks, and how the request wants its answer marked.
struct Call {
  Session& session;
  Hub& hub;
  const std::string& ref;
};

/// Answers with an error; `id` is that of the message that it is about.
void fail(const Call& call, protocol::Error error, std::string_view id = {});
/// The room of that name if the session is in it; else answers why not, and null.
std::shared_ptr<Room> joined_room(const Call& call, const std::string& name, std::string_view id = {});

// One handler for each row of the table in commands.cpp, each after its request.
namespace handler {

namespace request = protocol::request;

// sessions.cpp
void hello(const Call& call, const request::Hello& asked);
void rename(const Call& call, const request::Rename& asked);
void ping(const Call& call, const request::Ping& asked);
void pong(const Call& call, const request::Pong& asked);
void quit(const Call& call, const request::Quit& asked);

// talk.cpp
void say(const Call& call, const request::Say& asked);
void tell(const Call& call, const request::Tell& asked);
void topic(const Call& call, const request::Topic& asked);

// places.cpp
void join(const Call& call, const request::Join& asked);
void leave(const Call& call, const request::Leave& asked);
void who(const Call& call, const request::Who& asked);
void rooms(const Call& call, const request::Rooms& asked);
void history(const Call& call, const request::History& asked);

}  // namespace handler
}  // namespace hubbub::chat
