#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/chat/participant.hpp"
#include "server/chat/stays.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Room;

/// The way back of one who has read too slowly, as a state machine: it says what to read from the journal
/// next, and takes the pages. From the moment when no more is queued for the client, it is given what its
/// rooms have said from the journal, page after page, each when it has taken the one before. Once no whole
/// page is missing, what is said from then on is kept, the rest is read, and what was kept follows: there is
/// neither a gap nor a repeat. Last it is told how each room stands, in the place of the comings, goings,
/// topics and renames that it has missed.
///
/// What is for the client alone is kept from the beginning, and comes in its place among the messages.
class CatchUp {
 public:
  /// As of now a client in these rooms has had everything that they have delivered.
  explicit CatchUp(std::span<const Stay> stays);
  CatchUp(const CatchUp&) = delete;
  CatchUp& operator=(const CatchUp&) = delete;
  ~CatchUp() = default;

  /// Something that others get too: kept near the end, if it is not more than `takes` says, else left for the
  /// journal.
  template <class Takes>
  void share(Slice lines, const Room* room, Takes takes) {
    if (!is_keeping_) return;
    if (takes(kept_ + lines.size)) {
      keep({.bytes = std::move(lines), .place = {.room = room}, .kind = Kind::shared});
    } else {
      let_go();
    }
  }
  /// A line for the client alone: behind everything that is missing, if its place names no room.
  void own(Slice line, const Place& place);
  /// Bytes of what is kept.
  std::size_t kept() const { return kept_; }
  void forget(const Room& room);

  bool is_reading() const { return reading_; }
  /// What to read now; nothing when nothing is missing any more.
  std::optional<journal::Query> next();
  /// Takes what was read: the lines to deliver.
  std::string take(const journal::Page& page, const Format& format);
  /// It could not be read, and is to be tried again.
  void failed();
  /// How often that has happened in a row.
  int failures() const { return failures_; }

  /// The end, when next() has said nothing: all that is left to deliver, in order.
  std::vector<Slice> finish(const Format& format);
  /// An end before that: the lines for the client alone that rest on nothing it has missed.
  std::vector<Slice> part();

 private:
  struct Gap {
    std::shared_ptr<Room> room;
    std::uint64_t after;   ///< seq of the last that the client has had
    std::uint64_t before;  ///< seq of the first that is not asked for any more
    bool is_cut = false;   ///< retention has dropped something of it
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
  void take_placed(const Room& room, std::uint64_t upto, std::string& out);
  bool take_instead(const Room& room, std::uint64_t seq, std::string& out);
  void append(const Line& line, std::string& out);

  std::vector<Gap> gaps_;
  std::size_t next_ = 0;
  bool reading_ = false;
  bool is_stale_ = false;    ///< what is being read is not wanted any more
  bool is_keeping_ = false;  ///< of what others get too
  int failures_ = 0;
  std::deque<Line> lines_;
  std::size_t kept_ = 0;    ///< bytes of them
  std::size_t placed_ = 0;  ///< of them: those for the client alone that have a place
};

}  // namespace hubbub::chat
