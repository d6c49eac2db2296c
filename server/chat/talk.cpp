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
namespace {

using protocol::Message;

/// What is said, as it goes to the journal.
Message draft(const Call& call, const Room& room, std::string text) {
  return {.room = room.name().shown,
          .to = {},
          .seq = 0,
          .time = call.hub.now().wall,
          .from = call.session.name().shown,
          .text = std::move(text),
          .id = {}};
}

}  // namespace

void handler::say(Call& call, const request::Say& asked) {
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  auto text = protocol::clean_text(asked.text, call.hub.settings().text_bytes);
  if (!text) {
    call.answer.fail(text.error());
    return;
  }
  if (ops::log::enabled(ops::log::Level::debug)) {
    ops::log::debug("chat", "said",
                    {{"connection", call.session.number()}, {"room", room->name().shown}, {"text", *text}});
  }
  auto message = draft(call, *room, std::move(*text));
  message.id = asked.id.value_or("");
  if (asked.action) message.kind = protocol::MessageKind::action;
  call.hub.in_flight().append(std::move(call.answer), room, std::move(message));
}

void handler::tell(Call& call, const request::Tell& asked) {
  const auto name = protocol::parse_name(asked.to);
  if (!name) {
    call.answer.fail(name.error());
    return;
  }
  auto text = protocol::clean_text(asked.text, call.hub.settings().text_bytes);
  if (!text) {
    call.answer.fail(text.error());
    return;
  }
  call.hub.tells().send(std::move(call.answer), *name,
                        {.room = {},
                         .to = name->shown,
                         .seq = 0,
                         .time = call.hub.now().wall,
                         .from = call.session.name().shown,
                         .text = std::move(*text),
                         .id = asked.id.value_or("")});
}

void handler::topic(Call& call, const request::Topic& asked) {
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  auto text = protocol::clean_topic(asked.text, call.hub.settings().text_bytes);
  if (!text) {
    call.answer.fail(text.error());
    return;
  }
  journal::StateRecord record{.room = room->name().shown,
                              .attribute = std::string(journal::topic_attribute),
                              .value = std::move(*text),
                              .by = call.session.name().shown,
                              .at = call.hub.now().wall};
  call.hub.in_flight().append(std::move(call.answer), room, std::move(record));
}

}  // namespace hubbub::chat
