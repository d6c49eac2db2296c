#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/request.hpp"

namespace hubbub::client::terminal {

/// Gathers what /history N asks for, page by page: the server gives as much at once as it likes.
class LookBack {
 public:
  /// Whether a message is shown: others do not count as one of the N.
  using IsShown = std::function<bool(const protocol::Message& message)>;

  /// `asked`: with a limit, of which client::most_past count.
  LookBack(const protocol::request::History& asked, IsShown is_shown);

  /// What to ask the server for next.
  protocol::request::History next() const;
  /// Takes the answer, the newest page first. True: that is all.
  bool add(const protocol::event::History& page);
  /// All of it, the oldest message first.
  protocol::event::History take();

 private:
  protocol::request::History asked_;
  IsShown is_shown_;
  std::vector<std::vector<protocol::MessagePtr>> pages_;  ///< the newest first
  std::size_t wanted_;                                    ///< still
  bool complete_ = false;
};

}  // namespace hubbub::client::terminal
