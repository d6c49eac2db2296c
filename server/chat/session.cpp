#include "server/chat/session.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/journal/conversation.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {

using protocol::Error;
using protocol::Event;
namespace event = protocol::event;

Session::Session(Hub& hub, Wire& wire, std::uint64_t number, AddressBuckets::Bucket address, PersonPtr person)
    : hub_(hub),
      delivery_(*this, wire),
      number_(number),
      person_(std::move(person)),
      pace_(std::move(address)) {}

Session::~Session() = default;

void Session::set_welcome() {
  welcome_ = true;
  ++hub_.counters().welcomed;
  person_->sessions().push_front(*this);
}

void Session::set_person(PersonPtr person) {
  const auto before = std::exchange(person_, std::move(person));
  if (!welcome_) return;
  note_former(identity(*before));
  before->sessions().erase(Sessions::s_iterator_to(*this));
  person_->sessions().push_front(*this);
  if (!before->sessions().empty()) return;
  hub_.directory().release(*before, "logged in");
  hub_.logins().gone(*before);
}

void Session::end(std::string_view reason) {
  if (is_closed()) return;
  hub_.private_messages().end(*this);
  past().departure = reason;
  if (is_guest()) {
    for (const auto& stay : stays_.all())
      stay.room->note_gone(name(), std::string(address()), hub_.now().steady);
  }
  // With something in flight it departs when the last is answered: which may be one that is dropped here.
  const bool is_in_flight = answers_.feed() != nullptr;
  delivery_.end();
  answers_.drop_deferred();
  if (!is_in_flight) hub_.depart(*this, past().departure);
}

void Session::close(const Error& why, std::string_view ref, std::string_view reason) {
  if (is_closed()) return;
  ops::log::debug("chat", "closing",
                  {{"connection", number_}, {"code", to_string(why.code)}, {"reason", reason}});
  hub_.private_messages().end(*this);  // the messages that still wait there are not delivered any more
  why_ = why.code;
  note(why.code);
  delivery_.part({.body = event::Bye{why}, .ref = std::string(ref)});
  end(reason);
}

void Session::doubt() {
  if (!is_closed()) delivery_.wire()->doubt();
}

void Session::offer_again() {
  if (!is_closed() && std::exchange(refused_, false)) delivery_.wire()->resume();
}

void Session::note(protocol::Code code) {
  using protocol::Code;
  auto& counters = hub_.counters();
  counters.note(code);
  const bool is_about_hello = code == Code::name_invalid || code == Code::name_taken ||
                              code == Code::unsupported_version || code == Code::auth_failed;
  if (!welcome_ && is_about_hello) ++counters.not_welcomed;
}

std::string identity(const protocol::Message& message) {
  return message.author == 0 ? protocol::key_of(message.from) : journal::author_key(message.author);
}

std::string identity(const Person& person) {
  return person.account() == 0 ? person.name().key : journal::author_key(person.account());
}

Session::Past& Session::past() {
  if (!past_) past_ = std::make_unique<Past>();
  return *past_;
}

bool Session::was(std::string_view identity) const {
  return past_ && std::find(past_->former.begin(), past_->former.end(), identity) != past_->former.end();
}

void Session::note_former(std::string identity) {
  constexpr std::size_t most = 16;
  auto& former = past().former;
  std::erase(former, identity);
  if (former.size() >= most) former.erase(former.begin());
  former.push_back(std::move(identity));
}

// --- answers

void Session::deliver(const Event& answer) {
  auto* const feed = answers_.feed();
  delivery_.answer(answer, feed != nullptr ? Place{.feed = feed, .seq = feed->last()} : Place{});
}

void Session::settle() {
  const bool has_spoken = answers_.settle();
  if (!is_closed()) {
    delivery_.release();
    offer_again();
  } else if (has_spoken) {
    hub_.depart(*this, past().departure);
  }
}

void Session::rest_a_while() { rests_ = !is_operator(); }

std::chrono::milliseconds Session::take_rest() {
  constexpr std::chrono::milliseconds a_while{100};
  return std::exchange(rests_, false) ? a_while : std::chrono::milliseconds{0};
}

std::chrono::milliseconds Session::throttled() {
  const auto now = hub_.now().steady;
  const auto next = pace_.next(hub_.settings(), now);
  if (next.wait.count() > 0) hub_.log_book().too_fast(*this, "slowed_down", next.limit, now);
  return next.wait;
}

}  // namespace hubbub::chat
