#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <utility>
#include <vector>

#include "client/model/item.hpp"
#include "protocol/event.hpp"
#include "protocol/limits.hpp"
#include "protocol/request.hpp"

namespace hubbub::client::terminal {

/// Collects the messages for /history N page by page, as the server limits the size of a page.
class LookBack {
 public:
  /// Whether a message is shown; hidden messages do not count towards N.
  using IsShown = std::function<bool(const protocol::Message& message)>;

  /// `asked` must have a limit; at most client::most_past messages are collected.
  LookBack(const protocol::request::History& asked, IsShown is_shown)
      : asked_(asked),
        is_shown_(std::move(is_shown)),
        wanted_(static_cast<std::size_t>(std::min<std::uint64_t>(asked.limit.value_or(0), most_past))) {}

  /// The request for the next page.
  protocol::request::History next() const {
    protocol::request::History page = asked_;
    page.limit = std::min(wanted_, protocol::page_messages);
    return page;
  }
  /// Takes an answer, the newest page first. True: no further page is needed.
  bool add(const protocol::event::History& page) {
    std::vector<protocol::MessagePtr> shown;
    std::ranges::copy_if(page.messages, std::back_inserter(shown),
                         [this](const auto& each) { return is_shown_(*each); });
    if (shown.size() > wanted_)
      shown.erase(shown.begin(), shown.end() - static_cast<std::ptrdiff_t>(wanted_));
    wanted_ -= shown.size();
    pages_.push_back(std::move(shown));
    complete_ = page.complete;
    // After an empty page the same page would be asked for again for ever.
    if (complete_ || page.messages.empty() || wanted_ == 0) return true;
    asked_.before = page.messages.front()->seq;
    return false;
  }
  /// All collected messages, the oldest first.
  protocol::event::History take() {
    protocol::event::History all{asked_.room, {}, complete_, {}, asked_.with.value_or("")};
    for (const auto& page : std::views::reverse(pages_)) {
      all.messages.insert(all.messages.end(), page.begin(), page.end());
    }
    return all;
  }

 private:
  protocol::request::History asked_;
  IsShown is_shown_;
  std::vector<std::vector<protocol::MessagePtr>> pages_;  ///< the newest first
  std::size_t wanted_;                                    ///< messages still wanted
  bool complete_ = false;
};

}  // namespace hubbub::client::terminal
