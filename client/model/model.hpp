#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/doorway.hpp"
#include "client/model/item.hpp"
#include "client/model/preferences.hpp"
#include "client/model/room.hpp"
#include "client/model/spans.hpp"
#include "protocol/event.hpp"
#include "protocol/request.hpp"

namespace hubbub::client {

/// What an event leads to.
struct News {
  std::vector<Item> items;   ///< to be shown now, in this order
  std::vector<Said> alerts;  ///< mentions and private messages that are worth a bell
};

/// A room in the prompt.
struct Glance {
  std::string name;
  std::size_t number = 0;  ///< for Alt-1 and so on, from 1: Room::number
  std::size_t unread = 0;
  std::size_t mentions = 0;  ///< among the unread
  bool muted = false;
  bool current = false;
};

/// Everything that the reader, the person at the client, looks at: the rooms, who is there, what was said and
/// what of it is unread. It takes events and the reader's own actions, and tells what is to be shown.
/// Messages of the current room are shown; those of the others are counted. Private messages are shown in
/// whatever room is current, but for those of somebody of whom there is a private view, which is a room like
/// the others.
class Model {
 public:
  using Timestamp = protocol::Timestamp;

  explicit Model(Preferences preferences = {});

  // ---- what happens

  /// `missed`: it was said while the link was down (Arrival::missed). The answer to a
  /// search is not for this: see hits().
  News take(const protocol::Event& event, bool missed, Timestamp now);
  /// From here on, what was missed is counted.
  void link_lost();
  /// All that was missed has come (Listener::on_ready): tells how much it was, if it was anything.
  News ready(Timestamp now);
  /// Who came and went is gathered for a moment before it is told: to be called when it is due.
  News settle(Timestamp now);
  std::optional<Timestamp> next_due() const { return doorway_.next_due(); }

  // ---- what the reader does

  /// Makes another room the current one, by any spelling of its name: a heading, some messages that were read
  /// before (so that there are at least `context`), the unread line and what is unread. Nothing where the
  /// room is current already; std::nullopt: the reader is not in it.
  std::optional<std::vector<Item>> turn_to(std::string_view room, Timestamp now, std::size_t context = 5);
  /// Opens a private view of somebody, with what was said in this run, or turns to it if it is open. A view
  /// is closed as a room is left: by event::Left.
  std::vector<Item> open_view(std::string_view person, Timestamp now);
  /// The reader begins to type a line: should it be a /reply, it is for the present correspondent.
  void begin_line() { addressee_ = correspondent(); }
  /// /join was asked for, with that `ref`: the room becomes the current one with its `joined`. Empty: no
  /// longer.
  void go_to(std::string room, std::string ref = {}) {
    going_to_ = std::move(room);
    going_ref_ = std::move(ref);
  }
  void prefer(Preferences preferences);
  const Preferences& preferences() const { return preferences_; }
  /// For this run; false: it was so already.
  bool ignore(std::string_view name) { return ignored_.add(name); }
  bool unignore(std::string_view name);
  bool mute(std::string_view room) { return muted_.add(room); }
  bool unmute(std::string_view room) { return muted_.remove(room); }
  const std::vector<std::string>& ignored() const { return ignored_.shown(); }
  const std::vector<std::string>& muted() const { return muted_.shown(); }
  bool ignores(std::string_view name) const { return ignored_.contains(name) || shunned_.contains(name); }
  bool mutes(std::string_view room) const { return muted_.contains(room); }

  // ---- what there is to know

  const std::string& me() const { return me_; }
  /// The name of the current room; empty: none.
  const std::string& current() const { return current_; }
  /// The room that a typed line is said in: the one that /join has asked for, or the current one.
  const std::string& speaking_in() const { return going_to_.empty() ? current_ : going_to_; }
  /// By their numbers, private views among them. The reference is valid until the next event.
  const std::vector<Room>& rooms() const { return rooms_; }
  const Room* find(std::string_view room) const;
  /// The name of the room with this number (from 1), or of the one `steps` after the current one, in a
  /// circle; empty: there is none.
  std::string room_at(std::size_t number) const;
  std::string room_beside(int steps) const;
  /// The room to read first: rooms with mentions before those with other unread messages, the one that has
  /// waited longest first; muted rooms come last, and only with mentions. Empty: nothing is unread.
  std::string most_urgent() const;
  /// All rooms, in their order.
  std::vector<Glance> glance() const;
  /// With whom the last private message was exchanged. Empty: nobody.
  std::string correspondent() const { return correspondents_.empty() ? "" : correspondents_.front(); }
  /// Whom /reply answers: the correspondent at the time the reader began to type. Empty: there was none.
  const std::string& addressee() const { return addressee_; }
  /// For completion, each once and without the reader: those in the current room, who spoke last first, then
  /// all others whose names are known.
  std::vector<std::string> people() const;
  /// For /msg: the correspondents, then the others.
  std::vector<std::string> people_to_write_to() const;
  /// What a search has found, in its order, with the words marked; the newest hit is given the number
  /// `first`.
  std::vector<Item> hits(const protocol::event::History& history, const protocol::request::History& asked,
                         std::size_t first) const;

 private:
  struct Taking;  ///< one event on its way through: model_events.cpp

  struct Whisper {
    std::string person;
    Said said;
  };

  Room& add_room(Room room);
  void rename_views(const std::string& old_name, const std::string& new_name, News& news, Timestamp now);
  Room* entered(std::string_view room);
  bool is_current(const Room& room) const { return room.name() == current_; }
  bool tells_presence(const Room& room, std::string_view name, Timestamp now) const;
  void look_at(const Room& room);
  void find_words();

  Preferences preferences_;
  NameSet ignored_;
  NameSet shunned_;  ///< other names that people who are ignored have taken, until they leave
  NameSet muted_;
  Mentions words_;
  std::string me_;
  std::vector<Room> rooms_;
  std::string current_;
  std::vector<std::string> trail_;  ///< the rooms that were current, the present one last
  std::string going_to_;
  std::string going_ref_;
  std::vector<std::string> correspondents_;  ///< the last one first
  std::string addressee_;
  std::deque<Whisper> whispers_;  ///< of this run, the last ones
  Doorway doorway_;               ///< of the current room
  Missed missed_;
  bool catching_up_ = false;
  bool marked_ = false;  ///< the unread line of what was missed stands in the current room already
};

}  // namespace hubbub::client
