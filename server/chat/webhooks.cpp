#include "server/chat/webhooks.hpp"

#include <utility>

#include "protocol/text.hpp"
#include "server/accounts/token.hpp"
#include "server/chat/hub.hpp"

namespace hubbub::chat {

using protocol::Code;

void Webhooks::post(std::string_view token, std::string_view text, Done done) {
  auto& moderation = hub_.moderation();
  const auto hash = accounts::hash_token(token);
  const auto found = hash ? moderation.find_token(*hash) : std::nullopt;
  if (!found || !found->attribute.starts_with(attribute::hook))
    return done(Refused{{Code::login_failed, "there is no such webhook, or not any more"}});
  const auto now = hub_.now();
  auto& bucket = buckets_[number_in_attribute(found->attribute)];
  if (!bucket.take(limit, now.steady)) {
    const auto wait = bucket.wait(limit, now.steady);
    return done(Refused{{Code::rate_limited, "this webhook says too much at once; try again later"}, wait});
  }
  auto clean =
      protocol::clean_text(protocol::prefix(text, hub_.settings().text_bytes), hub_.settings().text_bytes);
  if (!clean) return done(Refused{clean.error()});
  const auto* const state = moderation.state_of(found->place);
  const auto* const record = state == nullptr ? nullptr : state->find(found->attribute);
  if (record == nullptr)
    return done(Refused{{Code::login_failed, "there is no such webhook, or not any more"}});
  protocol::Message message{.room = found->place.shown,
                            .to = {},
                            .seq = 0,
                            .time = now.wall,
                            .from = std::string(Packed(record->value).get("name")),
                            .text = *std::move(clean),
                            .id = {},
                            .kind = protocol::MessageKind::notice};
  // A sender's key that no name and no account has.
  hub_.in_flight().append(
      {.room = found->place.key, .sender = "!" + found->attribute, .message = std::move(message)}, {},
      [done = std::move(done)](const auto& recorded) {
        recorded ? done(std::nullopt)
                 : done(Refused{{Code::storage_failed, "the server could not store this; try again later"}});
      });
}

void Webhooks::tick() {
  const auto now = hub_.now().steady;
  std::erase_if(buckets_, [now](const auto& each) { return each.second.is_full(now); });
}

}  // namespace hubbub::chat
