#include "server/net/outbox.hpp"

#include <utility>

namespace hubbub::net {

void Outbox::push(Slice bytes) {
  if (bytes.size == 0) return;
  size_ += bytes.size;
  pieces_.push_back(std::move(bytes));
}

Outbox::Run Outbox::next(std::string& scratch) const {
  if (empty()) return {};
  const auto& piece = pieces_[first_];
  const auto front = piece.view().substr(offset_);
  if (first_ + 1 == pieces_.size() || front.size() >= scratch.capacity() / 2)
    return {front, piece.text.get()};
  scratch.assign(front);
  for (auto next = first_ + 1; next < pieces_.size(); ++next) {
    const auto more = pieces_[next].view();
    if (scratch.size() + more.size() > scratch.capacity()) break;
    scratch += more;
  }
  return {scratch};
}

void Outbox::consume(std::size_t n) {
  size_ -= n;
  while (n > 0) {
    const auto left = pieces_[first_].size - offset_;
    if (n < left) {
      offset_ += static_cast<std::uint32_t>(n);
      break;
    }
    n -= left;
    offset_ = 0;
    pieces_[first_++].text.reset();
  }
  if (size_ == 0) {
    clear();
  } else if (first_ > 64 && first_ * 2 > pieces_.size()) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + first_);
    first_ = 0;
  }
}

void Outbox::clear() {
  pieces_.clear();
  pieces_.shrink_to_fit();
  first_ = offset_ = 0;
  size_ = 0;
}

}  // namespace hubbub::net
