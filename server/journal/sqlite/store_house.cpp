// The other work of the engine on disk: occupied rooms, retention, and the search index.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "server/journal/sqlite/store.hpp"
#include "server/ops/log.hpp"

namespace hubbub::journal::sqlite {
namespace {

// When it is kept at the most.
constexpr std::chrono::seconds housekeeping_interval{1};

// Messages in a transaction of the index, and how many may be behind before indexing goes on beside commits.
constexpr std::size_t indexed_at_once = 1000;
constexpr std::size_t most_not_indexed = 100'000;

}  // namespace

// --- occupied and abandoned rooms

void Store::occupy(const std::string& room) {
  attendance_.occupy(room);
  if (rooms_.has_state(room)) in_ledger([room](Ledger& ledger) { ledger.occupy(room); });
}

void Store::abandon(const std::string& room) {
  const auto tail = rooms_.tail(room);
  attendance_.abandon(room, now_, tail.state != nullptr);
  if (tail.state != nullptr && !tail.kept) tell_abandoned(room);
}

/// The file needs to know this only of rooms that have attributes and no messages.
void Store::tell_abandoned(const std::string& room) {
  in_ledger([room, since = attendance_.left(room, now_)](Ledger& ledger) { ledger.abandon(room, since); });
}

/// The attributes are not shown from now on; but if the writer has a reason to keep them, they come back.
void Store::lose_state(const std::string& room) {
  auto lost = std::make_shared<const RoomState>(rooms_.lose_state(room));
  in_background(writing_thread_, [this, room, now = now_, lost = std::move(lost)] {
    RoomState state = *lost;  // if the journal cannot be written now, they are still there
    Ledger::Swept swept;
    auto notices = writer_.run(now, [&](Ledger& ledger) {
      swept = {};
      state = ledger.lose_state(room, now, swept);
    });
    return [this, room, state = std::move(state), swept = std::move(swept), notices = std::move(notices)] {
      tell(notices);
      deliver_stored();  // what was stored before is learned before
      learn(swept);
      for (const auto& record : state.records()) rooms_.apply(room, record);
    };
  });
}

void Store::learn(const Ledger::Swept& swept) {
  for (const auto& room : swept.emptied) {
    rooms_.emptied(room);
    if (rooms_.has_state(room) && !attendance_.is_occupied(room)) tell_abandoned(room);
  }
  for (const auto& room : swept.deserted) attendance_.is_occupied(room) ? occupy(room) : lose_state(room);
  for (const auto& room : swept.forgotten) rooms_.forget(room);
}

// --- from time to time

void Store::configure(const Settings& settings) {
  in_background(writing_thread_, [this, settings, now = now_] {
    return [notices = writer_.configure(settings, now)] { tell(notices); };
  });
  const auto before = keeping_.in_force();
  keeping_.want(retention_of(settings), settings.grace, steady_);
  if (keeping_.in_force() != before) put_in_force();
  if (const auto question = keeping_.question()) foresee(*question);
}

/// Finds out the cost of a retention that waits.
void Store::foresee(const Question& question) {
  in_background(writing_thread_, [this, question, now = now_, age = keeping_.age_now()] {
    std::vector<Notice> notices;
    const auto cost = writer_.cost(question, now, age, notices);
    return [this, question, cost, notices = std::move(notices)] {
      tell(notices);
      if (keeping_.foresee(question, cost, {.wall = now_, .steady = steady_})) put_in_force();
    };
  });
}

/// The retention that the journal had last may differ from what the configuration asks for now.
void Store::begin_keeping(const Settings& settings) {
  keeping_.want(retention_of(settings), settings.drop_now ? std::chrono::milliseconds{0} : settings.grace,
                steady_);
  if (const auto question = keeping_.question()) {
    std::vector<Notice> notices;
    const auto cost = writer_.cost(*question, now_, keeping_.age_now(), notices);
    tell(notices);
    keeping_.foresee(*question, cost, {.wall = now_, .steady = steady_});
  }
  tell(writer_.keep(keeping_.standing(), now_));
}

void Store::put_in_force() {
  in_background(writing_thread_, [this, now = now_, standing = keeping_.standing()] {
    return [notices = writer_.keep(standing, now)] { tell(notices); };
  });
}

void Store::keep_house_when_due() {
  if (is_stopped_) return;
  const bool set_back = now_ < housekeeping_.last;
  const bool is_due = set_back || now_ - housekeeping_.last >= housekeeping_interval;
  if (is_due && !housekeeping_.is_under_way) keep_house();
}

void Store::keep_house() {
  housekeeping_.is_under_way = true;
  housekeeping_.last = now_;
  attendance_.expire(now_);
  const bool idle = !std::exchange(housekeeping_.has_written, false);
  in_background(writing_thread_, [this, now = now_, age = keeping_.age_now(), idle] {
    return [this, written = writer_.keep_house(now, age, idle)] {
      housekeeping_.is_under_way = false;
      take_notice(written);
      housekeeping_.is_to_scrub = written.is_to_scrub;
      deliver_stored();  // what was stored before is learned before
      learn(written.swept);
      drop_log_.note(written.swept.drops, written.swept.more, steady_);
      if (written.swept.more && !is_stopped_) keep_house();
    };
  });
  if (!not_indexed_.is_under_way) index();
}

/// Indexes a portion of the new messages, and goes on while no commit waits, or when searches would have to
/// read too much by themselves, or when something is to be forgotten.
void Store::index() {
  if (!not_indexed_.is_behind && not_indexed_.rooms.empty()) return;
  not_indexed_.is_under_way = true;
  const bool urgent = not_indexed_.messages > most_not_indexed;
  not_indexed_.messages -= std::min(not_indexed_.messages, indexed_at_once);
  in_background(searching_thread_, [this, urgent, rooms = std::exchange(not_indexed_.rooms, {})] {
    for (const auto& room : rooms) search_index_.note(room);
    const bool more = search_index_.index_some(indexed_at_once);
    return
        [this, urgent, more, forgets = search_index_.is_forgetting(), forgotten = search_index_.forgotten()] {
          not_indexed_.is_under_way = false;
          not_indexed_.is_behind = more || forgets;
          if (!forgotten.empty()) {
            in_ledger([forgotten](Ledger& ledger) { ledger.forget_former(forgotten); });
            if (!housekeeping_.is_under_way && !is_stopped_) keep_house();
          }
          if (more && !is_stopped_ && !not_indexed_.is_under_way && (urgent || forgets || !is_storing()))
            index();
        };
  });
}

}  // namespace hubbub::journal::sqlite
