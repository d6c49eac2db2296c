#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/event.hpp"

namespace hubbub::client {

/// How far one has read in a room, and how the gap that a broken link leaves is closed: what came in
/// since then is held back, the history in between is paged for, and then all is passed on in order.
class Feed {
 public:
  /// Live messages that are held back at most. Past that they are dropped, and paged for as well.
  static constexpr std::size_t most_held = 2000;

  /// `epoch`: the server's journal, of which `seen` is a number; empty: not known.
  Feed(std::string room, std::uint64_t seen, std::string epoch)
      : room_(std::move(room)), seen_(seen), epoch_(std::move(epoch)) {}

  const std::string& room() const { return room_; }
  std::uint64_t seen() const { return seen_; }
  const std::string& epoch() const { return epoch_; }
  bool catching_up() const { return catching_up_; }

  /// Notes a message that is about to be passed on. False: it has been before.
  bool take(const protocol::Message& message);

  /// The answer to joining again; messages seen before are cut out of it. True when some are missing
  /// before what it has: then `joined` is kept here until the rest has come. Under another epoch nothing has
  /// been seen before, and what there was before it is not paged for, as on entering.
  bool resume(protocol::Event& joined);

  /// As if only the messages up to `seq` had been seen; what comes in is held back until the pages after
  /// it have come.
  void go_back(std::uint64_t seq);

  /// Keeps a live message, or what else happens in the room, until the gap is closed.
  void hold(const protocol::Event& event);

  /// One page of what was missed; messages seen before, or held here, are cut out of it. True when
  /// another page is needed, after `seen`.
  bool page(protocol::event::History& history);

  /// The link broke again: what is held will be asked for anew.
  void forget_held();

  /// The gap is closed: what was held, in order, to be passed on.
  std::vector<protocol::Event> release();

 private:
  std::uint64_t first_held() const;
  void keep_unseen(std::vector<protocol::MessagePtr>& messages, std::uint64_t before);

  std::string room_;
  std::uint64_t seen_;
  std::string epoch_;
  bool catching_up_ = false;
  bool dropped_ = false;  ///< held messages were dropped since the last page was asked for
  protocol::Event joined_;
  std::vector<protocol::Event> held_;
};

}  // namespace hubbub::client
