#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <variant>
#include <vector>

#include "protocol/event.hpp"

namespace hubbub::client {

/// The place of a change among the messages.
inline std::uint64_t number_of(const protocol::event::Changed& change) {
  return std::visit([](const auto& one) { return one.change; }, change);
}

/// Tracks how far a room has been read, messages and changes of messages, and closes the gap that a broken
/// link leaves: holds live messages, reads the history in between page by page, and then releases everything
/// in order.
class Feed {
 public:
  /// Most live events held. At the limit all held events are dropped, and their messages read from the
  /// history.
  static constexpr std::size_t most_held = 2000;

  /// `epoch`: the server's journal in which `seen` is a sequence number; empty: not known.
  Feed(std::string room, std::uint64_t seen, std::string epoch)
      : room_(std::move(room)), seen_(seen), last_message_(seen), epoch_(std::move(epoch)) {}

  const std::string& room() const { return room_; }
  /// Everything up to that number was delivered: what to ask for when the room is joined again.
  std::uint64_t seen() const { return seen_; }
  /// What the next page of the gap goes on from.
  std::uint64_t read() const { return catching_up_ ? read_ : seen_; }
  const std::string& epoch() const { return epoch_; }
  bool catching_up() const { return catching_up_; }

  /// Notes a message that is about to be delivered. False: it was delivered before.
  bool take(const protocol::Message& message);
  /// Notes a change that is about to be delivered.
  void take(const protocol::event::Changed& change);

  /// Takes the `joined` that answers joining again, and cuts messages seen before out of it. True: there is a
  /// gap before its history, and `joined` is held until the gap is closed; its changes are left to the pages,
  /// as they may not be all. Under another epoch no message counts as seen, and the gap is not read, as on
  /// the first join.
  bool resume(protocol::Event& joined);

  /// Forgets everything seen after `seq`: live messages are held until the pages after `seq` have come.
  void go_back(std::uint64_t seq);

  /// Holds a live message, or another event of the room, until the gap is closed.
  void hold(const protocol::Event& event);

  /// Takes one page of the history in the gap, and cuts messages seen before, or held, out of it. True:
  /// another page is needed, after `read`. From a server that says where to go on (History::next) pages are
  /// needed until nothing is left, even if the messages are there: what was changed is in them.
  bool page(protocol::event::History& history);

  /// The link broke again: drops the held events, as the history has them.
  void forget_held();

  /// The gap is closed: returns the held events, in order, for delivery.
  std::vector<protocol::Event> release();

 private:
  std::uint64_t first_held() const;
  void keep_unseen(std::vector<protocol::MessagePtr>& messages, std::uint64_t before);

  std::string room_;
  std::uint64_t seen_;
  std::uint64_t last_message_;  ///< the newest that is known of; a change may be newer
  std::uint64_t read_ = 0;  ///< while catching up: the end of the last page; what is held may come before it
  std::string epoch_;
  bool catching_up_ = false;
  bool dropped_ = false;  ///< held messages were dropped since the last page was asked for
  protocol::Event joined_;
  std::vector<protocol::Event> held_;
};

/// Recognises repeated private messages. A client whose link breaks sends its unanswered messages again under
/// the same `id`. In rooms the server drops the repeat; private messages are not stored, so that the
/// recipient has to drop it.
class Repeats {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Most messages remembered, each for protocol::dedupe_age, as on the server for rooms.
  static constexpr std::size_t most = 1000;

  /// Whether its sender has sent the message before under this `id`; remembers the message. A message without
  /// an `id` is never a repeat.
  bool has(const protocol::Message& message, TimePoint now);

 private:
  struct Seen {
    TimePoint time;
    std::string from;
    std::string id;
    std::size_t text;  ///< hash of the text, for senders who use one id for all messages

    bool is(const Seen& other) const { return text == other.text && id == other.id && from == other.from; }
  };

  std::deque<Seen> seen_;
};

}  // namespace hubbub::client
