#include "server/chat/in_flight.hpp"

#include <memory>
#include <string>
#include <utility>

#include "protocol/text.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/logins.hpp"
#include "server/chat/room.hpp"
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

}  // namespace

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

InFlight::InFlight(journal::Journal& journal, Rooms& rooms, Counters& counters)
    : journal_(journal), rooms_(rooms), counters_(counters) {
  journal_.on_commit([this](std::span<const journal::Committed> batch) { on_commit(batch); });
}

void InFlight::append(Answer&& answer, const Rooms::RoomPtr& room, journal::Draft draft) {
  const auto account = answer.session().person().account();
  draft.sender = account == 0 ? answer.session().name().key : journal::author_key(account);
  send({.room = room, .answer = std::move(answer)}, *room, std::move(draft));
}

void InFlight::append(Answer&& answer, const std::shared_ptr<Feed>& conversation, journal::Draft draft) {
  send({.conversation = conversation, .answer = std::move(answer)}, *conversation, std::move(draft));
}

void InFlight::send(Origin origin, Feed& feed, journal::Draft draft) {
  const auto& text = draft.state ? draft.state->value : draft.message.text;
  origin.answer.session().answers().in_flight(origin.answer, feed, message_cost + text.size());
  draft.room = feed.key();
  draft.ticket = first_ + origins_.size();
  origins_.push_back(std::move(origin));
  journal_.append(std::move(draft));
}

void InFlight::append(journal::account::Any body, protocol::Timestamp now, Done done) {
  const auto ticket = first_ + origins_.size();
  origins_.push_back({.done = std::move(done)});
  journal_.append({.ticket = ticket,
                   .account = std::make_shared<const journal::AccountRecord>(
                       journal::AccountRecord{.at = now, .body = std::move(body)})});
}

void InFlight::on_account(std::function<journal::Applied(const journal::AccountRecord&)> apply,
                          std::function<void()> settled) {
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
  if (committed.ticket == 0) return {.room = rooms_.find(committed.room), .answer = {}};
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
  std::vector<Rooms::RoomPtr> touched;
  std::vector<Origin> origins;
  origins.reserve(batch.size());  // Said::ref points into them: they must not move
  for (const auto& committed : batch) {
    auto& origin = origins.emplace_back(take(committed));
    origin.has_failed = committed.outcome == journal::Outcome::failed;
    if (committed.account && !origin.has_failed) {
      // In its place among the messages: what is said after it, is said by whom it lets in.
      origin.stored = Stored{.applied = apply_(*committed.account), .number = committed.account->seq};
      continue;
    }
    if (!origin.has_failed && journal::is_conversation(committed.room)) {
      if (committed.outcome == journal::Outcome::stored) ++counters_.messages;
      counters_.deliveries += deliver_private_(committed, origin.answer);
      continue;
    }
    if (origin.has_failed || !origin.room) continue;
    if (leaves_something(committed)) rooms_.becomes_known(*origin.room);
    if (committed.state) {
      deliver_state(origin, *committed.state);
      continue;
    }
    if (committed.outcome == journal::Outcome::stored) ++counters_.messages;
    const Participant* sender = origin.answer.is_wanted() ? &origin.answer.session().delivery() : nullptr;
    const bool is_first =
        origin.room->broadcast().gather({.message = committed.message,
                                         .sender = sender,
                                         .ref = origin.answer.ref(),
                                         .repeated = committed.outcome == journal::Outcome::repeated,
                                         .is_own = sender != nullptr && !sender->is_direct()});
    if (is_first) touched.push_back(origin.room);
  }
  for (const auto& room : touched) counters_.deliveries += room->broadcast().deliver_batch();
  settle(origins);
}

/// Delivers the record after the messages that were said before it.
void InFlight::deliver_state(Origin& origin, const journal::StateRecord& record) {
  auto& room = *origin.room;
  counters_.deliveries += room.broadcast().deliver_batch();
  const Participant* setter = origin.answer ? &origin.answer.session().delivery() : nullptr;
  for (auto& told : room.apply(record)) {
    room.broadcast().deliver({.body = told, .ref = {}}, setter);
    origin.answer.reply(std::move(told));
  }
}

/// Answers the failed ones with an error, and ends all answers, in order.
void InFlight::settle(std::vector<Origin>& origins) {
  bool has_accounts = false;
  for (auto& one : origins) {
    has_accounts = has_accounts || one.stored;
    if (one.done) std::exchange(one.done, nullptr)(one.stored);
    if (!one.answer) continue;
    const auto session = one.answer.session().shared_from_this();  // the answer may be all that holds it
    if (one.has_failed) {
      one.answer.fail({Code::storage_failed, "the server could not store this; try again later"});
    }
    const bool is_given_up = session->delivery().overflowed();
    one.answer.end();
    if (is_given_up) {
      session->close(
          {Code::too_slow, "you did not read what was sent to you; come back for what you missed"});
    }
  }
  if (has_accounts) settled_();
  go_on_after();
  if (journal_.full()) return;
  for (const auto& waiting : std::exchange(waiting_, {})) {
    if (const auto session = waiting.lock()) session->offer_again();
  }
}

void InFlight::go_on_after() {
  while (!after_.empty() && after_.front().first < first_) {
    const auto then = std::move(after_.front().second);
    after_.pop_front();
    then();
  }
}

}  // namespace hubbub::chat
