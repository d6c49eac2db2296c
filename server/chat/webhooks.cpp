#include "server/chat/webhooks.hpp"

#include <utility>

#include "protocol/text.hpp"
#include "server/chat/hub.hpp"

namespace hubbub::chat {

using protocol::Code;

void Webhooks::post(std::string_view token, std::string_view text, Done done) {
  auto& moderation = hub_.moderation();
  const auto hash = accounts::hash_token(token);
  const auto found = hash ? moderation.find_token(*hash) : std::nullopt;
  if (!found || !found->attribute.starts_with(attribute::hook))
    return done(Refused{{Code::login_failed, "there is no such webhook, or not any more"}});
  if (hub_.in_flight().is_full())
    return done(Refused{{Code::busy, "the server has very much to store just now; try again"}, a_while});
  const auto now = hub_.now();
  auto& bucket = buckets_[number_in_attribute(found->attribute)];
  if (!bucket.take(limit, now.steady)) {
    const auto wait = bucket.wait(limit, now.steady);
    return done(Refused{{Code::rate_limited, "this webhook says too much at once; try again later"}, wait});
  }
  auto clean =
      protocol::clean_text(protocol::prefix(text, hub_.settings().text_bytes), hub_.settings().text_bytes);
  if (!clean) return done(Refused{clean.error()});
  // It may be revoked just now, or the room be closed.
  hub_.in_flight().when_ruled(found->place.key, [this, hash = *hash, text = *std::move(clean),
                                                 done = std::move(done)] { append(hash, text, done); });
}

void Webhooks::append(const accounts::TokenHash& hash, const std::string& text, const Done& done) {
  auto& moderation = hub_.moderation();
  const auto found = moderation.find_token(hash);
  if (!found) return done(Refused{{Code::login_failed, "there is no such webhook, or not any more"}});
  const auto* const state = moderation.state_of(found->place);
  const auto* const record = state == nullptr ? nullptr : state->find(found->attribute);
  if (record == nullptr)
    return done(Refused{{Code::login_failed, "there is no such webhook, or not any more"}});
  protocol::Message message{.room = found->place.shown,
                            .to = {},
                            .seq = 0,
                            .time = hub_.now().wall,
                            .from = std::string(Packed(record->value).get("name")),
                            .text = text,
                            .id = {},
                            .kind = protocol::MessageKind::notice};
  // A sender's key that no name and no account has.
  hub_.in_flight().append(
      {.room = found->place.key, .sender = "!" + found->attribute, .message = std::move(message)}, {},
      [done](const auto& recorded) {
        recorded ? done(std::nullopt)
                 : done(Refused{{Code::storage_failed, "the server could not store this; try again later"}});
      });
}

void Webhooks::tick() {
  const auto now = hub_.now().steady;
  std::erase_if(buckets_, [now](const auto& each) { return each.second.is_full(now); });
}

}  // namespace hubbub::chat
