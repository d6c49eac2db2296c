#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/chat/participant.hpp"
#include "server/chat/stays.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Feed;

/// How a slow reader catches up, as a state machine: it says what to read from the journal next, and takes
/// the pages. Once nothing is queued for the client any more, the messages that it has missed are read from
/// the journal, page after page, each when the client has taken the one before. When no feed misses more than
/// a page, new lines are kept, the rest is read, and the kept lines follow: there is neither a gap nor a
/// repeat. Last the client is told the state of each room, in the place of the joins, departures, topics and
/// renames that it has missed.
///
/// Lines for the client alone are kept from the beginning, and come in their place among the messages.
class CatchUp {
 public:
  /// The client has been given everything that these rooms have delivered until now.
  explicit CatchUp(std::span<const Stay> stays);
  CatchUp(const CatchUp&) = delete;
  CatchUp& operator=(const CatchUp&) = delete;
  ~CatchUp() = default;

  /// Lines that others get too: kept near the end, as long as `takes` allows so many bytes, else left for the
  /// journal.
  template <class Takes>
  void share(Slice lines, Feed* feed, Takes takes) {
    misses(feed);
    if (!is_keeping_) return;
    if (takes(kept_ + lines.size)) {
      keep({.bytes = std::move(lines), .place = {.feed = feed}, .kind = Kind::shared});
    } else {
      let_go();
    }
  }
  /// The client may miss messages of this feed (null: of several rooms) that it has not been given yet: of
  /// conversations it was not known that there would be any.
  void misses(Feed* feed);
  /// A line for the client alone. If its place names no feed, it comes after everything that is missing.
  void own(Slice line, const Place& place);
  /// Bytes of what is kept.
  std::size_t kept() const { return kept_; }
  /// Nothing more of the feed is to be delivered.
  void forget(const Feed& feed);
  /// The same of all that is private.
  void forget_private();

  bool is_reading() const { return reading_; }
  /// What to read now; nothing when no message is missing any more.
  std::optional<journal::Query> next();
  /// Takes the page that was read; returns the lines to deliver. `account`: whose client it is; 0: a guest's.
  std::string take(const journal::Page& page, const Format& format, std::uint64_t account = 0);
  /// The page could not be read, and is to be tried again.
  void failed();
  /// Reads that have failed in a row.
  int failures() const { return failures_; }

  /// The end, when next() has returned nothing: all lines that are left to deliver, in order.
  std::vector<Slice> finish(const Participant& to);
  /// What is to follow the end.
  void then(std::function<void()> then) { waiting_.push_back(std::move(then)); }
  std::vector<std::function<void()>> take_waiting() { return std::exchange(waiting_, {}); }
  /// An early end: the lines for the client alone that depend on nothing it has missed.
  std::vector<Slice> part();

 private:
  struct Gap {
    std::shared_ptr<Feed> feed;
    std::uint64_t after;   ///< seq of the last message that the client has had
    std::uint64_t before;  ///< seq of the first message that is not to be read
    bool is_cut = false;   ///< retention has dropped messages of it
  };
  enum class Kind {
    shared,
    placed,  ///< for the client alone, with a place among the messages
    loose,   ///< for the client alone, at any time
  };
  struct Line {
    Slice bytes;
    Place place;
    Kind kind;
  };

  void begin(bool keeping);
  void keep(Line line);
  void let_go();
  void take_placed(const Feed& feed, std::uint64_t upto, std::string& out);
  bool take_instead(const Feed& feed, std::uint64_t seq, std::string& out);
  bool has_instead(const Feed& feed, std::uint64_t seq) const;
  std::vector<protocol::MessagePtr> changed_in(const journal::Page& page, const Gap& gap) const;
  void append(const Line& line, std::string& out);

  std::vector<std::function<void()>> waiting_;
  std::vector<Gap> gaps_;
  std::size_t next_ = 0;
  bool reading_ = false;
  bool is_stale_ = false;    ///< what is being read is not for the client any more
  bool is_keeping_ = false;  ///< lines that others get too
  int failures_ = 0;
  std::deque<Line> lines_;
  std::size_t kept_ = 0;    ///< bytes of `lines_`
  std::size_t placed_ = 0;  ///< how many of `lines_` are Kind::placed
};

}  // namespace hubbub::chat
