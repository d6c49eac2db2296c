#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/model/doorway.hpp"
#include "client/model/item.hpp"
#include "client/model/marks.hpp"
#include "client/model/preferences.hpp"
#include "client/model/room.hpp"
#include "client/model/spans.hpp"
#include "protocol/event.hpp"
#include "protocol/request.hpp"

namespace hubbub::client {

/// The results of an event.
struct News {
  std::vector<Item> items;   ///< to be shown now, in this order
  std::vector<Said> alerts;  ///< mentions and private messages that are worth a bell
  /// What has become of messages that may be on the screen (Model::as_changed).
  std::vector<protocol::event::Changed> changes{};
};

/// Why what the reader types in the current room is not taken now.
struct Silence {
  enum class Why { moderated, muted, slow_mode };
  Why why = Why::moderated;
  std::optional<protocol::Timestamp> until{};  ///< nothing: not known
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

/// What the reader, the person at the client, sees: rooms, members, messages, and which messages are unread.
/// Takes events and the reader's actions, and returns items to show. Messages of the current room are shown,
/// messages of other rooms are counted. Private messages are shown in whatever room is current; a person's
/// messages go to the private view of that person if there is one, which behaves like a room.
class Model {
 public:
  using Timestamp = protocol::Timestamp;

  explicit Model(Preferences preferences = {});

  // ---- events

  /// `missed`: the event happened while the link was down (Arrival::missed). Answers to searches go to hits()
  /// instead.
  News take(const protocol::Event& event, bool missed, Timestamp now);
  /// The link broke: missed messages are counted from now on.
  void link_lost();
  /// All missed messages have come (Listener::on_ready): tells their number, if there were any.
  News ready(Timestamp now);
  /// What is new in a conversation of the account (Listener::on_correspondence), in order. `whole`: there is
  /// nothing new before it. What is unread opens a private view; mail() tells of it.
  News catch_up(const protocol::event::Conversation& conversation,
                const std::vector<protocol::MessagePtr>& messages, bool whole, Timestamp now,
                const std::vector<protocol::event::Changed>& changes = {});
  /// Unread messages in the conversations since the last call; empty: there were none.
  Mail mail() { return std::exchange(mail_, {}); }
  /// Joins and departures are collected for a moment before they are told; call this at next_due().
  News settle(Timestamp now);
  std::optional<Timestamp> next_due() const { return doorway_.next_due(); }

  // ---- the reader's actions

  /// Makes another room the current one, by any spelling of its name. Returns a heading, some messages that
  /// were read before (so that there are at least `context` messages), the unread line and the unread
  /// messages; an empty list if the room is current already; std::nullopt if the reader is not in it.
  std::optional<std::vector<Item>> turn_to(std::string_view room, Timestamp now, std::size_t context = 5);
  /// Opens a private view of a person, with the messages exchanged in this run, or turns to the view if it is
  /// open. An event::Left closes a view, as it does a room.
  std::vector<Item> open_view(std::string_view person, Timestamp now);
  /// The reader begins to type a line: a /reply will go to the present correspondent.
  void begin_line() { addressee_ = correspondent(); }
  /// A join was requested with this `ref`: the room becomes current when its `joined` comes. An empty room
  /// cancels that.
  void go_to(std::string room, std::string ref = {}) {
    going_to_ = std::move(room);
    going_ref_ = std::move(ref);
  }
  void prefer(Preferences preferences);
  const Preferences& preferences() const { return preferences_; }
  /// For this run only; false: no change.
  bool ignore(std::string_view name) { return ignored_.add(name); }
  bool unignore(std::string_view name);
  bool mute(std::string_view room) { return muted_.add(room); }
  bool unmute(std::string_view room) { return muted_.remove(room); }
  const std::vector<std::string>& ignored() const { return ignored_.shown(); }
  const std::vector<std::string>& muted() const { return muted_.shown(); }
  bool ignores(std::string_view name) const { return ignored_.contains(name) || shunned_.contains(name); }
  bool mutes(std::string_view room) const { return muted_.contains(room); }

  /// What the server is to be told of what has been read, if there is anything: it counts as sent.
  std::optional<protocol::request::Read> next_read();
  /// Its answer has come, or will not.
  void settle_read(const protocol::request::Read& asked) { marks_.settle(asked); }

  // ---- queries

  /// The message as it is after the change; nothing: the change is not about it, or not new.
  std::optional<Said> as_changed(const Said& old, const protocol::event::Changed& change) const;
  /// Nothing: it is taken, as far as is known.
  std::optional<Silence> silence(Timestamp now) const;
  /// The number of the newest message of the reader's in the room, which may be a private view; nothing: not
  /// known.
  std::optional<std::uint64_t> own_last(std::string_view room) const;
  const std::string& me() const { return me_; }
  bool is_logged_in() const { return !account_.empty(); }
  /// The name of the current room; empty: none.
  const std::string& current() const { return current_; }
  /// The room that a typed line goes to: the one that is being joined, or the current one.
  const std::string& speaking_in() const { return going_to_.empty() ? current_ : going_to_; }
  /// Ordered by number, private views included. The reference is valid until the next event.
  const std::vector<Room>& rooms() const { return rooms_; }
  const Room* find(std::string_view room) const;
  /// The name of the room with this number (from 1), or of the room `steps` after the current one,
  /// cyclically; empty: there is none.
  std::string room_at(std::size_t number) const;
  std::string room_beside(int steps) const;
  /// The room to read first: rooms with mentions before rooms with other unread messages, and among these the
  /// one with the oldest unread message; muted rooms come last, and only with mentions. Empty: nothing is
  /// unread.
  std::string most_urgent() const;
  /// All rooms, ordered by number.
  std::vector<Glance> glance() const;
  /// The other person of the last private message. Empty: there was none.
  std::string correspondent() const { return correspondents_.empty() ? "" : correspondents_.front(); }
  /// The person whom /reply answers: the correspondent at the time the reader began to type. Empty: there was
  /// none.
  const std::string& addressee() const { return addressee_; }
  /// Names for completion, each once and without the reader: people in the current room, the latest speaker
  /// first, then all other known names.
  std::vector<std::string> people() const;
  /// For /msg: the correspondents, then the others.
  std::vector<std::string> people_to_write_to() const;
  /// The hits of a search, in their order, with the words marked; the newest hit gets the number `first`.
  std::vector<Item> hits(const protocol::event::History& history, const protocol::request::History& asked,
                         std::size_t first) const;

 private:
  struct Taking;  ///< the handling of one event: model_events.cpp

  /// That the reader is silenced, in a room or, if it is empty, everywhere.
  struct Mute {
    std::uint64_t id = 0;  ///< 0: a message was refused, and it is not known by which
    std::string room;
    std::optional<Timestamp> until;
  };

  struct Whisper {
    std::string person;
    Said said;
  };

  Room& add_room(Room room);
  void rename_views(const std::string& old_name, const std::string& new_name, News& news, Timestamp now);
  std::string person_in(const protocol::Message& message, bool own) const;
  bool has_private(std::string_view person, std::uint64_t seq) const;
  bool is_kept(std::string_view person) const;
  Room& add_view(const std::string& person);
  void note_whisper(const std::string& person, Said said);
  void belong_to(const std::string& account);
  void number_anew(const std::string& epoch);
  void forget_numbers(bool only_private);
  Said said(const protocol::MessagePtr& message) const;
  // Changes, roles, bans: model_order.cpp
  News note_change(const protocol::event::Changed& change, bool missed, Timestamp now);
  Fact to_reader(protocol::Event event) const;
  void note_role(const protocol::event::Role& role);
  void note_ban(const protocol::event::Banned& banned);
  void note_mute(const protocol::event::Joined& joined);
  void note_unban(const protocol::event::Unbanned& unbanned);
  void note_refusal(const protocol::event::Failure& failure, Timestamp now);
  bool is_about_me(std::string_view mask) const;
  void note_heard(Room& room, Timestamp now);
  void look_on();
  Room* entered(std::string_view room);
  bool is_current(const Room& room) const { return room.name() == current_; }
  bool tells_presence(const Room& room, std::string_view name, Timestamp now) const;
  void look_at(const Room& room);
  void find_words();

  Preferences preferences_;
  NameSet ignored_;
  NameSet shunned_;  ///< new names that ignored people have taken, until they leave
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
  std::deque<Whisper> whispers_;  ///< the latest private messages of this run
  std::string account_;           ///< empty: a guest
  std::string office_;            ///< Welcome::role
  std::vector<Mute> mutes_of_me_;
  std::string last_account_;  ///< in this run; empty: there was none
  std::string epoch_;         ///< of the numbers of messages; empty: not told
  Marks marks_;
  Mail mail_;
  Doorway doorway_;  ///< of the current room
  Missed missed_;
  bool catching_up_ = false;
  bool marked_ = false;  ///< the current room already has an unread line for missed messages
};

}  // namespace hubbub::client
