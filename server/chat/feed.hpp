#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/event.hpp"

namespace hubbub::chat {

class Participant;

/// Messages in an order that the journal keeps, as clients are given them: those of a room, or of a
/// conversation. What a slow reader has missed of a feed is read from the journal.
class Feed : public std::enable_shared_from_this<Feed> {
 public:
  Feed() = default;
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  virtual ~Feed() = default;

  /// Its key in the journal.
  virtual const std::string& key() const = 0;
  /// The seq of the newest message, or the number of the newest change, that was delivered; 0: none is known.
  virtual std::uint64_t delivered() const = 0;
  /// The same with the messages that are gathered for delivery.
  virtual std::uint64_t last() const = 0;
  /// Whether it is for the sessions of some accounts alone.
  virtual bool is_private() const { return false; }
  /// What somebody of that account is told of messages that have been changed, see Query::changes.
  virtual std::vector<protocol::event::Changed> changes(const std::vector<protocol::MessagePtr>& messages,
                                                        std::uint64_t account) const = 0;
  /// What a slow reader that has caught up is told besides; `complete`: no message is missing.
  virtual std::optional<protocol::Event> state(const Participant& to, bool complete) = 0;
};

}  // namespace hubbub::chat
