#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "protocol/event.hpp"

namespace hubbub::client {

/// How far a room has been read, and how the gap that a broken link leaves is closed: live messages are held,
/// the history in between is read page by page, and then all of it is passed on in order.
class Feed {
 public:
  /// Live messages that are held at most. Beyond it they are dropped, and read from the history too.
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

  /// The answer to joining again; messages seen before are cut out of it. True: there is a gap before its
  /// history, and `joined` is held until that has been read. Under another epoch nothing has been seen
  /// before, and the history before this answer is not read, as on entering for the first time.
  bool resume(protocol::Event& joined);

  /// As if only the messages up to `seq` had been seen: live messages are held until the pages after `seq`
  /// have come.
  void go_back(std::uint64_t seq);

  /// Holds a live message, or another event of the room, until the gap is closed.
  void hold(const protocol::Event& event);

  /// One page of the history in the gap; messages seen before, or held, are cut out of it. True: another page
  /// is needed, after `seen`.
  bool page(protocol::event::History& history);

  /// The link broke again: what is held will be read from the history.
  void forget_held();

  /// The gap is closed: the held events, in order, to be passed on.
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

/// Recognises private messages that come twice. A message that was under way when its sender's link broke is
/// sent again under the same `id`. In rooms the server drops the second one; private messages it does not
/// keep, so that the recipient has to.
class Repeats {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Messages that are remembered at most, each for protocol::dedupe_age, as the server does in rooms.
  static constexpr std::size_t most = 1000;

  /// Whether this sender has sent the message before under its `id`; it is remembered. Without an `id`: no.
  bool has(const protocol::Message& message, TimePoint now);

 private:
  struct Seen {
    TimePoint time;
    std::string from;
    std::string id;
    std::size_t text;  ///< its hash, for senders who use an id for everything

    bool is(const Seen& other) const { return text == other.text && id == other.id && from == other.from; }
  };

  std::deque<Seen> seen_;
};

}  // namespace hubbub::client
