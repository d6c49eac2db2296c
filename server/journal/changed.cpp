#include "server/journal/changed.hpp"

#include <algorithm>
#include <utility>

namespace hubbub::journal {

bool Changed::take(const Query& query, std::uint64_t number, protocol::MessagePtr message) {
  if (messages_.size() >= query.limit) {
    // Going forward, what one record has changed is not parted.
    const bool is_of_first =
        !query.newest && !messages_.empty() && messages_.front()->change->number == number;
    if (!is_of_first) {
      is_cut_ = true;
      const auto last = messages_.empty() ? number : messages_.back()->change->number;
      if (!query.newest && last == number)
        std::erase_if(messages_, [&](const auto& one) { return one->change->number == number; });
      return false;
    }
  }
  messages_.push_back(std::move(message));
  return true;
}

void Changed::finish(const Query& query, std::uint64_t last, Page& page) {
  page.changed = std::move(messages_);
  if (query.newest) {
    page.more = page.more || is_cut_;
    return;
  }
  const auto end =
      std::max(query.after, std::min(query.before - std::min<std::uint64_t>(query.before, 1), last));
  page.upto = end;
  if (page.more) page.upto = page.messages.empty() ? query.after : page.messages.back()->seq;
  if (is_cut_)
    page.upto = std::min(page.upto, page.changed.empty() ? query.after : page.changed.back()->change->number);
  page.more = page.more || is_cut_;
  if (!page.more) return;
  std::erase_if(page.messages, [&](const auto& one) { return one->seq > page.upto; });
  std::erase_if(page.changed, [&](const auto& one) { return one->change->number > page.upto; });
}

}  // namespace hubbub::journal
