#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "client/model/item.hpp"

namespace hubbub::client::terminal {

/// What waits to be drawn. It is bounded, since a terminal may take nothing for hours (Ctrl-S).
class WaitingItems {
 public:
  /// In all; of more the oldest are left out, whatever they are.
  static constexpr std::size_t most = 20'000;
  /// Passing ones, between two drawings, at most twice as many.
  static constexpr std::size_t most_passing = 1000;

  /// `passing`: it may be left out when there are many.
  void add(Item item, bool passing);
  /// Leaves out the oldest of the passing ones, so that so many are left.
  void leave_out(std::size_t most_left);

  std::size_t passing() const { return passing_; }
  std::size_t size() const { return items_.size(); }
  /// How many were left out since this was asked last.
  std::size_t take_left_out();
  /// All of them; none waits any more.
  std::vector<Item> take();

 private:
  struct Waiting {
    Item item;
    bool passing = false;
  };
  std::deque<Waiting> items_;
  std::size_t passing_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace hubbub::client::terminal
