// The handlers of what one says.
#include <memory>
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

void handler::say(Call& call, const request::Say& asked) {
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  auto text = protocol::clean_text(asked.text, call.hub.settings().text_bytes);
  if (!text) return call.answer.fail(text.error());
  if (ops::log::enabled(ops::log::Level::debug)) {
    ops::log::debug("chat", "said",
                    {{"connection", call.session.number()}, {"room", room->name().shown}, {"text", *text}});
  }
  protocol::Message message{.room = room->name().shown,
                            .to = {},
                            .seq = 0,
                            .time = call.hub.now().wall,
                            .from = call.session.name().shown,
                            .text = std::move(*text),
                            .id = asked.id.value_or("")};
  if (asked.action) message.kind = protocol::MessageKind::action;
  call.hub.in_flight().append(std::move(call.answer), room, {.message = std::move(message)});
}

void handler::tell(Call& call, const request::Tell& asked) {
  const auto name = protocol::parse_name(asked.to);
  if (!name) return call.answer.fail(name.error());
  auto text = protocol::clean_text(asked.text, call.hub.settings().text_bytes);
  if (!text) return call.answer.fail(text.error());
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
  if (!text) return call.answer.fail(text.error());
  journal::StateRecord record{.room = room->name().shown,
                              .attribute = std::string(journal::topic_attribute),
                              .value = std::move(*text),
                              .by = call.session.name().shown,
                              .at = call.hub.now().wall};
  call.hub.in_flight().append(std::move(call.answer), room,
                              {.state = std::make_shared<const journal::StateRecord>(std::move(record))});
}

}  // namespace hubbub::chat
