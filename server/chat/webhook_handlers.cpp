// The handlers for webhooks: ways for programs to say something in a room by HTTP.
#include <string>
#include <utility>

#include "protocol/hex.hpp"
#include "protocol/look_alike.hpp"
#include "protocol/name.hpp"
#include "server/accounts/token.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
namespace event = protocol::event;
namespace request = protocol::request;
using Reply = protocol::Result<event::Any>;

// Webhooks of a room.
constexpr std::size_t most_webhooks = 50;

event::WebhookInfo webhook_of(const journal::StateRecord& each, const std::string& room) {
  return {.id = number_in_attribute(each.attribute),
          .room = room,
          .name = std::string(Packed(each.value).get("name")),
          .by = each.by,
          .created = each.at};
}

/// A name that is no account's and no guest's number, nor to be taken for one; else that is answered.
std::optional<protocol::Name> free_name(Call& call, const std::string& wanted) {
  const auto name = protocol::parse_name(wanted);
  if (!name) {
    call.answer.fail(name.error());
    return std::nullopt;
  }
  const auto& book = call.hub.logins().registry().book();
  bool is_borne = false;
  call.hub.directory().bearers(*name,
                               [&](const std::vector<PersonPtr>& people) { is_borne = !people.empty(); });
  if (is_borne || book.find_alike(*name) != nullptr || book.is_reserved(*name, call.hub.now().wall) ||
      protocol::is_guest_name(*name)) {
    call.answer.fail({Code::name_taken, "the name " + name->shown +
                                            " is somebody's, or looks like somebody's; choose another"});
    return std::nullopt;
  }
  return *name;
}

}  // namespace

void handler::webhook(Call& call, const request::Webhook& asked) {
  if (!is_private(call.answer)) return;
  const auto place = place_named(call, asked.room);
  if (!place || !is_allowed(call, *place, Action::hook_up)) return;
  // It speaks when its maker has gone, so somebody has to stand for it.
  if (call.session.is_guest() && !call.session.is_operator()) {
    return call.answer.fail(
        {Code::login_required, "webhooks are made by those who have an account; log in first"});
  }
  const auto name = free_name(call, asked.name);
  if (!name) return;
  auto& moderation = call.hub.moderation();
  const auto* const state = moderation.state_of(*place);
  if (state != nullptr && state->all(attribute::hook).size() >= most_webhooks) {
    return call.answer.fail({Code::denied, "this room has " + std::to_string(most_webhooks) +
                                               " webhooks, which is the limit; revoke one first"});
  }
  const auto token = std::make_shared<protocol::Secret>(accounts::new_token());
  const auto hash = *accounts::hash_token(token->text());
  const auto by = doer_of(call.session);
  const auto& url = call.hub.operations().public_url;
  const auto base = url ? url() : std::string();
  const event::WebhookInfo info{
      .room = place->shown, .name = name->shown, .by = by, .created = call.hub.now().wall};
  const auto reply = [info, token, base](const InFlight::Recorded& recorded) -> Reply {
    event::Webhook told{.webhook = info, .token = std::string(token->text())};
    told.webhook.id = recorded.number;
    if (!base.empty()) told.url = base + "/hooks/" + told.token;
    return event::Any(std::move(told));
  };
  const auto value =
      Packed()
          .set("name", name->shown)
          .set("token", protocol::hex({reinterpret_cast<const char*>(hash.data()), hash.size()}))
          .text();
  auto note = moderation.audit(call.session, *place, "webhook", name->shown);
  std::vector<Moderation::Setting> settings{
      {.attribute = std::string(attribute::hook) + journal::numbered, .value = value}};
  keep(call, *place, settings);
  moderation.set(*place, std::move(settings), by, {.answer = std::move(call.answer), .reply = reply},
                 std::move(note));
}

void handler::webhooks(Call& call, const request::Webhooks& asked) {
  event::Webhooks list;
  const auto& moderation = call.hub.moderation();
  const auto take = [&](const Moderation::Realm& place) {
    const auto* const state = moderation.state_of(place);
    if (state == nullptr) return;
    for (const auto& each : state->all(attribute::hook))
      list.webhooks.push_back(webhook_of(each, place.shown));
  };
  const auto place = place_or_server(call, asked.room);
  if (!place || !is_allowed(call, *place, Action::hook_up)) return;
  if (place->is_server()) {
    for (const auto& key : moderation.hooked_rooms()) take(moderation.place_of(key));
  } else {
    take(*place);
  }
  call.answer.reply(std::move(list));
}

void handler::revoke_webhook(Call& call, const request::RevokeWebhook& asked) {
  auto& moderation = call.hub.moderation();
  const auto found = moderation.find(asked.id);
  const bool is_one = found && found->attribute.starts_with(attribute::hook) &&
                      may(rank_in(call, found->place), Action::hook_up);
  if (!is_one) {
    return call.answer.fail(
        {Code::bad_request, "there is no webhook of that number; see the list of webhooks"});
  }
  auto note = moderation.audit(call.session, found->place, "webhook_revoke", std::to_string(asked.id));
  moderation.set(found->place, {{.attribute = found->attribute, .value = {}}}, doer_of(call.session),
                 {.answer = std::move(call.answer),
                  .reply = [](const auto& /*recorded*/) -> Reply { return event::Any(event::Done{}); }},
                 std::move(note));
}

}  // namespace hubbub::chat
