#include "client/terminal/look_back.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

#include "client/model/item.hpp"
#include "protocol/limits.hpp"

namespace hubbub::client::terminal {

using protocol::MessagePtr;
namespace event = protocol::event;
namespace request = protocol::request;

LookBack::LookBack(const request::History& asked, IsShown is_shown)
    : asked_(asked),
      is_shown_(std::move(is_shown)),
      wanted_(static_cast<std::size_t>(std::min<std::uint64_t>(asked.limit.value_or(0), most_past))) {}

request::History LookBack::next() const {
  request::History page = asked_;
  page.limit = std::min(wanted_, protocol::page_messages);
  return page;
}

bool LookBack::add(const event::History& page) {
  std::vector<MessagePtr> shown;
  std::ranges::copy_if(page.messages, std::back_inserter(shown),
                       [this](const auto& each) { return is_shown_(*each); });
  if (shown.size() > wanted_) shown.erase(shown.begin(), shown.end() - static_cast<std::ptrdiff_t>(wanted_));
  wanted_ -= shown.size();
  pages_.push_back(std::move(shown));
  complete_ = page.complete;
  // A page without anything would be followed by the same page for ever.
  if (complete_ || page.messages.empty() || wanted_ == 0) return true;
  asked_.before = page.messages.front()->seq;
  return false;
}

event::History LookBack::take() {
  event::History all{asked_.room, {}, complete_};
  for (const auto& page : std::views::reverse(pages_)) {
    all.messages.insert(all.messages.end(), page.begin(), page.end());
  }
  return all;
}

}  // namespace hubbub::client::terminal
