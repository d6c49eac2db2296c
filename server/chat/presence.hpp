#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "server/chat/roster.hpp"

namespace hubbub::chat {

/// Who has come to a room and gone from it since its members were last told. What happens within a turn is
/// told at its end, in as few lines as it takes: who comes and goes meanwhile is not told of, unless somebody
/// has been shown the names in between.
///
/// While the room is large nobody is told by name. What the members knew when it became large, and who has
/// gone since, is remembered, so that they can be told when it has become small.
class Presence {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Names = Roster::Names;

  /// Whether what has not been told must be told before that name comes (or goes), since one line could not
  /// tell both.
  bool clashes_with_coming(const protocol::Name& name) const;
  bool clashes_with_going(const protocol::Name& name) const;
  void came(const protocol::Name& name);
  void went(const protocol::Name& name, std::string reason);
  /// Everybody has been told that one goes by another name.
  void renamed(const protocol::Name& from, const protocol::Name& to);
  /// Somebody has been shown the names of those who are there; what is told of that one itself, if it has
  /// just come, has been shown to nobody.
  void shown(const protocol::Name* to = nullptr);

  bool is_due() const { return due_; }
  bool is_large() const { return large_ != nullptr; }
  /// Whether nothing has been due since the room was large; from now on it is.
  bool was_large() { return !due_ && large_ && (due_ = true); }
  struct Moment {
    std::size_t limit;      ///< a room of more members is large; 0: none is
    std::uint64_t renames;  ///< of anybody, up to now
    Time now;
  };
  /// What to tell now: nothing where that would be too soon. `members` lists them, and is seldom asked. Each
  /// line is under protocol::reply_bytes.
  std::vector<protocol::event::Presence> tell(const std::string& room, std::size_t count,
                                              const std::function<Names()>& members, const Moment& moment);
  /// Whether it cannot be told by name who has gone while the room was large: they are too many, or may be
  /// known by another name by now. Then the members are to be told how it stands. Asked once.
  bool has_lost_track() { return std::exchange(lost_track_, false); }

 private:
  struct Gone {
    std::string key;
    protocol::event::Departure departure;
  };
  /// Only while the room is large.
  struct Large {
    Names told;  ///< whom the members know of by name
    std::map<std::string, protocol::event::Departure, std::less<>> gone;  ///< since then, by key
    std::uint64_t renames;                                                ///< up to then
  };

  void become_large(Names members, std::uint64_t renames);
  void note_gone();
  void become_small(const Names& members, std::uint64_t renames);

  std::vector<protocol::Name> joined_;
  std::vector<Gone> left_;
  std::size_t joined_shown_ = 0;  ///< so many of joined_ have been seen by somebody
  std::size_t left_shown_ = 0;    ///< so many of left_ have been missed by somebody
  std::unique_ptr<Large> large_;
  Time counted_{};  ///< when the count alone was last told
  bool due_ = false;
  bool lost_track_ = false;
};

}  // namespace hubbub::chat
