// Private messages to people on other nodes, who have no account: they go through the log, sealed for the
// nodes of the recipient, and each of these says in the log what has become of it.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/chat/copies.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/session.hpp"
#include "server/chat/shared_directory.hpp"

namespace hubbub::chat {
namespace {

namespace presence = journal::presence;
using journal::Committed;
using journal::Outcome;
using journal::PresenceRecord;
using presence::Receipt;
using protocol::Code;
using protocol::Error;
using protocol::Name;

Receipt::Fate fate_of(const Told& told) {
  if (!told.why) return Receipt::Fate::taken;
  if (told.is_in_doubt) return Receipt::Fate::in_doubt;
  if (told.why->code == Code::no_such_user) return Receipt::Fate::gone;
  return told.why->code == Code::recipient_busy ? Receipt::Fate::busy : Receipt::Fate::refused;
}

Told told_by(const Receipt& receipt, const protocol::MessagePtr& message) {
  switch (receipt.fate) {
    case Receipt::Fate::taken: {
      // Of the first one, if it has come before.
      auto first = *message;
      if (receipt.at != protocol::Timestamp{}) first.time = receipt.at;
      return {.message = std::make_shared<const protocol::Message>(std::move(first))};
    }
    case Receipt::Fate::in_doubt:
    case Receipt::Fate::busy:
      return {.message = message,
              .why = Error{Code::recipient_busy, receipt.text},
              .retry_after = busy_for,
              .is_in_doubt = receipt.fate == Receipt::Fate::in_doubt};
    case Receipt::Fate::gone:
      return {.message = message, .why = Error{Code::no_such_user, receipt.text}};
    case Receipt::Fate::refused:
      return {.message = message, .why = Error{Code::bad_request, receipt.text}};
  }
  return {.message = message};
}

}  // namespace

void SharedDirectory::tell(const Name& to, protocol::Message message, TellHandler handler) {
  auto* const person = bearer_of(to.key);
  if (person == nullptr || !person->is_elsewhere())
    return LocalDirectory::tell(to, std::move(message), handler);
  const auto* const sender = bearer_of(protocol::key_of(message.from));
  const auto number = sender == nullptr ? numbers_.end() : numbers_.find(sender);
  if (number == numbers_.end())
    return handler({.message = {}, .why = Error{Code::storage_failed, "this cannot be told now"}});
  message.to = person->name().shown;
  presence::Told told{.person = number->second,
                      .to = to.key,
                      .message = std::make_shared<const protocol::Message>(std::move(message))};
  for (const auto& [epoch, its_number] : presences_of(*person))
    told.sealed.push_back({.epoch = epoch, .person = its_number});
  const auto said = told.message;
  hub_->in_flight().append(std::move(told), [this, said, to,
                                             handler = std::move(handler)](const Committed& committed) {
    if (committed.outcome == Outcome::stored) return is_on_its_way(*committed.presence, said, to, handler);
    // Of the recipient only those who are here may be left.
    auto* const here = bearer_of(to.key);
    if (committed.outcome == Outcome::refused && here != nullptr && is_open(*here))
      return deliver(*here, *said, handler);
    if (committed.outcome == Outcome::refused)
      return handler({.message = {}, .why = nobody_called(to.shown)});
    handler({.message = {}, .why = Error{Code::storage_failed, "this cannot be told now; try again later"}});
  });
}

/// Each node of those that have it in the log as the recipient's answers; and what is here of the recipient
/// hears it in the same place.
void SharedDirectory::is_on_its_way(const PresenceRecord& record, const protocol::MessagePtr& said,
                                    const Name& to, const TellHandler& handler) {
  std::vector<Key> there;
  for (const auto& each : std::get<presence::Told>(record.body).sealed) {
    const auto found = present_.find({each.epoch, each.person});
    if (found != present_.end() && found->second.person->name().key == to.key) there.push_back(found->first);
  }
  auto* const bearer = bearer_of(to.key);
  const bool is_here = bearer != nullptr && is_open(*bearer);
  const auto count = there.size() + (is_here ? 1 : 0);
  if (count == 0) return handler({.message = {}, .why = nobody_called(to.shown)});
  const auto copies = std::make_shared<Copies>(count, handler);
  if (!there.empty()) {
    auto& way = on_their_way_[record.seq];
    way.message = said;
    for (const auto& key : there) way.copies.emplace(key, copies->one());
  }
  if (is_here) deliver(*bearer, *said, copies->one());
}

void SharedDirectory::apply(const presence::Told& told, const PresenceRecord& record) {
  for (const auto& each : told.sealed) {
    if (each.epoch != epoch_) continue;
    const auto found = own_.find(each.person);
    // One that is about to go may be that person by another number, too.
    const auto person = found == own_.end() || found->second.is_going ? nullptr : found->second.person;
    const Receipt receipt{.epoch = record.epoch, .told = record.seq, .person = each.person};
    const auto handler = [this, receipt](const chat::Told& outcome) {
      auto given = receipt;
      given.fate = fate_of(outcome);
      if (outcome.why) given.text = outcome.why->text;
      if (outcome.message) given.at = outcome.message->time;
      give(given, epoch_);
    };
    if (!told.message) {
      handler(
          {.message = {}, .why = Error{Code::no_such_user, "this message cannot be read where it has come"}});
      continue;
    }
    if (!person || person->name().key != told.to) {
      handler({.message = {}, .why = has_left(told.message->to, false)});
      continue;
    }
    const auto pass_on = [person](protocol::Message message, TellHandler then) {
      deliver(*person, std::move(message), std::move(then));
    };
    hub_->tells().arrive(*told.message, hub_->now().wall, pass_on, handler);
  }
}

/// As long as this start is in the log: with its end the sender's node knows as much.
void SharedDirectory::give(const Receipt& receipt, std::uint64_t epoch) {
  hub_->in_flight().append(receipt, [this, receipt, epoch](const Committed& committed) {
    if (committed.outcome != Outcome::failed) return;
    again_.emplace_back([this, receipt, epoch] {
      if (epoch == epoch_) give(receipt, epoch);
    });
  });
}

void SharedDirectory::apply(const Receipt& receipt, const PresenceRecord& record) {
  if (receipt.epoch != epoch_) return;
  const auto way = on_their_way_.find(receipt.told);
  if (way == on_their_way_.end()) return;
  const auto copy = way->second.copies.find({record.epoch, receipt.person});
  if (copy == way->second.copies.end()) return;
  const auto told = told_by(receipt, way->second.message);
  const auto handler = copy->second;
  if (!told.is_in_doubt) way->second.copies.erase(copy);
  if (way->second.copies.empty()) on_their_way_.erase(way);
  handler(told);
}

/// Nothing more will be heard of what was on its way to that node, or from this one if it was its own start.
void SharedDirectory::lose_sight(std::uint64_t epoch) {
  std::vector<std::pair<TellHandler, protocol::MessagePtr>> lost;
  for (auto& [number, way] : on_their_way_) {
    std::erase_if(way.copies, [&, message = way.message](const auto& copy) {
      const bool is_lost = epoch == epoch_ || copy.first.first == epoch;
      if (is_lost) lost.emplace_back(copy.second, message);
      return is_lost;
    });
  }
  std::erase_if(on_their_way_, [](const auto& way) { return way.second.copies.empty(); });
  const Error lost_all{Code::storage_failed,
                       "this server has lost the others; this may be lost, or come all the same"};
  for (const auto& [handler, message] : lost)
    handler({.message = message, .why = epoch == epoch_ ? lost_all : has_left(message->to, true)});
}

}  // namespace hubbub::chat
