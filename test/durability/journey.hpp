#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "test/durability/peer.hpp"
#include "test/support/dice.hpp"

namespace hubbub::durability {

/// How long a client stays at a node, and away from all, about.
struct Habits {
  std::chrono::milliseconds stay{4000};
  std::chrono::milliseconds pause{0};
};

/// Takes a patient client from node to node: at will, with a word or without one, when its node is lost, says
/// good-bye, or is silent; and asks again for a name that is taken.
class Journey {
 public:
  /// A time in which the client was welcome at a node.
  struct Visit {
    Clock::time_point begin{};
    std::optional<Clock::time_point> end{};
  };
  /// Its node was lost; `back`: when it was welcome at any.
  struct Loss {
    std::size_t node = 0;
    Clock::time_point when{};
    std::optional<Clock::time_point> back{};
  };

  Journey(Peer& peer, const std::vector<test::Address>& nodes, Habits habits, std::uint64_t seed);

  void turn(Clock::time_point now);
  /// Whether it goes from node to node at will.
  void wander(bool wanted) { wanders_ = wanted; }
  bool is_there() const { return peer_.connected() && peer_.welcomed(); }
  /// The node that it is at or wants to be at.
  std::size_t node() const { return node_; }
  const std::vector<Visit>& visits() const { return visits_; }
  const std::vector<Loss>& losses() const { return losses_; }
  Peer& peer() { return peer_; }

 private:
  void set_out(Clock::time_point now);
  void look_for_loss(Clock::time_point now);
  void greet(Clock::time_point now);
  void stay(Clock::time_point now);
  void leave(Clock::time_point now, bool politely);
  void end_visit(Clock::time_point now);
  std::chrono::milliseconds about(std::chrono::milliseconds time);

  Peer& peer_;
  const std::vector<test::Address>& nodes_;
  Habits habits_;
  test::Dice dice_;
  bool wanders_ = true;
  std::size_t node_;
  bool was_connected_ = false;
  bool was_there_ = false;
  Clock::time_point next_try_{};  ///< to connect, or to greet
  Clock::time_point greeted_{};   ///< when it connected
  Clock::time_point next_move_{};
  Clock::time_point next_ping_{};
  Clock::time_point heard_{};  ///< when all pings had their answers
  std::chrono::milliseconds patience_;
  std::vector<Visit> visits_;
  std::vector<Loss> losses_;
};

}  // namespace hubbub::durability
