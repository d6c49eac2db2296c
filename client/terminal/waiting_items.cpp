#include "client/terminal/waiting_items.hpp"

#include <utility>

namespace hubbub::client::terminal {

void WaitingItems::add(Item item, bool passing) {
  items_.push_back({std::move(item), passing});
  if (passing && ++passing_ > 2 * most_passing) leave_out(most_passing);
  if (items_.size() <= most) return;
  if (items_.front().passing) --passing_;
  items_.pop_front();
  ++left_out_;
}

void WaitingItems::leave_out(std::size_t most_left) {
  if (passing_ <= most_left) return;
  std::size_t too_many = passing_ - most_left;
  left_out_ += too_many;
  passing_ = most_left;
  std::erase_if(items_,
                [&](const Waiting& waiting) { return waiting.passing && too_many > 0 && too_many-- > 0; });
}

std::size_t WaitingItems::take_left_out() { return std::exchange(left_out_, 0); }

std::vector<Item> WaitingItems::take() {
  std::vector<Item> items;
  items.reserve(items_.size());
  for (Waiting& waiting : items_) items.push_back(std::move(waiting.item));
  items_.clear();
  passing_ = 0;
  return items;
}

}  // namespace hubbub::client::terminal
