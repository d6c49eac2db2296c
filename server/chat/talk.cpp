// The handlers of what one says.
#include <string>
#include <utility>

#include "protocol/json.hpp"
#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::Message;

// When a client that reads slowly may have room again.
constexpr std::chrono::seconds busy_for{1};

/// What is said, as it goes to the journal.
Message draft(const Call& call, const Room& room, std::string text) {
  return {.room = room.name().shown,
          .to = {},
          .seq = 0,
          .time = call.hub.now().wall,
          .from = call.session.name().shown,
          .text = std::move(text),
          .id = {},
          .action = false};
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
  message.action = asked.action;
  call.hub.append(std::move(call.answer), room, std::move(message));
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
  const auto now = call.hub.now();
  auto& messages = call.hub.private_messages();
  Message message{.room = {},
                  .to = name->shown,
                  .seq = 0,
                  .time = now.wall,
                  .from = call.session.name().shown,
                  .text = std::move(*text),
                  .id = asked.id.value_or(""),
                  .action = false};
  const auto mark = messages.mark(call.session, *name, message);
  if (messages.repeats(call.answer, mark, message, now.wall)) return;
  const auto recipient = call.hub.find_session(*name);
  if (!recipient) {
    call.answer.fail({Code::no_such_user, "nobody here is called " + name->shown});
    return;
  }
  message.to = recipient->name().shown;
  if (recipient.get() == &call.session) {
    call.answer.reply(std::make_shared<const Message>(std::move(message)));
    return;
  }
  if (messages.is_stuck(*recipient) || !messages.takes(*recipient, protocol::encoded_size(message))) {
    call.answer.fail(
        {Code::recipient_busy, message.to + " has too much to read that was sent before; try again later"},
        busy_for);
    return;
  }
  messages.send(*recipient, std::move(call.answer), std::make_shared<const Message>(std::move(message)), mark,
                now, call.hub.settings().tell_timeout);
}

void handler::topic(Call& call, const request::Topic& asked) {
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  auto text = protocol::clean_topic(asked.text, call.hub.settings().text_bytes);
  if (!text) {
    call.answer.fail(text.error());
    return;
  }
  auto message = draft(call, *room, std::move(*text));
  call.hub.append(std::move(call.answer), room, std::move(message), journal::Kind::topic);
}

}  // namespace hubbub::chat
