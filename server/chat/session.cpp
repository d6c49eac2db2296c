#include "server/chat/session.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "server/chat/clock.hpp"
#include "server/chat/commands.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {

using protocol::Code;
using protocol::Error;
using protocol::Event;
namespace event = protocol::event;
namespace request = protocol::request;

namespace {

// Private messages of one session that are open. They are answered once they are taken, which may be as long
// as the way there and back: a few have to be under way for a program that has many to send.
constexpr std::uint32_t most_told = 16;

/// Null when it asks for something else.
template <class Body>
const Body* asks(const protocol::DecodedRequest& decoded) {
  const auto* asked = std::get_if<protocol::Request>(&decoded);
  return asked != nullptr ? std::get_if<Body>(&asked->body) : nullptr;
}

// The keys of the limits, which are what the log names.
constexpr std::string_view messages_limit = "messages_per_second";
constexpr std::string_view queries_limit = "queries_per_second";
constexpr std::string_view address_limit = "messages_per_second_per_address";

}  // namespace

Session::Session(Hub& hub, Wire& wire, std::uint64_t number, AddressBuckets::Bucket address, PersonPtr person)
    : hub_(hub),
      delivery_(*this, wire),
      number_(number),
      person_(std::move(person)),
      address_(std::move(address)) {
  person_->sessions().push_front(*this);
}

Session::~Session() = default;

const Format& Session::format() const {
  const auto* wire = delivery_.wire();
  return wire != nullptr ? wire->format() : *waiting_->last_format;
}

// --- requests

bool Session::may_handle(const protocol::DecodedRequest& decoded) {
  if (delivery_.is_behind() || (is_answering() && !may_add(decoded))) return false;
  const bool appends = asks<request::Say>(decoded) != nullptr || asks<request::Topic>(decoded) != nullptr;
  return !appends || !hub_.in_flight().must_wait(*this);
}

/// Besides what is open.
bool Session::may_add(const protocol::DecodedRequest& decoded) const {
  if (const auto* say = asks<request::Say>(decoded)) return may_say(*say);
  return asks<request::Tell>(decoded) != nullptr && may_tell();
}

/// Into the same room, and no more than may wait for a client when it comes back.
bool Session::may_say(const request::Say& say) const {
  if (pending_room_ == nullptr || (waiting_ && !waiting_->deferred.empty())) return false;
  return room(say.room).get() == pending_room_ && delivery_.takes(pending_bytes_);
}

bool Session::may_tell() const { return telling_ && begun_ - ended_ < most_told; }

bool Session::handle(const protocol::DecodedRequest& decoded) {
  if (is_closed()) return true;
  if (!may_handle(decoded)) {
    refused_ = true;
    return false;
  }
  const auto self = shared_from_this();  // a command may end the session
  if (const auto* bad = std::get_if<protocol::BadRequest>(&decoded)) {
    Answer(self, bad->ref, bad->id).fail(bad->error);
  } else {
    telling_ = asks<request::Tell>(decoded) != nullptr;
    carry_out(self, std::get<protocol::Request>(decoded));
  }
  return true;
}

void Session::end(std::string_view reason) {
  if (is_closed()) return;
  hub_.private_messages().end(*this);
  const auto& format = delivery_.wire()->format();
  delivery_.end();
  waiting_ = std::make_unique<Waiting>(
      Waiting{.deferred = {}, .departure = std::string(reason), .last_format = &format});
  if (pending_room_ == nullptr) hub_.depart(*this, waiting_->departure);
}

void Session::close(const Error& why, std::string_view ref, std::string_view reason) {
  if (is_closed()) return;
  ops::log::debug("chat", "closing",
                  {{"connection", number_}, {"code", to_string(why.code)}, {"reason", reason}});
  hub_.private_messages().end(*this);  // what it has not taken is not to come after all
  delivery_.part({.body = event::Bye{why}, .ref = std::string(ref)});
  why_ = why.code;
  closed_ = true;
  end(reason);
}

void Session::doubt() {
  if (!is_closed()) delivery_.wire()->doubt();
}

Session::Waiting& Session::waiting() {
  if (!waiting_) waiting_ = std::make_unique<Waiting>();
  return *waiting_;
}

// --- answers

/// Answers of messages under way into a room end in their order; others, and errors, may be known before
/// those that come first, and wait for them.
void Session::answer(Answer&& answer, Event event) {
  if (is_closed()) return;
  if (answer.number_ == ended_) {
    deliver(event);
    return;
  }
  auto& deferred = waiting().deferred;
  const auto after = std::find_if(deferred.begin(), deferred.end(), [&](const Deferred& other) {
    return other.answer.number_ - ended_ > answer.number_ - ended_;
  });
  deferred.insert(after, Deferred{std::move(answer), std::move(event)});
}

void Session::deliver(const Event& answer) {
  delivery_.answer(answer, pending_room_ != nullptr
                               ? Place{.room = pending_room_, .seq = pending_room_->last()}
                               : Place{});
}

void Session::end_answer(std::string_view ref, std::uint32_t bytes) {
  ++ended_;
  pending_bytes_ -= bytes;
  if (!is_closed()) delivery_.wire()->answered(ref);
  if (waiting_ && !waiting_->deferred.empty() && waiting_->deferred.front().answer.number_ == ended_) {
    auto next = std::move(waiting_->deferred.front());
    waiting_->deferred.erase(waiting_->deferred.begin());
    deliver(next.event);
    next.answer.end();  // which comes back here
  } else if (!is_answering()) {
    settle();
  }
}

/// Nothing is to be answered any more.
void Session::settle() {
  const bool has_spoken = std::exchange(pending_room_, nullptr) != nullptr;
  if (is_closed()) {
    if (has_spoken) hub_.depart(*this, waiting_->departure);
    return;
  }
  waiting_.reset();
  delivery_.release();
  offer_again();
}

void Session::said(Answer& answer, const Room& room, std::size_t bytes) {
  pending_room_ = &room;
  answer.bytes_ = static_cast<std::uint32_t>(bytes);
  pending_bytes_ += answer.bytes_;
}

void Session::offer_again() {
  if (!is_closed() && std::exchange(refused_, false)) delivery_.wire()->resume();
}

// --- limits and places

std::chrono::milliseconds Session::throttled() {
  const auto now = hub_.now().steady;
  auto wait = messages_.wait(hub_.settings().message_limit(), now);
  auto limit = messages_limit;
  const auto may_take_longer = [&](std::chrono::milliseconds other, std::string_view key) {
    if (other <= wait) return;
    wait = other;
    limit = key;
  };
  may_take_longer(queries_.wait(hub_.settings().query_limit(), now), queries_limit);
  if (address_) may_take_longer(address_->wait(hub_.settings().address_limit(), now), address_limit);
  if (wait.count() > 0) hub_.log_book().too_fast(*this, "slowed_down", limit, now);
  return wait;
}

bool Session::spend(Answer& answer) {
  const auto limit = hub_.settings().message_limit();
  const auto now = hub_.now().steady;
  if (address_ && address_->wait(hub_.settings().address_limit(), now).count() > 0)
    return refuse(answer, *address_, hub_.settings().address_limit(), address_limit);
  if (!messages_.take(limit, now)) return refuse(answer, messages_, limit, messages_limit);
  if (address_) address_->take(hub_.settings().address_limit(), now);
  return true;
}

bool Session::spend_queries(Answer& answer, std::size_t count) {
  const auto limit = hub_.settings().query_limit();
  return queries_.take(limit, hub_.now().steady, count) ||
         refuse(answer, queries_, limit, queries_limit, count);
}

/// False, for whoever tells of it.
bool Session::refuse(Answer& answer, TokenBucket& bucket, const TokenBucket::Limit& limit,
                     std::string_view key, std::size_t tokens) {
  const auto now = hub_.now().steady;
  hub_.log_book().too_fast(*this, "refused", key, now);
  // Whoever goes on at ten times what is allowed is not listening to the refusals.
  const auto pace = hub_.settings().message_limit().rate > 0 ? hub_.settings().message_limit() : limit;
  if (!refusals_.take({.rate = pace.rate * 10, .burst = pace.burst * 10}, now)) {
    close({Code::flooding, "you have kept sending far more than is allowed here"}, answer.ref(),
          to_string(Code::flooding));
    return false;
  }
  const auto wait = bucket.wait(limit, now, tokens);
  answer.fail({Code::rate_limited, "too much at once; try again in " + std::to_string(wait.count()) + " ms"},
              wait);
  return false;
}

std::shared_ptr<Room> Session::room(std::string_view name) const {
  const auto shown = std::find_if(stays_.begin(), stays_.end(),
                                  [&](const Stay& stay) { return stay.room->name().shown == name; });
  if (shown != stays_.end()) return shown->room;
  const auto parsed = protocol::parse_room(name);
  if (!parsed) return nullptr;
  const auto same = std::find_if(stays_.begin(), stays_.end(),
                                 [&](const Stay& stay) { return stay.room->name() == *parsed; });
  return same == stays_.end() ? nullptr : same->room;
}

std::size_t& Session::index_in(const Room& room) {
  return std::find_if(stays_.begin(), stays_.end(),
                      [&](const Stay& stay) { return stay.room.get() == &room; })
      ->index;
}

void Session::leave(const Room& room) {
  delivery_.forget(room);
  stays_.erase(
      std::find_if(stays_.begin(), stays_.end(), [&](const Stay& stay) { return stay.room.get() == &room; }));
}

}  // namespace hubbub::chat
