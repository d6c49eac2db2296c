#include "server/chat/delivery.hpp"

#include <utility>

#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

namespace event = protocol::event;

namespace {

// How many times the limit of unread bytes may be kept: more than the answers to open requests take, if the
// client reads.
constexpr std::size_t most_answers = 4;
// Failed reads in a row; they are tried again once a second.
constexpr int most_failures = 30;

}  // namespace

const Person& Delivery::person() const { return session_.person(); }

void Delivery::add_own(const Room& room, event::Joined& joined) const {
  session_.hub().moderation().add_own(session_, room, joined);
}

std::uint32_t& Delivery::index_in(const Room& room) { return session_.stays().of(room).index; }

void Delivery::end() {
  // With what waits in it answers end.
  const auto before = std::exchange(state_, Gone{&wire_->format()});
  wire_ = nullptr;
}

// --- what is delivered

void Delivery::share(Slice lines, Feed* feed) {
  if (std::holds_alternative<Direct>(state_)) {
    if (wire_->is_full()) return fall_behind().misses(feed);
    wire_->deliver(std::move(lines));
  } else if (auto* held = in<Held>()) {
    share_held(*held, std::move(lines), feed);
  } else if (auto* behind = in<CatchUp>()) {
    behind->share(std::move(lines), feed, [this](std::size_t bytes) { return has_room(bytes); });
  }
}

/// The client has missed nothing yet, of its rooms and of conversations: the lines at hand are the first that
/// it will be given from the journal.
CatchUp& Delivery::fall_behind() {
  state_ = std::make_unique<CatchUp>(session_.stays().all());
  wire_->when_drained();
  return *in<CatchUp>();
}

void Delivery::share_held(Held& held, Slice lines, Feed* feed) {
  if (!held.missed && has_room(held.bytes + lines.size)) {
    held.bytes += lines.size;
    held.lines.push_back({std::move(lines), feed == nullptr ? nullptr : feed->shared_from_this(), true});
    return;
  }
  // Catching up has not begun: all of it comes from the journal.
  if (!held.missed) held.missed = std::make_unique<CatchUp>(session_.stays().all());
  held.missed->misses(feed);
}

void Delivery::own(Slice line, const Place& place) {
  if (wire_ == nullptr) return;
  // Then lines of the room come from the journal, and this one in its place.
  if (std::holds_alternative<Direct>(state_) && place.feed != nullptr && wire_->is_full()) fall_behind();
  if (auto* behind = missed()) {
    behind->own(std::move(line), place);
  } else if (auto* held = in<Held>()) {
    held->bytes += line.size;
    held->lines.push_back(
        {std::move(line), place.feed == nullptr ? nullptr : place.feed->shared_from_this(), false});
  } else {
    wire_->deliver(std::move(line));
  }
}

void Delivery::tell(const protocol::Event& event) {
  if (wire_ != nullptr) wire_->deliver_event(event);
}

void Delivery::answer(const protocol::Event& event, const Place& place) {
  if (wire_ == nullptr) return;
  if (is_behind()) {
    own(Rendered(event).in(wire_->format()), place);
  } else {
    wire_->deliver_event(event);  // what is held follows it
  }
}

void Delivery::part(const protocol::Event& bye) {
  if (wire_ == nullptr) return;
  if (auto* held = in<Held>()) {
    for (auto& line : held->lines) {
      if (!line.is_shared) wire_->deliver(std::move(line.bytes));
    }
  }
  if (auto* behind = missed()) {
    for (auto& line : behind->part()) wire_->deliver(std::move(line));
  }
  const auto before = std::exchange(state_, Direct{});
  wire_->deliver_event(bye);
  wire_->close();
}

CatchUp* Delivery::missed() const {
  const auto* held = in<Held>();
  return held != nullptr ? held->missed.get() : in<CatchUp>();
}

std::size_t Delivery::kept() const {
  const auto* held = in<Held>();
  const auto* behind = missed();
  return (held != nullptr ? held->bytes : 0) + (behind != nullptr ? behind->kept() : 0);
}

bool Delivery::has_room(std::size_t bytes) const {
  const auto most = wire_->most_unread();
  return most == 0 || wire_->unread() + bytes <= most;
}

bool Delivery::takes(std::size_t bytes) const { return wire_ != nullptr && has_room(kept() + bytes); }

bool Delivery::overflowed() const {
  const auto most = wire_ == nullptr ? 0 : wire_->most_unread();
  return most > 0 && kept() / most_answers > most;
}

bool Delivery::unreadable() const {
  const auto* behind = in<CatchUp>();
  return behind != nullptr && behind->failures() >= most_failures;
}

bool Delivery::is_direct() const {
  return std::holds_alternative<Direct>(state_) && wire_ != nullptr && !wire_->is_full();
}

// --- how it is delivered

void Delivery::hold() {
  if (wire_ != nullptr) state_ = std::make_unique<Held>();
}

void Delivery::release() {
  auto* held = std::get_if<std::unique_ptr<Held>>(&state_);
  if (held == nullptr) return;
  const auto done = std::move(*held);
  state_ = Direct{};
  for (auto& line : done->lines) wire_->deliver(std::move(line.bytes));
  if (!done->missed) return;
  state_ = std::move(done->missed);
  wire_->when_drained();
}

void Delivery::let_go_but(const Feed& room) {
  auto* held = in<Held>();
  if (held == nullptr) return;
  std::vector<Held::Line> others;
  for (auto& line : std::exchange(held->lines, {})) {
    if (line.feed.get() == &room) {
      others.push_back(std::move(line));
    } else {
      held->bytes -= line.bytes.size;
      wire_->deliver(std::move(line.bytes));
    }
  }
  held->lines = std::move(others);
}

/// Of what is held, the lines of feeds that are so.
template <class Is>
void Delivery::forget_held(Is is) {
  auto* held = in<Held>();
  if (held == nullptr) return;
  std::erase_if(held->lines, [&](const Held::Line& line) {
    const bool is_gone = line.is_shared && line.feed != nullptr && is(*line.feed);
    if (is_gone) held->bytes -= line.bytes.size;
    return is_gone;
  });
}

void Delivery::forget(const Feed& feed) {
  forget_held([&](const Feed& other) { return &other == &feed; });
  if (auto* behind = missed()) behind->forget(feed);
}

void Delivery::forget_conversations() {
  forget_held([](const Feed& other) { return other.is_private(); });
  if (auto* behind = missed()) behind->forget_private();
}

void Delivery::go_on() {
  auto* behind = in<CatchUp>();
  if (behind == nullptr || behind->is_reading()) return;
  auto query = behind->next();
  if (!query) return finish();
  query->reader = session_.number();
  // The journal may destroy the handler in a thread of its own, where no session may end: hence a weak
  // pointer.
  session_.hub().read(
      *query, [reader = session_.weak_from_this(), key = query->room](protocol::Result<journal::Page> page) {
        const auto session = reader.lock();
        if (!session) return;
        // What was said before its time is not for everybody, nor is what has become of it.
        const auto room = session->hub().rooms().find(key);
        const auto floor = room ? room->floor(session->delivery()) : 0;
        if (page && floor > 0)
          std::erase_if(page->changed, [floor](const auto& message) { return message->seq <= floor; });
        session->delivery().on_page(page);
      });
}

void Delivery::on_page(const protocol::Result<journal::Page>& page) {
  auto* behind = in<CatchUp>();
  if (behind == nullptr) return;
  if (!page) {
    behind->failed();
    return session_.hub().go_on_later(session_);
  }
  wire_->deliver(protocol::make_bytes(behind->take(*page, wire_->format(), session_.person().account())));
  wire_->when_drained();
}

void Delivery::finish() {
  const auto behind = std::move(std::get<std::unique_ptr<CatchUp>>(state_));
  state_ = Direct{};
  for (auto& lines : behind->finish(*this)) wire_->deliver(std::move(lines));
  for (const auto& then : behind->take_waiting()) then();
  session_.offer_again();
}

void Delivery::when_caught_up(std::function<void()> then) {
  auto* behind = in<CatchUp>();
  if (behind == nullptr) return then();
  behind->then(std::move(then));
}

}  // namespace hubbub::chat
