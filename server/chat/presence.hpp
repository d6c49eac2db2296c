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

/// The joins and departures of a room that its members have not been told yet. Those of a turn are told at
/// its end, in as few lines as possible: a person who comes and goes in between is not mentioned, unless a
/// participant has been shown the names meanwhile.
///
/// In a large room joins and departures are told by count, not by name. The names that the members knew when
/// it became large, and the departures since, are remembered, so that they can be told by name when it has
/// become small.
class Presence {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Names = Roster::Names;

  /// Whether the pending changes must be told before that name comes (or goes), since one line could not tell
  /// both.
  bool clashes_with_coming(const protocol::Name& name) const;
  bool clashes_with_going(const protocol::Name& name) const;
  /// Whether that is to be told still.
  bool is_coming(const protocol::Name& name) const;
  void came(const protocol::Name& name);
  void went(const protocol::Name& name, std::string reason);
  /// The members have been told of that rename.
  void renamed(const protocol::Name& from, const protocol::Name& to);
  /// A participant, `to` (null: some other client), has been shown the members' names; its own join, if that
  /// is the newest, has been shown to nobody.
  void shown(const protocol::Name* to = nullptr);

  bool is_due() const { return due_; }
  bool is_large() const { return large_ != nullptr; }
  /// Whether the room was last told as a large one, with nothing due; if so, it is due from now on.
  bool was_large() { return !due_ && large_ && (due_ = true); }
  struct Moment {
    std::size_t limit;      ///< a room of more members is large; 0: none is
    std::uint64_t renames;  ///< of all persons, up to now
    Time now;
  };
  /// The lines to deliver now; none if that would be too soon. `members` lists the members, and is seldom
  /// called. Each line is under protocol::reply_bytes.
  std::vector<protocol::event::Presence> tell(const std::string& room, std::size_t count,
                                              const std::function<Names()>& members, const Moment& moment);
  /// Whether the departures while the room was large cannot be told by name: they are too many, or the names
  /// may have changed since. Then the members are to be told the state of the room. True once.
  bool has_lost_track() { return std::exchange(lost_track_, false); }

 private:
  struct Gone {
    std::string key;
    protocol::event::Departure departure;
  };
  /// Only while the room is large.
  struct Large {
    Names told;                                                           ///< the names that the members know
    std::map<std::string, protocol::event::Departure, std::less<>> gone;  ///< departures since then, by key
    std::uint64_t renames;                                                ///< up to then
  };

  void become_large(Names members, std::uint64_t renames);
  void note_gone();
  void become_small(const Names& members, std::uint64_t renames);

  std::vector<protocol::Name> joined_;
  std::vector<Gone> left_;
  std::size_t joined_shown_ = 0;  ///< so many of joined_ were in a list that was shown
  std::size_t left_shown_ = 0;    ///< so many of left_ were missing in a list that was shown
  std::unique_ptr<Large> large_;
  Time counted_{};  ///< when the count alone was last told
  bool due_ = false;
  bool lost_track_ = false;
};

}  // namespace hubbub::chat
