#include "server/chat/session.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "server/chat/catch_up.hpp"
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

// Of what others say while the journal reads for a session: as much as may wait for a slow reader.
constexpr std::size_t most_held_bytes = std::size_t{8} * 1024 * 1024;

Event failure(Error error, std::string_view ref, std::string_view id,
              std::chrono::milliseconds retry_after = {}) {
  return {.body = event::Failure{.error = std::move(error),
                                 .id = std::string(id),
                                 .retry_after_ms = static_cast<std::uint64_t>(retry_after.count())},
          .ref = std::string(ref)};
}

}  // namespace

Session::Session(Hub& hub, Wire& wire, std::uint64_t number) : hub_(hub), wire_(&wire), number_(number) {}

Session::~Session() = default;

bool Session::may_handle(const protocol::DecodedRequest& decoded) {
  if (busy_ || catch_up_ || has_failure()) return false;
  const auto* asked = std::get_if<protocol::Request>(&decoded);
  const auto* say = asked != nullptr ? std::get_if<request::Say>(&asked->body) : nullptr;
  if (pending_ > 0 && (say == nullptr || room(say->room).get() != pending_room_)) return false;
  const bool appends =
      say != nullptr || (asked != nullptr && std::holds_alternative<request::Topic>(asked->body));
  return !appends || !hub_.must_wait_for_journal(*this);
}

bool Session::handle(const protocol::DecodedRequest& decoded) {
  if (is_closed()) return true;
  if (!may_handle(decoded)) {
    refused_ = true;
    return false;
  }
  const auto self = shared_from_this();  // a command may end the session
  if (const auto* bad = std::get_if<protocol::BadRequest>(&decoded)) {
    fail(bad->error, bad->ref, bad->id);
  } else {
    carry_out(*this, std::get<protocol::Request>(decoded));
  }
  return true;
}

void Session::end(std::string_view reason) {
  if (is_closed()) return;
  last_format_ = &wire_->format();
  wire_ = nullptr;
  waiting_.reset();
  catch_up_.reset();
  if (pending_ > 0) {
    waiting().departure = reason;
  } else {
    hub_.depart(*this, reason);
  }
}

void Session::close(const Error& why, std::string_view ref, std::string_view reason) {
  if (is_closed()) return;
  release();
  ops::log::debug("chat", "closing",
                  {{"session", number_}, {"code", to_string(why.code)}, {"reason", reason}});
  wire_->send({.body = event::Bye{why}, .ref = std::string(ref)});
  wire_->close();
  logged_departure_ = to_string(why.code);
  end(reason);
}

void Session::deliver(Slice bytes) {
  if (is_closed()) return;
  if (busy_) {
    keep(std::move(bytes));
  } else if (catch_up_) {
    catch_up_->deliver(std::move(bytes));
  } else if (wire_->is_full()) {
    // It has missed nothing yet: this is the first that it will be given from the journal.
    catch_up_ = std::make_unique<CatchUp>(*this);
    wire_->when_drained();
  } else {
    wire_->deliver(std::move(bytes));
  }
}

void Session::answer(Slice bytes) {
  if (is_closed()) return;
  if (busy_ || catch_up_) {
    keep(std::move(bytes));
  } else {
    wire_->deliver(std::move(bytes));
  }
}

void Session::reply(event::Any body, std::string_view ref) {
  if (!is_closed()) send({.body = std::move(body), .ref = std::string(ref)});
}

void Session::notify(const Event& event) {
  if (is_closed()) return;
  if (busy_) {
    keep(Rendered(event).in(format()));
  } else {
    send(event);
  }
}

/// After what it has missed, if anything.
void Session::send(const Event& event) {
  if (catch_up_) {
    keep(Rendered(event).in(format()));
  } else {
    wire_->send(event);
  }
}

void Session::doubt() {
  if (!is_closed()) wire_->doubt();
}

// --- catching up

void Session::go_on() {
  if (catch_up_) catch_up_->go_on();
}

void Session::give(std::string lines) {
  wire_->deliver(protocol::make_bytes(std::move(lines)));
  wire_->when_drained();
}

void Session::caught_up(std::string states, std::vector<Slice> live) {
  catch_up_.reset();
  wire_->deliver(protocol::make_bytes(std::move(states)));
  for (auto& bytes : live) keep(std::move(bytes));  // after the answers that have waited
  release();
}

Session::Waiting& Session::waiting() {
  if (!waiting_) waiting_ = std::make_unique<Waiting>();
  return *waiting_;
}

/// Nobody is closed here, while a room walks the list of its members.
void Session::keep(Slice bytes) {
  auto& held = waiting();
  held.bytes += bytes.size;
  if (held.bytes <= most_held_bytes) held.slices.push_back(std::move(bytes));
}

void Session::fail(Error error, std::string_view ref, std::string_view id,
                   std::chrono::milliseconds retry_after) {
  if (is_closed()) return;
  ops::log::debug("chat", "refused",
                  {{"session", number_}, {"code", to_string(error.code)}, {"why", error.text}});
  auto answer = failure(std::move(error), ref, id, retry_after);
  if (pending_ > 0) {
    waiting().failure = std::move(answer);
  } else {
    send(answer);
  }
}

std::shared_ptr<Room> Session::room(std::string_view name) const {
  const auto shown = std::find_if(rooms_.begin(), rooms_.end(),
                                  [&](const auto& room) { return room->name().shown == name; });
  if (shown != rooms_.end()) return *shown;
  const auto parsed = protocol::parse_room(name);
  if (!parsed) return nullptr;
  const auto same =
      std::find_if(rooms_.begin(), rooms_.end(), [&](const auto& room) { return room->name() == *parsed; });
  return same == rooms_.end() ? nullptr : *same;
}

std::chrono::milliseconds Session::throttled() {
  return messages_.wait(hub_.message_limit(), hub_.now().steady);
}

bool Session::spend(std::string_view ref, std::string_view id) {
  const auto limit = hub_.message_limit();
  const auto now = hub_.now().steady;
  if (messages_.take(limit, now)) return true;
  // Whoever goes on at ten times what is allowed is not listening to the refusals.
  if (!refusals_.take({.rate = limit.rate * 10, .burst = limit.burst * 10}, now)) {
    close({Code::flooding, "you have kept sending far more than is allowed here"}, ref,
          to_string(Code::flooding));
    return false;
  }
  const auto wait = messages_.wait(limit, now);
  fail({Code::rate_limited, "too much at once; try again in " + std::to_string(wait.count()) + " ms"}, ref,
       id, wait);
  return false;
}

void Session::leave(const std::shared_ptr<Room>& room) {
  rooms_.erase(std::remove(rooms_.begin(), rooms_.end(), room), rooms_.end());
}

void Session::said(const Room& room) {
  ++pending_;
  pending_room_ = &room;
}

void Session::lost(Error error, std::string_view ref, std::string_view id) {
  if (!is_closed()) send(failure(std::move(error), ref, id));
}

void Session::settled() {
  if (--pending_ > 0) return;
  pending_room_ = nullptr;
  if (is_closed()) {
    hub_.depart(*this, std::exchange(waiting_, nullptr)->departure);
    return;
  }
  if (has_failure()) send(*std::exchange(waiting_->failure, std::nullopt));
  if (!catch_up_) waiting_.reset();
  offer_again();
}

void Session::release() {
  busy_ = false;
  if (is_closed()) return;
  const auto held = std::exchange(waiting_, nullptr);
  if (held) {
    for (auto& bytes : held->slices) wire_->deliver(std::move(bytes));
  }
  if (held && held->bytes > most_held_bytes) {
    close({Code::too_slow,
           "too much was said while the history was read for you; come back and ask for what you missed"});
    return;
  }
  offer_again();
}

void Session::offer_again() {
  if (std::exchange(refused_, false)) wire_->resume();
}

}  // namespace hubbub::chat
