// The handlers for the order on the whole server: announce and lockdown.
#include <string>
#include <utility>

#include "protocol/text.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

namespace event = protocol::event;
using Reply = protocol::Result<event::Any>;

void handler::announce(Call& call, const request::Announce& asked) {
  constexpr std::size_t most_bytes = 2000;
  auto text = protocol::clean_text(asked.text, most_bytes);
  if (!text) return call.answer.fail(text.error());
  auto& moderation = call.hub.moderation();
  const event::Announcement told{
      .text = *std::move(text), .by = doer_of(call.session), .time = call.hub.now().wall};
  const auto place = Moderation::server_place();
  const auto reply = [&hub = call.hub, told, setter = &call.session](const auto& /*recorded*/) -> Reply {
    hub.moderation().announce(told, setter);
    hub.directory().announce(told);
    return event::Any(told);
  };
  call.hub.in_flight().append(
      {.room = place.key, .audit = moderation.audit(call.session, place, "announce", {})},
      {.answer = std::move(call.answer), .reply = reply});
}

void handler::lockdown(Call& call, const request::Lockdown& asked) {
  const auto reason = reason_in(call, asked.reason);
  if (!reason) return;
  auto& moderation = call.hub.moderation();
  const auto place = Moderation::server_place();
  const auto until = after(call.hub.now().wall, asked.for_ms);
  const auto by = doer_of(call.session);
  const auto before = std::to_string(moderation.lockdown().level);
  const auto level = std::to_string(asked.level);
  const event::Lockdown told{
      .level = asked.level, .until = asked.level == 0 ? std::nullopt : until, .reason = *reason, .by = by};
  const auto value = Packed().set("level", level).set("until", until).set("reason", *reason).text();
  moderation.set(
      place,
      {{.attribute = std::string(attribute::lockdown), .value = asked.level == 0 ? std::string() : value}},
      by,
      {.answer = std::move(call.answer),
       .reply = [told](const auto& /*recorded*/) -> Reply { return event::Any(told); }},
      moderation.audit(call.session, place, "lockdown", {}, before, level));
}

}  // namespace hubbub::chat
