#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "protocol/error.hpp"
#include "server/chat/format.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Room;
class Session;

/// The way back of one who has read too slowly. From the moment when no more is queued for it, it is given
/// what its rooms have said from the journal, page after page, each when it has taken the one before. Once no
/// whole page is missing, what is said from then on is held back, the rest is read, and what was held back
/// follows: there is neither a gap nor a repeat. Last it is told how each room stands, in the place of the
/// comings, goings, topics and renames that it has missed.
class CatchUp {
 public:
  /// As of now the session, which owns this, has had everything that its rooms have delivered.
  explicit CatchUp(Session& session);

  /// Something that everybody is told: held back near the end, else left for the journal.
  void deliver(Slice bytes);
  /// The session has taken what it had.
  void go_on();

 private:
  struct Gap {
    std::shared_ptr<Room> room;
    std::uint64_t after;   ///< seq of the last that the session has had
    std::uint64_t before;  ///< seq of the first that is not asked for any more
    bool dropped = false;  ///< retention has dropped something of it
  };

  void read();
  void on_page(const protocol::Result<journal::Page>& page);
  void begin(bool holding);
  void let_go();
  void finish();

  Session& session_;
  std::vector<Gap> gaps_;
  std::size_t next_ = 0;
  bool reading_ = false;
  bool holding_ = false;  ///< what is said is held back
  std::vector<Slice> live_;
  std::size_t live_bytes_ = 0;
};

}  // namespace hubbub::chat
