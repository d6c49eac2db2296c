#include "server/chat/session.hpp"

#include <utility>
#include <variant>

#include "server/chat/commands.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {

using protocol::Error;
using protocol::Event;
namespace event = protocol::event;
namespace request = protocol::request;

namespace {

/// Null when it asks for something else.
template <class Body>
const Body* asks(const protocol::DecodedRequest& decoded) {
  const auto* asked = std::get_if<protocol::Request>(&decoded);
  return asked != nullptr ? std::get_if<Body>(&asked->body) : nullptr;
}

}  // namespace

Session::Session(Hub& hub, Wire& wire, std::uint64_t number, AddressBuckets::Bucket address, PersonPtr person)
    : hub_(hub),
      delivery_(*this, wire),
      number_(number),
      person_(std::move(person)),
      pace_(std::move(address)) {
  person_->sessions().push_front(*this);
}

Session::~Session() = default;

// --- requests

bool Session::may_handle(const protocol::DecodedRequest& decoded) {
  if (delivery_.is_behind()) return false;
  const auto* say = asks<request::Say>(decoded);
  if (answers_.any() && say != nullptr) {
    // No more than may wait for a client when it comes back.
    if (!answers_.take_say(stays_.find(say->room).get()) || !delivery_.takes(answers_.bytes())) return false;
  } else if (answers_.any()) {
    if (asks<request::Tell>(decoded) == nullptr || !answers_.take_tell()) return false;
  }
  const bool appends = say != nullptr || asks<request::Topic>(decoded) != nullptr;
  return !appends || !hub_.in_flight().must_wait(*this);
}

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
    answers_.begins(asks<request::Tell>(decoded) != nullptr);
    carry_out(self, std::get<protocol::Request>(decoded));
  }
  return true;
}

void Session::end(std::string_view reason) {
  if (is_closed()) return;
  hub_.private_messages().end(*this);
  departure_ = std::make_unique<const std::string>(reason);
  delivery_.end();
  answers_.drop_deferred();
  if (answers_.room() == nullptr) hub_.depart(*this, *departure_);
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

void Session::offer_again() {
  if (!is_closed() && std::exchange(refused_, false)) delivery_.wire()->resume();
}

// --- answers

void Session::deliver(const Event& answer) {
  const auto* room = answers_.room();
  delivery_.answer(answer, room != nullptr ? Place{.room = room, .seq = room->last()} : Place{});
}

void Session::settle() {
  const bool has_spoken = answers_.settle();
  if (!is_closed()) {
    delivery_.release();
    offer_again();
  } else if (has_spoken) {
    hub_.depart(*this, *departure_);
  }
}

std::chrono::milliseconds Session::throttled() {
  const auto now = hub_.now().steady;
  const auto next = pace_.next(hub_.settings(), now);
  if (next.wait.count() > 0) hub_.log_book().too_fast(*this, "slowed_down", next.limit, now);
  return next.wait;
}

}  // namespace hubbub::chat
