#include "server/chat/catch_up.hpp"

#include <algorithm>
#include <utility>

#include "protocol/limits.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

// In a page: few enough to be nothing beside the queue's limit, with texts of common length.
constexpr std::size_t page_messages = 100;
// Of what is said while the last page is read. Beyond it there is another page to be read.
constexpr std::size_t most_live_bytes = std::size_t{1024} * 1024;

}  // namespace

CatchUp::CatchUp(Session& session) : session_(session) {
  for (const auto& room : session.rooms()) {
    gaps_.push_back({.room = room, .after = room->delivered(), .before = 0, .dropped = false});
  }
  begin(false);
}

/// Goes through all rooms again, up to what they have delivered by now.
void CatchUp::begin(bool holding) {
  next_ = 0;
  for (auto& gap : gaps_) gap.before = gap.room->delivered() + 1;
  holding_ = holding;
  live_bytes_ = 0;
}

/// What was held back is read from the journal, next time.
void CatchUp::let_go() {
  holding_ = false;
  live_.clear();
}

void CatchUp::deliver(Slice bytes) {
  if (!holding_) return;
  live_bytes_ += bytes.size;
  if (live_bytes_ > most_live_bytes) {
    let_go();
  } else {
    live_.push_back(std::move(bytes));
  }
}

void CatchUp::go_on() {
  if (!reading_) read();
}

void CatchUp::read() {
  while (next_ < gaps_.size() && gaps_[next_].after + 1 >= gaps_[next_].before) ++next_;
  if (next_ == gaps_.size()) {
    if (holding_) {
      finish();
      return;
    }
    // What is missing now is what has been said in the meantime, if anything.
    begin(true);
    read();
    return;
  }
  const auto& gap = gaps_[next_];
  reading_ = true;
  session_.hub().journal().read(
      {.room = gap.room->name().key,
       .after = gap.after,
       .before = gap.before,
       .limit = page_messages,
       .newest = false},
      [session = session_.shared_from_this()](const protocol::Result<journal::Page>& page) {
        if (auto* catch_up = session->catch_up()) catch_up->on_page(page);
      });
}

void CatchUp::on_page(const protocol::Result<journal::Page>& page) {
  reading_ = false;
  if (!page) {
    session_.close(page.error(), {}, to_string(page.error().code));
    return;
  }
  auto& gap = gaps_[next_];
  gap.dropped = gap.dropped || page->dropped;
  std::string lines;
  for (const auto& message : page->messages) session_.format().render(*message, {}, lines);
  if (page->more) {
    gap.after = page->messages.back()->seq;
    let_go();
  } else {
    gap.after = gap.before - 1;
    ++next_;
  }
  session_.give(std::move(lines));
}

void CatchUp::finish() {
  std::string states;
  for (const auto& [room, after, before, dropped] : gaps_) {
    const protocol::Event state{
        .body = protocol::event::Joined{.room = room->name().shown,
                                        .topic = room->topic(),
                                        .count = room->size(),
                                        .members = room->names({}, protocol::page_names).names,
                                        .last = room->delivered(),
                                        .history = {},
                                        .complete = !dropped},
        .ref = {}};
    session_.format().render(state, states);
  }
  session_.caught_up(std::move(states), std::exchange(live_, {}));
}

}  // namespace hubbub::chat
