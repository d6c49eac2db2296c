#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "server/chat/participant.hpp"
#include "server/chat/presence.hpp"
#include "server/journal/room_state.hpp"

namespace hubbub::chat {

/// A message that the journal has handed back, on its way to a room.
struct Said {
  protocol::MessagePtr message;
  /// Who said it here, or null (it was said elsewhere). Only compared, never called.
  const Participant* sender = nullptr;
  std::string_view ref{};  ///< for the sender's own copy; holds until the room has delivered
  bool repeated = false;   ///< already known: for its sender alone
  bool is_own = false;     ///< its sender needs a copy of its own, whatever else
};

/// The people in one room. It broadcasts: everything is rendered once per wire format and then only
/// pushed to each member.
class Room {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// What the journal knows of a room. `last`: the newest seq that it is known to have had.
  struct Kept {
    std::uint64_t last = 0;
    journal::RoomState state{};
    bool is_new = true;        ///< the journal has nothing of it
    std::string_view epoch{};  ///< the journal's, which outlives the room
  };

  Room(protocol::Name name, Kept kept)
      : name_(std::move(name)),
        state_(std::move(kept.state)),
        epoch_(kept.epoch),
        last_(kept.last),
        delivered_(kept.last),
        is_new_(kept.is_new) {}

  const protocol::Name& name() const { return name_; }
  std::string_view topic() const { return state_.topic(); }
  /// A record of the room's state has come out of the journal: whoever hears what is said is to be told this.
  journal::RoomState::Events apply(const journal::StateRecord& record) { return state_.apply(record); }
  /// The seq of the newest message that the room has delivered; 0: none that is known.
  std::uint64_t last() const { return last_; }
  /// The same, without the batch that is being delivered.
  std::uint64_t delivered() const { return delivered_; }

  bool is_new() const { return is_new_; }
  /// The journal has something of it; whether that is new.
  bool becomes_known() { return std::exchange(is_new_, false); }
  std::size_t size() const { return places_.size(); }
  /// Nobody is there, nor about to be.
  bool is_empty() const { return members_.empty() && joining_.empty(); }
  /// Everybody who is there. One who is about to be is not told of comings, goings and new names: its
  /// `joined` shows who is there by then, and what was told before would be wrong after it.
  template <class Visit>
  void for_each_member(Visit visit) const {
    for (const auto& member : members_) visit(*member);
  }
  /// Everybody who hears what is said.
  template <class Visit>
  void for_each(Visit visit) const {
    for_each_member(visit);
    for (const auto& joiner : joining_) visit(*joiner);
  }

  /// From here on it hears everything, but is not there yet for the others …
  void let_in(std::shared_ptr<Participant> joiner) { joining_.push_back(std::move(joiner)); }
  /// … and now it is. To be asked for one that was let in.
  void admit(const Participant& joiner);
  /// Whatever it was, it is not any more.
  void remove(const Participant& member, std::string reason);
  /// A member is about to have another name …
  void renaming(const Participant& member);
  /// … and has it now.
  void renamed(const Participant& member, const protocol::Name& before);

  /// The names after the one with the key `after`, in the order of their keys, at most `limit`, as they are
  /// shown `to` a member (null: to somebody else).
  protocol::event::Members names(const std::string& after, std::size_t limit,
                                 const Participant* to = nullptr);
  /// How the room stands, with its names as they are shown `to` a member (null: to somebody else), and
  /// without what was said. `last`: the number up to which that has come.
  protocol::event::Joined standing(std::uint64_t last, const Participant* to = nullptr);
  /// The same for one who has missed something of it; `complete`: all messages have come.
  protocol::Event state(bool complete);

  /// To everybody who hears what is said, but `except`.
  void send(const protocol::Event& event, const Participant* except = nullptr) const;
  /// Gathers a message of the batch that is being delivered; true for the first of them.
  bool gather(Said said);
  /// Sends what has been gathered: one push to each member.
  void deliver();

  Presence& presence() { return presence_; }
  /// Whether a new limit has made it small: then there may be something to tell by name.
  bool was_large(std::size_t limit) { return (limit == 0 || size() <= limit) && presence_.was_large(); }
  /// Tells who came and went: by name in a room of up to `moment.limit` members, else by count and at most
  /// once a second. False when it is too soon.
  bool tell_presence(const Presence::Moment& moment);

 private:
  void tell_members(const protocol::Event& event) const;
  struct Lines;
  using Own = std::vector<std::size_t>;
  Lines render_batch(const Format& format) const;
  void deliver_personally(Participant& member, const Lines& lines, const Own& own) const;
  std::uint64_t seq_before(std::size_t place) const;
  Presence::Names members_by_key() const;

  protocol::Name name_;
  journal::RoomState state_;
  std::string_view epoch_;
  std::uint64_t last_;
  std::uint64_t delivered_;
  bool is_new_;
  std::vector<std::shared_ptr<Participant>> members_;
  std::vector<std::shared_ptr<Participant>> joining_;
  std::map<std::string_view, std::size_t>
      places_;                ///< key of the name, which is the member's own: index into members_
  std::size_t renaming_ = 0;  ///< place of the member that is being renamed
  std::vector<Said> batch_;
  /// Those whose lines differ from the others', and in which messages of the batch.
  std::unordered_map<const Participant*, Own> personal_;
  Presence presence_;
};

}  // namespace hubbub::chat
