#include "test/durability/journey.hpp"

#include <algorithm>

namespace hubbub::durability {
namespace {

constexpr std::chrono::milliseconds between_tries{25};
constexpr std::chrono::milliseconds between_pings{250};
/// A node that has not let anybody in for so long is not the only one.
constexpr std::chrono::milliseconds patience_at_the_door{3000};

}  // namespace

Journey::Journey(Peer& peer, const std::vector<test::Address>& nodes, Habits habits, std::uint64_t seed)
    : peer_(peer),
      nodes_(nodes),
      habits_(habits),
      dice_(seed),
      node_(dice_.below(nodes.size())),
      patience_(std::chrono::milliseconds(2500 + dice_.below(4000))) {}

/// From half of it to one and a half.
std::chrono::milliseconds Journey::about(std::chrono::milliseconds time) {
  return time / 2 + std::chrono::milliseconds(dice_.below(static_cast<std::size_t>(time.count()) + 1));
}

void Journey::turn(Clock::time_point now) {
  look_for_loss(now);
  if (!peer_.connected()) {
    if (now >= next_try_) set_out(now);
  } else if (!peer_.welcomed()) {
    greet(now);
  } else {
    stay(now);
  }
}

/// To another node than the last one.
void Journey::set_out(Clock::time_point now) {
  if (nodes_.size() > 1) node_ = (node_ + 1 + dice_.below(nodes_.size() - 1)) % nodes_.size();
  next_try_ = now + between_tries;
  greeted_ = now;
  peer_.connect(nodes_[node_]);
  was_connected_ = peer_.connected();
}

void Journey::look_for_loss(Clock::time_point now) {
  if (!was_connected_ || peer_.connected()) return;
  if (was_there_) losses_.push_back({.node = node_, .when = now});
  end_visit(now);
}

void Journey::greet(Clock::time_point now) {
  if (now - greeted_ > patience_at_the_door) return leave(now, false);
  if (!peer_.is_turned_away() || now < next_try_) return;
  next_try_ = now + between_tries;
  peer_.greet();
}

void Journey::stay(Clock::time_point now) {
  if (!was_there_) {
    was_there_ = true;
    heard_ = next_ping_ = now;
    next_move_ = now + about(habits_.stay);
    visits_.push_back({.begin = now});
    if (!losses_.empty() && !losses_.back().back) losses_.back().back = now;
  }
  peer_.tick(now);
  if (peer_.synchronised()) heard_ = now;
  if (now - heard_ > patience_) return leave(now, false);
  if (now >= next_ping_ && peer_.synchronised()) {
    next_ping_ = now + between_pings;
    peer_.synchronise();
  }
  if (wanders_ && now >= next_move_) leave(now, dice_.one_in(2));
}

void Journey::leave(Clock::time_point now, bool politely) {
  end_visit(now);
  peer_.leave(politely);
  next_try_ = now + (habits_.pause.count() > 0 ? about(habits_.pause) : between_tries);
}

void Journey::end_visit(Clock::time_point now) {
  if (was_there_) visits_.back().end = now;
  was_connected_ = was_there_ = false;
}

}  // namespace hubbub::durability
