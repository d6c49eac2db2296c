// The handlers for changes of what was said: edit and delete.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "server/chat/changes.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using protocol::Change;
using protocol::Code;
using protocol::Error;
using protocol::Message;
namespace event = protocol::event;
namespace request = protocol::request;
using Reply = protocol::Result<event::Any>;

// Messages among which one's own newest is looked for.
constexpr std::size_t looked_through = 200;

/// Where the message is, and how it is told of.
struct Where {
  std::string key;
  std::shared_ptr<Feed> feed{};
  std::string room{};  ///< as shown; empty: a conversation
  std::string with{};  ///< its other one
};

/// Else that is answered.
std::optional<Where> where_of(Call& call, const std::optional<std::string>& room,
                              const std::optional<std::string>& with) {
  if (room) {
    const auto found = joined_room(call, *room);
    if (!found) return std::nullopt;
    return Where{.key = found->key(), .feed = found, .room = found->name().shown};
  }
  const auto parties = conversation_with(call, *with);
  if (!parties) return std::nullopt;
  auto conversation = call.hub.conversations().of(*parties);
  return Where{.key = conversation->key(),
               .feed = conversation,
               .with = call.hub.conversations().other_name(call.session, *parties)};
}

/// Whether the session's person has said it. A guest is known by the name alone, as long as he has borne it;
/// what a webhook of that name has posted is not his.
bool is_own(const Session& session, const Message& message) {
  const auto& person = session.person();
  if (person.account() != 0) return message.author == person.account();
  return message.author == 0 && message.kind != protocol::MessageKind::notice &&
         message.time >= person.named_at() && protocol::key_of(message.from) == person.name().key;
}

/// Why the session may not change that message so; nothing: it may.
std::optional<Error> why_not(Session& session, const Where& where, const Message& message,
                             Change::What what) {
  auto& hub = session.hub();
  auto& moderation = hub.moderation();
  const auto room = hub.rooms().find(where.key);
  const bool deletes = what == Change::What::deleted;
  if (is_own(session, message)) {
    // Who may not speak does not do it by an edit either.
    if (room && !deletes)
      if (auto why = moderation.why_silent(session, *room)) return why;
    const auto window = hub.settings().edit_window;
    if (window.count() == 0 || hub.now().wall < message.time + window) return std::nullopt;
    if (!deletes || !room || !may(moderation.rank(session, *room), Action::delete_other)) {
      return Error{Code::denied, "what one has said can be changed for " +
                                     std::to_string(std::chrono::ceil<std::chrono::minutes>(window).count()) +
                                     " minutes, and this was said before"};
    }
  }
  if (!deletes) return Error{Code::denied, "only who has said it can edit it"};
  if (!room) return Error{Code::denied, "only who has said it can delete it"};
  const auto rank = moderation.rank(session, *room);
  if (!may(rank, Action::delete_other)) return refusal(Action::delete_other);
  if (!session.scopes().has(accounts::Scope::moderate))
    return Error{Code::denied, "what others have said is deleted with a token for \"moderate\""};
  // Who runs a room as long as he is here has no say in what was there before.
  if (message.seq <= moderation.no_say_up_to(session, moderation.place_of(where.key)))
    return Error{Code::denied, "you run this room since you came, and this was said before"};
  return std::nullopt;
}

Error no_such_message(const std::optional<std::uint64_t>& seq) {
  if (!seq) return {Code::no_such_message, "you have said nothing here lately that could be changed"};
  return {Code::no_such_message, "there is no message " + std::to_string(*seq) + " here, or not any more"};
}

/// A change that is asked for.
struct Wanted {
  Where where;
  std::optional<std::uint64_t> seq{};
  Change::What what = Change::What::edited;
  std::string text{};
  std::string reason{};
};

/// Appends it; `message` is as it was read, and may be another by then: the journal looks again.
void append(Answer& answer, const Wanted& wanted, const Message& message) {
  auto& session = answer.session();
  auto& hub = session.hub();
  if (const auto why = why_not(session, wanted.where, message, wanted.what)) return answer.fail(*why);
  const bool own = is_own(session, message);
  const auto by = session.name().shown;
  auto change = std::make_shared<const journal::ChangeRecord>(journal::ChangeRecord{.what = wanted.what,
                                                                                    .seqs = {message.seq},
                                                                                    .text = wanted.text,
                                                                                    .by = by,
                                                                                    .reason = wanted.reason,
                                                                                    .at = hub.now().wall});
  journal::AuditPtr note;
  if (!own) {
    const Moderation::Realm place = hub.moderation().place_of(wanted.where.key);
    note = hub.moderation().audit(session, place, "delete", std::to_string(message.seq), message.from,
                                  wanted.reason);
  }
  const auto reply = [room = wanted.where.room, with = wanted.where.with, message_text = message.text,
                      wanted_text = wanted.text, what = wanted.what,
                      seq = message.seq](const InFlight::Recorded& recorded) -> Reply {
    if (!recorded.change->seqs.empty()) return told_of(*recorded.change, room, with);
    // It says that already.
    if (what == Change::What::edited && message_text == wanted_text)
      return Error{Code::bad_request, "the message has that text already"};
    return no_such_message(seq);
  };
  hub.in_flight().append({.room = wanted.where.key, .change = std::move(change), .audit = std::move(note)},
                         {.answer = std::move(answer), .reply = reply});
}

/// Reads the message first: what it is about, and whose it is.
void change(Call& call, Wanted wanted) {
  const auto account = call.session.person().account();
  auto& moderation = call.hub.moderation();
  const auto room = call.hub.rooms().find(wanted.where.key);
  const auto floor = room ? moderation.floor(call.session, *room) : 0;
  const auto last = wanted.where.feed->last();
  journal::Query query{.room = wanted.where.key,
                       .after = floor,
                       .before = last + 1,
                       .limit = looked_through,
                       .newest = true,
                       .reader = call.session.number()};
  if (wanted.seq) {
    if (*wanted.seq == 0 || *wanted.seq > last || *wanted.seq <= floor)
      return call.answer.fail(no_such_message(wanted.seq));
    query.after = *wanted.seq - 1;
    query.before = *wanted.seq + 1;
    query.limit = 1;
  }
  const auto waiting = std::make_shared<Wanted>(std::move(wanted));
  const auto answer_page = [waiting, account](Answer& answer, protocol::Result<journal::Page> page) {
    if (!page) return answer.fail(page.error());
    auto& session = answer.session();
    const auto is_it = [&](const protocol::MessagePtr& message) {
      return !message->is_deleted() && (waiting->seq || is_own(session, *message));
    };
    const auto found = std::find_if(page->messages.rbegin(), page->messages.rend(), is_it);
    if (found == page->messages.rend() || account != session.person().account())
      return answer.fail(no_such_message(waiting->seq));
    // Nothing that is being ruled now comes before the change unheard.
    const auto change_it = [waiting, message = *found](Answer& held) {
      if (!waiting->where.room.empty() && !held.session().stays().has(waiting->where.key))
        return held.fail({Code::not_joined, "you are not in " + waiting->where.room + " any more"});
      append(held, *waiting, *message);
    };
    session.hub().in_flight().when_ruled(waiting->where.key, std::move(answer), change_it);
  };
  call.hub.read(query, answering(std::move(call.answer), answer_page));
}

}  // namespace

void handler::edit(Call& call, const request::Edit& asked) {
  const auto where = where_of(call, asked.room, asked.with);
  if (!where) return;
  auto text = protocol::clean_text(asked.text, call.hub.settings().text_bytes);
  if (!text) return call.answer.fail(text.error());
  change(call, {.where = *where, .seq = asked.seq, .what = Change::What::edited, .text = *std::move(text)});
}

void handler::delete_message(Call& call, const request::Delete& asked) {
  const auto where = where_of(call, asked.room, asked.with);
  if (!where) return;
  auto reason = reason_in(call, asked.reason);
  if (!reason) return;
  change(call,
         {.where = *where, .seq = asked.seq, .what = Change::What::deleted, .reason = *std::move(reason)});
}

}  // namespace hubbub::chat
