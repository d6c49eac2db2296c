#include "server/chat/tells.hpp"

#include <utility>

#include "protocol/limits.hpp"
#include "protocol/text.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/logins.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

void handler::tell(Call& call, const request::Tell& asked) {
  const auto name = protocol::parse_name(asked.to);
  if (!name) return call.answer.fail(name.error());
  auto text = protocol::clean_text(asked.text, call.hub.settings().text_bytes);
  if (!text) return call.answer.fail(text.error());
  auto& moderation = call.hub.moderation();
  const auto now = call.hub.now().wall;
  if (moderation.server().bans().has_mutes() && moderation.server_rank(call.session) < Rank::moderator) {
    const auto host = moderation.host(call.session, journal::server_key);
    const auto peer = call.session.peer();
    const auto* const mute = moderation.server().bans().about(
        Moderation::subject_of(call.session, host, peer), Ban::Action::mute, now, moderation.in_range());
    if (mute != nullptr) return call.answer.fail({protocol::Code::muted, "you are muted on this server"});
  }
  protocol::Message message{.room = {},
                            .to = name->shown,
                            .seq = 0,
                            .time = now,
                            .from = call.session.name().shown,
                            .text = std::move(*text),
                            .id = asked.id.value_or(""),
                            .account = call.hub.logins().account_name(call.session.person())};
  const auto conversation = call.session.kept(asked);
  call.hub.typing().said(call.session.person(),
                         conversation ? conversation_key(*conversation) : Typing::target(*name));
  if (!conversation) return call.hub.tells().send(std::move(call.answer), *name, std::move(message));
  message.to = call.hub.conversations().other_name(call.session, *conversation);
  call.hub.conversations().send(std::move(call.answer), *conversation, std::move(message));
}

bool Tells::is_known(const protocol::Name& from, const protocol::Name& to, std::string_view id) const {
  const auto known = known_.empty() ? std::nullopt : id_of(from, to, id);
  return known && known_.contains(*known);
}

std::optional<Tells::Id> Tells::id_of(const protocol::Name& from, const protocol::Name& to,
                                      std::string_view id) const {
  if (id.empty()) return std::nullopt;
  constexpr char between = '\0';  // not in names, nor in ids
  const auto whole = (from.key + between + to.key + between).append(id);
  return Id{hash_(whole), other_hash_(whole)};
}

void Tells::send(Answer&& answer, const protocol::Name& to, protocol::Message message) {
  expire(message.time);
  const auto id = id_of(answer.session().name(), to, message.id);
  if (const auto known = id ? known_.find(*id) : known_.end(); known != known_.end()) {
    return repeat(answer, known->second, std::move(message));
  }
  if (to == answer.session().name()) {
    message.to = answer.session().name().shown;
    answer.reply(std::make_shared<const protocol::Message>(std::move(message)));
    return;
  }
  const auto open = std::make_shared<Open>(Open{.id = id, .answers = {}});
  open->answers.push_back(std::move(answer));
  const auto said = message.time;
  pass_on(open, said, std::move(message),
          [this, &to](protocol::Message sent, Directory::TellHandler handler) {
            directory_.tell(to, std::move(sent), std::move(handler));
          });
}

void Tells::arrive(protocol::Message message, protocol::Timestamp now, const Deliver& deliver,
                   Directory::TellHandler handler) {
  expire(now);
  const auto from = protocol::parse_name(message.from);
  const auto to = protocol::parse_name(message.to);
  const auto id = from && to ? id_of(*from, *to, message.id) : std::nullopt;
  if (const auto known = id ? known_.find(*id) : known_.end(); known != known_.end()) {
    const auto told = what_became_of(known->second, message);
    const bool is_open = !told.why || told.is_in_doubt;
    if (is_open && known->second.open != nullptr) known->second.open->handlers.push_back(handler);
    if (known->second.open == nullptr || told.why) handler(told);
    return;
  }
  const auto open = std::make_shared<Open>(Open{.id = id, .answers = {}});
  open->handlers.push_back(std::move(handler));
  pass_on(open, now, std::move(message), deliver);
}

/// It is known from `now` on.
void Tells::pass_on(const std::shared_ptr<Open>& open, protocol::Timestamp now, protocol::Message message,
                    const Deliver& deliver) {
  Known known{.time = now, .said = message.time, .text = hash_(message.text), .open = nullptr};
  deliver(std::move(message), [this, open](const Told& told) { decide(*open, told); });
  // What is refused at once is not remembered.
  if (!open->id || open->fate == Open::Fate::refused) return;
  if (open->fate == Open::Fate::open) known.open = open;
  known_[*open->id] = std::move(known);
  by_age_.emplace_back(now, *open->id);
}

/// Without a reason: it was taken, or that is not known yet.
Told Tells::what_became_of(const Known& known, const protocol::Message& message) const {
  if (known.text != hash_(message.text)) {
    return {.message = {},
            .why = protocol::Error{protocol::Code::bad_request, "another private message to " + message.to +
                                                                    " had this id; give each its own"}};
  }
  if (known.open != nullptr) return known.open->doubt.value_or(Told{});
  auto first = message;
  first.time = known.said;
  return {.message = std::make_shared<const protocol::Message>(std::move(first))};
}

void Tells::repeat(Answer& answer, const Known& known, protocol::Message&& message) const {
  const auto told = what_became_of(known, message);
  if (told.why) return answer.fail(*told.why, told.retry_after);
  if (told.message) return answer.reply(told.message);
  auto& answers = known.open->answers;
  // Closed sessions wait no more.
  std::erase_if(answers, [](const Answer& other) { return !other.is_wanted(); });
  answers.push_back(std::move(answer));
}

void Tells::decide(Open& open, const Told& told) {
  if (told.is_in_doubt) {
    open.doubt = told;
  } else {
    open.fate = told.why ? Open::Fate::refused : Open::Fate::taken;
    const auto known = open.id ? known_.find(*open.id) : known_.end();
    if (known != known_.end()) {
      known->second.open = nullptr;
      if (told.why) known_.erase(known);  // not delivered: it may be sent again
    }
  }
  for (auto& answer : std::exchange(open.answers, {})) {
    told.why ? answer.fail(*told.why, told.retry_after) : answer.reply(told.message);
  }
  const auto handlers = open.handlers;
  if (!told.is_in_doubt) open.handlers.clear();
  for (const auto& handler : handlers) handler(told);
}

/// Ids of messages whose fate is open stay: an answer is still to be given, once.
void Tells::expire(protocol::Timestamp now) {
  for (auto left = by_age_.size(); left > 0; --left) {
    const auto [time, id] = by_age_.front();
    if (time + protocol::dedupe_age >= now && by_age_.size() <= protocol::dedupe_tells) return;
    by_age_.pop_front();
    const auto known = known_.find(id);
    if (known == known_.end() || known->second.time != time) continue;
    if (known->second.open != nullptr) {
      by_age_.emplace_back(time, id);
    } else {
      known_.erase(known);
    }
  }
}

}  // namespace hubbub::chat
