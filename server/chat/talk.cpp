// The handlers of what one says.
#include <string>
#include <utility>

#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {

using protocol::Code;
using protocol::Message;

void handler::say(const Call& call, const request::Say& asked) {
  const auto id = asked.id.value_or("");
  const auto room = joined_room(call, asked.room, id);
  if (!room) return;
  auto text = protocol::clean_text(asked.text, call.hub.settings().text_bytes);
  if (!text) {
    fail(call, text.error(), id);
    return;
  }
  if (ops::log::enabled(ops::log::Level::debug)) {
    ops::log::debug("chat", "said",
                    {{"session", call.session.number()}, {"room", room->name().shown}, {"text", *text}});
  }
  Message message{.room = room->name().shown,
                  .to = {},
                  .seq = 0,
                  .time = call.hub.now().wall,
                  .from = call.session.name().shown,
                  .text = std::move(*text),
                  .id = id,
                  .action = asked.action};
  call.hub.append(call.session, room, std::move(message), call.ref);
}

void handler::tell(const Call& call, const request::Tell& asked) {
  const auto id = asked.id.value_or("");
  const auto name = protocol::parse_name(asked.to);
  if (!name) {
    fail(call, name.error(), id);
    return;
  }
  const auto recipient = call.hub.find_session(*name);
  if (!recipient) {
    fail(call, {Code::no_such_user, "nobody here is called " + name->shown}, id);
    return;
  }
  auto text = protocol::clean_text(asked.text, call.hub.settings().text_bytes);
  if (!text) {
    fail(call, text.error(), id);
    return;
  }
  auto message = std::make_shared<const Message>(Message{.room = {},
                                                         .to = recipient->name().shown,
                                                         .seq = 0,
                                                         .time = call.hub.now().wall,
                                                         .from = call.session.name().shown,
                                                         .text = std::move(*text),
                                                         .id = id,
                                                         .action = false});
  if (recipient.get() != &call.session) recipient->notify({.body = message, .ref = {}});
  call.session.reply(std::move(message), call.ref);
}

void handler::topic(const Call& call, const request::Topic& asked) {
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  auto text = protocol::clean_topic(asked.text, call.hub.settings().text_bytes);
  if (!text) {
    fail(call, text.error());
    return;
  }
  Message message{.room = room->name().shown,
                  .to = {},
                  .seq = 0,
                  .time = call.hub.now().wall,
                  .from = call.session.name().shown,
                  .text = std::move(*text),
                  .id = {},
                  .action = false};
  call.hub.append(call.session, room, std::move(message), call.ref, journal::Kind::topic);
}

}  // namespace hubbub::chat
