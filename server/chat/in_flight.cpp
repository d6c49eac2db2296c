#include "server/chat/in_flight.hpp"

#include <memory>
#include <string>
#include <utility>

#include "protocol/text.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/changes.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/logins.hpp"
#include "server/chat/room.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"
#include "server/journal/conversation.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {

using protocol::Code;

namespace {

// Bytes of the line in which a message comes back, besides its text.
constexpr std::size_t message_cost = 256;

/// Whether the journal has something of the room from now on.
bool leaves_something(const journal::Committed& committed) {
  return committed.outcome == journal::Outcome::stored &&
         (!committed.state || !committed.state->value.empty());
}

/// Among whose messages the change has its place for that session; null: among none.
std::shared_ptr<Feed> feed_of_change(const journal::Committed& committed, Session& session,
                                     const Rooms::RoomPtr& room) {
  if (!committed.change || committed.change->seqs.empty()) return nullptr;
  if (room) return session.stays().has(room->key()) ? room : nullptr;
  const auto parties = journal::parties_in(committed.room);
  const auto account = session.person().account();
  const bool is_of_it = parties && account != 0 && (parties->first == account || parties->second == account);
  return is_of_it ? session.hub().conversations().of(*parties) : nullptr;
}

}  // namespace

void handler::say(Call& call, const request::Say& asked) {
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  auto& moderation = call.hub.moderation();
  if (const auto why = moderation.why_not_speak(call.session, *room)) {
    return call.answer.fail(why->error, why->retry_after);
  }
  auto& directory = call.hub.directory();
  if (!directory.is_seen_in(call.session.person(), *room)) {
    const auto seen = [asked](Answer& held, bool is_seen) {
      if (!is_seen) {
        return held.fail(
            {Code::storage_failed, "the others do not know yet that you are here; try again later"});
      }
      auto again = call_of(std::move(held));
      say(again, asked);
    };
    const auto& person = call.session.person();
    return directory.when_seen_in(person, *room, answering(std::move(call.answer), seen));
  }
  auto text = protocol::clean_text(asked.text, call.hub.settings().text_bytes);
  if (!text) return call.answer.fail(text.error());
  if (call.session.is_guest() && !moderation.takes_text(call.session, *text)) {
    return call.answer.fail(
        {Code::rate_limited, "several newcomers have just said the same; try again later"}, Raid::text_span);
  }
  moderation.spoke(call.session, *room);
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
                            .id = asked.id.value_or(""),
                            .account = call.hub.logins().account_name(call.session.person()),
                            .author = call.session.person().account()};
  call.hub.typing().said(call.session.person(), room->key());
  if (asked.action) message.kind = protocol::MessageKind::action;
  call.hub.in_flight().append(std::move(call.answer), room, {.message = std::move(message)});
}

void handler::topic(Call& call, const request::Topic& asked) {
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  if (const auto why = call.hub.moderation().why_not_set_topic(call.session, *room))
    return call.answer.fail(*why);
  auto text = protocol::clean_topic(asked.text, call.hub.settings().text_bytes);
  if (!text) return call.answer.fail(text.error());
  const protocol::event::Topic told{.room = room->name().shown,
                                    .text = *text,
                                    .from = call.session.name().shown,
                                    .time = call.hub.now().wall};
  const auto by = call.session.name().shown;
  call.hub.moderation().set(
      {.key = room->key(), .shown = room->name().shown, .room = room},
      {{.attribute = std::string(journal::topic_attribute), .value = *std::move(text)}}, by,
      {.answer = std::move(call.answer),
       .reply = [told](const auto& /*recorded*/) -> protocol::Result<protocol::event::Any> { return told; }});
}

InFlight::InFlight(journal::Journal& journal, Rooms& rooms, Counters& counters)
    : journal_(journal), rooms_(rooms), counters_(counters) {
  journal_.on_commit([this](std::span<const journal::Committed> batch) { on_commit(batch); });
}

void InFlight::abandon() {
  is_over_ = true;
  const auto dropped = std::exchange(origins_, {});
  const auto unheard = std::exchange(after_, {});
}

void InFlight::append(Answer&& answer, const Rooms::RoomPtr& room, journal::Draft draft) {
  draft.sender = identity(answer.session().person());
  send({.room = room, .answer = std::move(answer)}, *room, std::move(draft));
}

void InFlight::append(Answer&& answer, const std::shared_ptr<Feed>& conversation, journal::Draft draft) {
  send({.conversation = conversation, .answer = std::move(answer)}, *conversation, std::move(draft));
}

void InFlight::send(Origin origin, Feed& feed, journal::Draft draft) {
  const auto& text = draft.state ? draft.state->value : draft.message.text;
  origin.answer.session().answers().in_flight(origin.answer, feed, message_cost + text.size());
  draft.room = feed.key();
  enqueue(std::move(origin), std::move(draft));
}

void InFlight::enqueue(Origin origin, journal::Draft draft) {
  if (is_over_) return;
  draft.ticket = first_ + origins_.size();
  origins_.push_back(std::move(origin));
  journal_.append(std::move(draft));
}

void InFlight::append(journal::account::Any body, protocol::Timestamp now, Done done) {
  enqueue({.deed = std::make_unique<Deed>(Deed{.done = std::move(done)})},
          {.account = std::make_shared<const journal::AccountRecord>(
               journal::AccountRecord{.at = now, .body = std::move(body)})});
}

void InFlight::append(journal::presence::Any body, PresenceDone done, journal::AuditPtr note) {
  const auto* const room = journal::presence::ruled_room(body);
  const auto ruled = room != nullptr ? *room : std::string();
  if (room != nullptr) ++rulings_[ruled];
  journal::Draft draft{.room = ruled, .audit = std::move(note)};
  draft.presence =
      std::make_shared<const journal::PresenceRecord>(journal::PresenceRecord{.body = std::move(body)});
  enqueue({.deed = std::make_unique<Deed>(Deed{.ruled = ruled, .presence_done = std::move(done)})},
          std::move(draft));
}

void InFlight::append(journal::Draft draft, Doer doer, RecordDone done) {
  const bool is_message = !draft.change && !draft.state && !draft.is_audit_only();
  const bool rules = !is_message && !draft.change && (!draft.state || journal::may_forbid(*draft.state));
  if (rules) ++rulings_[draft.room];
  draft.is_quiet = !doer.tells;
  auto deed = std::make_unique<Deed>(Deed{
      .ruled = rules ? draft.room : std::string(), .doer = std::move(doer), .record_done = std::move(done)});
  enqueue({.deed = std::move(deed), .is_record = !is_message}, std::move(draft));
}

void InFlight::on_state(ApplyState apply, std::function<void()> settled) {
  apply_state_ = std::move(apply);
  state_settled_ = std::move(settled);
}

void InFlight::when_ruled(const std::string& key, std::function<void()> then) {
  if (!is_ruling(key)) return then();
  after_all([this, key, then = std::move(then)] { when_ruled(key, then); });
}

void InFlight::when_ruled(const std::string& key, Answer&& answer, std::function<void(Answer& answer)> then) {
  const auto waiting = std::make_shared<Answer>(std::move(answer));
  when_ruled(key, [waiting, then = std::move(then)] {
    auto held = std::move(*waiting);
    if (held.is_wanted()) then(held);
  });
}

std::weak_ptr<Session> InFlight::session_ptr(Session& session) { return session.weak_from_this(); }

/// A record of that room has come back.
void InFlight::ruled(const std::string& key) {
  const auto found = rulings_.find(key);
  if (found != rulings_.end() && --found->second == 0) rulings_.erase(found);
}

void InFlight::on_account(ApplyAccount apply, std::function<void()> settled) {
  apply_ = std::move(apply);
  settled_ = std::move(settled);
}

void InFlight::after_all(std::function<void()> then) {
  if (origins_.empty()) return then();
  after_.emplace_back(first_ + origins_.size() - 1, std::move(then));
}

bool InFlight::must_wait(Session& session) {
  if (!journal_.full()) return false;
  waiting_.push_back(session.weak_from_this());
  return true;
}

/// Empty if nothing is in flight with that ticket.
InFlight::Origin InFlight::take(const journal::Committed& committed) {
  if (committed.ticket == 0) {
    const bool is_record = committed.state || committed.change || (committed.audit && !committed.message);
    const bool has_deed = is_record || committed.account || committed.presence;
    return {.room = rooms_.find(committed.room),
            .answer = {},
            .deed = has_deed ? std::make_unique<Deed>() : nullptr,
            .is_record = is_record && !committed.account};
  }
  if (committed.ticket < first_ || committed.ticket - first_ >= origins_.size()) return {};
  auto origin =
      std::exchange(origins_[static_cast<std::size_t>(committed.ticket - first_)], Origin{.is_taken = true});
  while (!origins_.empty() && origins_.front().is_taken) {
    origins_.pop_front();
    ++first_;
  }
  return origin;
}

void InFlight::on_commit(std::span<const journal::Committed> batch) {
  bool has_presence = false;
  std::vector<Rooms::RoomPtr> touched;
  std::vector<Origin> origins;
  origins.reserve(batch.size());  // Said::ref points into them: they must not move
  for (const auto& committed : batch) {
    auto& origin = origins.emplace_back(take(committed));
    origin.is_stale = committed.outcome == journal::Outcome::stale;
    origin.has_failed = committed.outcome == journal::Outcome::failed || origin.is_stale;
    if (origin.deed && !origin.deed->ruled.empty()) ruled(origin.deed->ruled);
    if (committed.presence || (origin.deed && origin.deed->presence_done)) {
      // What was said before is seen before, and who had come before that.
      if (has_presence && !touched.empty()) rooms_.tell_presence();
      for (const auto& room : std::exchange(touched, {}))
        counters_.deliveries += room->broadcast().deliver_batch();
      if (committed.presence && apply_presence_) apply_presence_(committed);
      if (origin.deed->presence_done) std::exchange(origin.deed->presence_done, nullptr)(committed);
      has_presence = true;
      continue;
    }
    if (origin.is_record) {
      // It goes behind what was said before, which goes behind who had come before that.
      if (std::exchange(has_presence, false)) rooms_.tell_presence();
      if (!origin.has_failed) deliver_record(origin, committed);
      continue;
    }
    if (committed.account && !origin.has_failed) {
      // In its place among the messages: what is said after it, is said by whom it lets in.
      origin.deed->stored = Stored{.applied = apply_(*committed.account, committed.ticket != 0),
                                   .number = committed.account->seq};
      continue;
    }
    if (!origin.has_failed && journal::is_conversation(committed.room)) {
      if (committed.outcome == journal::Outcome::stored) ++counters_.messages;
      counters_.deliveries += deliver_private_(committed, origin.answer);
      continue;
    }
    if (origin.deed && !origin.has_failed) {
      origin.deed->recorded = Recorded{.number = committed.message->seq};
      // Nobody holds the room for it: whoever is there now is to hear it, unless the room was made anew when
      // the journal had it already, and so has it in what it tells of before.
      const auto room = rooms_.find(committed.room);
      if (room && room->last() < committed.message->seq) origin.room = room;
    }
    if (origin.has_failed || !origin.room) continue;
    // The room was made anew when the journal had it already: those who are there have it in what they were
    // told.
    const bool is_told = committed.outcome == journal::Outcome::stored &&
                         origin.room->last() >= committed.message->seq && !origin.answer;
    if (is_told) continue;
    if (leaves_something(committed)) rooms_.becomes_known(*origin.room);
    if (committed.outcome == journal::Outcome::stored) ++counters_.messages;
    if (committed.ticket == 0 && look_at_heard_) look_at_heard_(*origin.room, *committed.message);
    // Whoever was put out by another node while it was on its way hears the room no more.
    if (origin.answer.is_wanted() && !origin.answer.session().stays().has(origin.room->key()))
      origin.answer.reply(committed.message);
    const Participant* sender = origin.answer.is_wanted() ? &origin.answer.session().delivery() : nullptr;
    const bool is_first =
        origin.room->broadcast().gather({.message = committed.message,
                                         .sender = sender,
                                         .ref = origin.answer.ref(),
                                         .repeated = committed.outcome == journal::Outcome::repeated,
                                         .is_own = sender != nullptr && !sender->is_direct()});
    if (is_first) touched.push_back(origin.room);
  }
  // Whoever has come and speaks at once is seen to come first.
  if (has_presence) rooms_.tell_presence();
  for (const auto& room : touched) counters_.deliveries += room->broadcast().deliver_batch();
  for (std::size_t i = 0; i < origins.size(); ++i)
    if (origins[i].is_stale) look_again(origins[i], batch[i]);
  settle(origins);
}

/// Delivers the record after the messages that were said before it.
void InFlight::deliver_record(Origin& origin, const journal::Committed& committed) {
  auto& doer = origin.deed->doer;
  auto& answer = doer.answer;
  auto& recorded = origin.deed->recorded.emplace(Recorded{.change = committed.change});
  Session* const setter = answer ? &answer.session() : nullptr;
  const bool is_private = journal::is_conversation(committed.room);
  const auto room = is_private ? nullptr : rooms_.find(committed.room);
  if (room) counters_.deliveries += room->broadcast().deliver_batch();
  if (committed.state) {
    recorded.number = committed.state->seq;
    if (room && leaves_something(committed)) rooms_.becomes_known(*room);
    apply_state_(committed, room, setter, !committed.is_quiet);
  } else if (committed.change) {
    recorded.number = committed.change->number;
    if (is_private) deliver_private_change_(committed, setter);
    if (room) deliver_change(room, committed, setter);
  } else if (committed.audit) {
    recorded.number = committed.audit->seq;
  }
  if (!answer || !doer.reply) return;
  auto told = doer.reply(recorded);
  if (!told) return answer.fail(told.error());
  if (room && committed.state && committed.state->attribute == journal::topic_attribute &&
      setter->stays().has(room->key())) {
    // In its place among the messages, also for one who is behind with them; the answer ends with the batch.
    const protocol::Event event{.body = *std::move(told), .ref = answer.ref()};
    return setter->delivery().answer(event, {.feed = room.get(), .seq = room->last()});
  }
  const auto feed = feed_of_change(committed, *setter, room);
  if (feed == nullptr) return answer.reply(*std::move(told));
  // In its place among the messages, also for one who is behind with them; the answer ends with the batch.
  const protocol::Event event{.body = *std::move(told), .ref = answer.ref()};
  setter->delivery().own(Rendered(event).in(setter->delivery().format()),
                         {.feed = feed.get(), .seq = committed.change->number, .instead = true});
}

void InFlight::deliver_change(const Rooms::RoomPtr& room, const journal::Committed& committed,
                              const Session* setter) {
  const auto& change = *committed.change;
  // The room was made anew when the journal had it already: those who are there have it so.
  if (room->last() >= change.number) return;
  // One that has changed nothing is no place among the messages either, as little as after another start.
  if (change.seqs.empty()) return;
  const protocol::Event told{.body = told_of(change, room->name().shown, {}), .ref = {}};
  Rendered rendered(told);
  const auto* const except = setter == nullptr ? nullptr : &setter->delivery();
  for (const auto& participant : room->broadcast().participants()) {
    // What was said before its time is not for everybody, nor is what has become of it.
    if (participant.get() != except && room->floor(*participant) < change.seqs.back())
      participant->share(rendered.in(participant->format()), room.get());
  }
  // Only now: whoever falls behind with it has it among what is missed.
  room->broadcast().note(change.number);
}

/// Whoever said it may have been banned or put out meanwhile, or silenced.
std::optional<protocol::Error> InFlight::why_not_again(Session& session, Room* room) {
  auto& moderation = session.hub().moderation();
  if (auto why = moderation.why_banned(session, session.name(), session.person().account())) return why;
  if (room == nullptr) return std::nullopt;
  if (!session.stays().has(room->key())) return Moderation::put_out_meanwhile(*room);
  if (auto why = moderation.why_banned_from(session, *room)) return why;
  return moderation.why_silent(session, *room);
}

/// What a message was allowed to be said by may not hold any more: it is looked at again, and then goes
/// before what was said after it.
void InFlight::look_again(Origin& origin, const journal::Committed& committed) {
  if (!committed.message || origin.deed || (!origin.room && !origin.conversation)) return;
  // A ruling of this node is on its way, which would be taken for known: so it is to be said again.
  if (is_ruling(committed.room)) return;
  auto& session = origin.answer.session();
  if (auto why = why_not_again(session, origin.room.get())) {
    origin.refusal = std::make_unique<protocol::Error>(*std::move(why));
    return;
  }
  journal::Draft draft{.room = committed.room,
                       .sender = identity(session.person()),
                       .message = *committed.message,
                       .ticket = first_ + origins_.size()};
  draft.message.seq = 0;
  // It is said now, by whoever bears what name now: others may have done something about that meanwhile.
  draft.message.from = session.name().shown;
  draft.message.account = session.hub().logins().account_name(session.person());
  draft.message.time = session.hub().now().wall;
  origins_.push_back(
      {.room = origin.room, .conversation = origin.conversation, .answer = std::move(origin.answer)});
  origin.has_failed = false;
  journal_.append_again(std::move(draft));
}

/// Answers the failed ones with an error, and ends all answers, in order.
void InFlight::settle(std::vector<Origin>& origins) {
  bool has_accounts = false;
  bool has_records = false;
  for (auto& one : origins) {
    has_records = has_records || one.is_record;
    if (one.deed) {
      auto& deed = *one.deed;
      if (deed.record_done) std::exchange(deed.record_done, nullptr)(deed.recorded);
      has_accounts = has_accounts || deed.stored;
      if (deed.done) std::exchange(deed.done, nullptr)(deed.stored);
      if (deed.doer.answer) one.answer = std::move(deed.doer.answer);
    }
    if (!one.answer) continue;
    const auto session = one.answer.session().shared_from_this();  // the answer may be all that holds it
    if (one.refusal) {
      one.answer.fail(*one.refusal);
    } else if (one.is_stale) {
      one.answer.fail(ruled_meanwhile());
    } else if (one.has_failed) {
      one.answer.fail(not_stored());
    }
    const bool is_given_up = session->delivery().overflowed();
    one.answer.end();
    if (is_given_up) {
      session->close(
          {Code::too_slow, "you did not read what was sent to you; come back for what you missed"});
    }
  }
  if (has_records) state_settled_();
  if (has_accounts) settled_();
  // What people say first, in the next turn: what goes on after it may be a ruling, on which they would wait
  // again.
  const bool has_waited = !journal_.full() && !waiting_.empty();
  if (!has_waited) return go_on_after();
  for (const auto& waiting : std::exchange(waiting_, {})) {
    if (const auto session = waiting.lock()) session->offer_again();
  }
  goes_on_ = true;
}

void InFlight::end_turn() {
  if (std::exchange(goes_on_, false)) go_on_after();
}

void InFlight::go_on_after() {
  while (!after_.empty() && after_.front().first < first_) {
    const auto then = std::move(after_.front().second);
    after_.pop_front();
    then();
  }
}

}  // namespace hubbub::chat
