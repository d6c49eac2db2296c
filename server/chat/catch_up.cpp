#include "server/chat/catch_up.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "protocol/event.hpp"
#include "protocol/limits.hpp"
#include "server/chat/room.hpp"

namespace hubbub::chat {
namespace {

// Messages in a page: with texts of common length, far fewer bytes than the limit of the queue.
constexpr std::size_t page_messages = 100;

std::uint64_t number_of(const protocol::event::Changed& change) {
  return std::visit([](const auto& one) { return one.change; }, change);
}

}  // namespace

CatchUp::CatchUp(std::span<const Stay> stays) {
  for (const auto& stay : stays)
    gaps_.push_back({.feed = stay.room, .after = stay.room->delivered(), .before = 0, .is_cut = false});
  begin(false);
}

void CatchUp::misses(Feed* feed) {
  if (feed == nullptr) return;
  const auto is_it = [feed](const Gap& gap) { return gap.feed.get() == feed; };
  if (std::any_of(gaps_.begin(), gaps_.end(), is_it)) return;
  const auto delivered = feed->delivered();
  gaps_.push_back(
      {.feed = feed->shared_from_this(), .after = delivered, .before = delivered + 1, .is_cut = false});
}

/// Goes through all feeds again, up to what they have delivered by now.
void CatchUp::begin(bool keeping) {
  next_ = 0;
  for (auto& gap : gaps_) gap.before = gap.feed->delivered() + 1;
  is_keeping_ = keeping;
}

void CatchUp::keep(Line line) {
  kept_ += line.bytes.size;
  if (line.kind == Kind::placed) ++placed_;
  lines_.push_back(std::move(line));
}

/// Drops the kept lines that others get too: the next round reads them from the journal.
void CatchUp::let_go() {
  is_keeping_ = false;
  std::erase_if(lines_, [this](const Line& line) {
    if (line.kind == Kind::shared) kept_ -= line.bytes.size;
    return line.kind == Kind::shared;
  });
}

void CatchUp::own(Slice line, const Place& place) {
  misses(place.feed);
  keep(
      {.bytes = std::move(line), .place = place, .kind = place.feed == nullptr ? Kind::loose : Kind::placed});
}

void CatchUp::forget(const Feed& feed) {
  if (!gaps_.empty() && next_ < gaps_.size() && gaps_[next_].feed.get() == &feed) is_stale_ = reading_;
  const auto gone =
      std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& gap) { return gap.feed.get() == &feed; });
  if (gone == gaps_.end()) return;
  if (static_cast<std::size_t>(gone - gaps_.begin()) < next_) --next_;
  const auto after = gone->after;
  gaps_.erase(gone);
  // Its own messages behind what it will not be given any more would claim that it had it.
  std::erase_if(lines_, [&](const Line& line) {
    if (line.place.feed != &feed) return false;
    const bool is_behind_gap = line.kind == Kind::placed && line.place.instead && line.place.seq > after;
    if (line.kind != Kind::shared && !is_behind_gap) return false;
    kept_ -= line.bytes.size;
    if (line.kind == Kind::placed) --placed_;
    return true;
  });
}

void CatchUp::forget_private() {
  for (;;) {
    const auto found =
        std::find_if(gaps_.begin(), gaps_.end(), [](const Gap& gap) { return gap.feed->is_private(); });
    if (found == gaps_.end()) return;
    const auto feed = found->feed;
    forget(*feed);
  }
}

std::optional<journal::Query> CatchUp::next() {
  for (;;) {
    while (next_ < gaps_.size() && gaps_[next_].after + 1 >= gaps_[next_].before) ++next_;
    if (next_ < gaps_.size()) break;
    if (is_keeping_) return std::nullopt;
    // Now only messages are missing that were said since the round began, if any.
    begin(true);
  }
  reading_ = true;
  const auto& gap = gaps_[next_];
  return journal::Query{.room = gap.feed->key(),
                        .after = gap.after,
                        .before = gap.before,
                        .limit = page_messages,
                        .newest = false,
                        .changes = true};
}

/// The page's changes, with those of messages that come as the client's own copies do: as they were said.
std::vector<protocol::MessagePtr> CatchUp::changed_in(const journal::Page& page, const Gap& gap) const {
  auto changed = page.changed;
  if (placed_ == 0) return changed;
  const auto end = page.more ? page.upto : gap.before - 1;
  for (const auto& message : page.messages) {
    if (message->change && message->change->number <= end && has_instead(*gap.feed, message->seq))
      changed.push_back(message);
  }
  std::sort(changed.begin(), changed.end(),
            [](const auto& a, const auto& b) { return a->change->number < b->change->number; });
  return changed;
}

bool CatchUp::has_instead(const Feed& feed, std::uint64_t seq) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.kind == Kind::placed && line.place.feed == &feed && line.place.instead &&
           line.place.seq == seq;
  });
}

std::string CatchUp::take(const journal::Page& page, const Format& format, std::uint64_t account) {
  reading_ = false;
  failures_ = 0;
  std::string out;
  if (std::exchange(is_stale_, false)) return out;
  auto& gap = gaps_[next_];
  gap.is_cut = gap.is_cut || page.dropped;
  // Changes of messages that the client has come in their place among the others.
  auto changes = gap.feed->changes(changed_in(page, gap), account);
  auto next_change = changes.begin();
  const auto take_changes = [&](std::uint64_t upto) {
    for (; next_change != changes.end() && number_of(*next_change) <= upto; ++next_change) {
      const auto number = number_of(*next_change);
      take_placed(*gap.feed, number - 1, out);
      if (take_instead(*gap.feed, number, out)) continue;
      std::visit([&](auto& change) { format.render({.body = std::move(change), .ref = {}}, out); },
                 *next_change);
    }
  };
  for (const auto& message : page.messages) {
    take_changes(message->seq);
    take_placed(*gap.feed, message->seq - 1, out);
    if (!take_instead(*gap.feed, message->seq, out)) format.render(*message, {}, out);
  }
  take_changes(protocol::max_integer);
  if (page.more) {
    gap.after = page.upto;
    let_go();
  } else {
    gap.after = gap.before - 1;
    ++next_;
  }
  take_placed(*gap.feed, gap.after, out);
  return out;
}

/// Appends the lines for the client alone that belong behind messages up to `upto`; also lines in the place
/// of a message that retention has dropped.
void CatchUp::take_placed(const Feed& feed, std::uint64_t upto, std::string& out) {
  if (placed_ == 0) return;
  std::erase_if(lines_, [&](const Line& line) {
    if (line.kind != Kind::placed || line.place.feed != &feed || line.place.seq > upto) return false;
    append(line, out);
    return true;
  });
}

/// Appends the line that replaces that message; false if there is none.
bool CatchUp::take_instead(const Feed& feed, std::uint64_t seq, std::string& out) {
  if (placed_ == 0) return false;
  const auto found = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.kind == Kind::placed && line.place.feed == &feed && line.place.instead &&
           line.place.seq == seq;
  });
  if (found == lines_.end()) return false;
  append(*found, out);
  lines_.erase(found);
  return true;
}

void CatchUp::append(const Line& line, std::string& out) {
  out += line.bytes.view();
  kept_ -= line.bytes.size;
  --placed_;
}

void CatchUp::failed() {
  reading_ = false;
  is_stale_ = false;
  ++failures_;
}

std::vector<Slice> CatchUp::finish(const Participant& to) {
  std::vector<Slice> out;
  for (auto& line : lines_) {
    if (line.kind != Kind::loose) out.push_back(std::move(line.bytes));
  }
  std::string states;
  for (const auto& gap : gaps_)
    if (const auto state = gap.feed->state(to, !gap.is_cut)) to.format().render(*state, states);
  out.emplace_back(protocol::make_bytes(std::move(states)));
  std::ranges::move(part(), std::back_inserter(out));
  return out;
}

std::vector<Slice> CatchUp::part() {
  std::vector<Slice> out;
  for (auto& line : lines_) {
    if (line.kind == Kind::loose) out.push_back(std::move(line.bytes));
  }
  return out;
}

}  // namespace hubbub::chat
