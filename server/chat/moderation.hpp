#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "server/accounts/token.hpp"
#include "server/chat/endings.hpp"
#include "server/chat/in_flight.hpp"
#include "server/chat/mask.hpp"
#include "server/chat/may.hpp"
#include "server/chat/raid.hpp"
#include "server/chat/rooms.hpp"
#include "server/chat/ruling.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/keyed_hash.hpp"

namespace hubbub::chat {

class Hub;
class Room;
class Session;

/// A refusal, and when it may be tried again; 0: not known.
struct Refusal {
  protocol::Error error;
  std::chrono::milliseconds retry_after{};
};

/// Rules, roles and bans, of rooms and of the server: who may do what, and what follows from a record of them
/// for those who are here. The records themselves are attributes (ruling.hpp).
class Moderation {
 public:
  /// The hub outlives it. Called before anything is appended: the journal tells what there is.
  explicit Moderation(Hub& hub);

  // --- who may

  /// Of the server, wherever he is.
  Rank server_rank(const Session& session) const;
  /// In a room that is here.
  Rank rank(const Session& session, const Room& room) const;
  /// Adds the session's role in that room, in which it is, and whether it is muted there.
  void add_own(const Session& session, const Room& room, protocol::event::Joined& joined) const;
  /// In any room, by its attributes (null: it has none).
  Rank rank(const Session& session, const std::string& key, const journal::RoomState* state) const;
  /// Why the session, which is in the room, may not say anything there now; nothing: it may.
  std::optional<Refusal> why_not_speak(Session& session, Room& room);
  /// The same, however soon it is after what was said before.
  std::optional<protocol::Error> why_silent(Session& session, Room& room);
  /// What the session's person is in the room if it enters it first, without a record of the room.
  Rank rank_of_first(const Session& session, const Room& room) const;
  /// A message of another node has come: slow mode counts it.
  void heard(Room& room, const protocol::Message& message) const;
  /// It has said something there: of which slow mode takes notice.
  void spoke(Session& session, Room& room);
  /// Why it may not set the topic.
  std::optional<protocol::Error> why_not_set_topic(Session& session, Room& room);
  /// The ban that keeps the session out of that room; null: none does.
  const Ban* ban_from(const Session& session, const Room& room) const;
  /// Of those the one that keeps nobody who is there already.
  const Ban* ban_that_puts_out(const Session& session, const Room& room) const;
  /// The first as an error.
  std::optional<protocol::Error> why_banned_from(const Session& session, const Room& room) const;
  /// Why it may not come in. `key`: what it has given for one; `has_come`: the directory has it that it has.
  std::optional<protocol::Error> why_not_enter(Session& session, const Room& room,
                                               const std::optional<std::string>& key, bool has_come = false);
  /// Whether the room is to be hidden from it.
  bool is_hidden_from(const Session& session, std::string_view key, const journal::RoomState* state) const;
  /// Nothing that was said in the room up to that number is for it.
  std::uint64_t floor(const Session& session, const Room& room) const;

  // --- the server

  /// Why somebody of that name and account (0: a guest) may not be here; nothing: he may.
  std::optional<protocol::Error> why_banned(const Session& session, const protocol::Name& name,
                                            std::uint64_t account) const;
  /// Why guests may not speak, make rooms, register or redeem now; nothing: they may.
  std::optional<protocol::Error> why_locked() const;
  /// The same of coming in at all.
  std::optional<protocol::Error> why_closed_to_guests() const;
  const protocol::event::Lockdown& lockdown() const { return lockdown_; }
  Raid& raid() { return raid_; }
  /// A guest has come in.
  void arrived(Session& session);
  /// Whether what a guest is about to say may go out: not the sixth of the same that newcomers say.
  bool takes_text(Session& session, const std::string& text);

  // --- masks

  /// What stands for the address of a session in masks of the room with that key, or of the server, and tells
  /// nobody the address; empty: it has none. Another in each: whoever runs a room recognises nobody in
  /// others.
  std::string host(const Session& session, std::string_view place) const;
  std::string host_of(std::string_view address, std::string_view place) const;
  /// All that a mask can be about. `host`: of host(), which must outlive it.
  static Subject subject_of(const Session& session, const std::string& host, std::string_view address = {});
  const Ruling& server() const { return server_; }
  Mask::InRange in_range() const;
  /// As people are shown it.
  std::string shown(const Mask& mask) const;
  protocol::event::Ban described(const Ban& ban, std::string_view room) const;

  // --- records

  /// A room, or the server, as an object of a ruling.
  struct Realm {
    std::string key;        ///< journal::server_key: the server
    std::string shown;      ///< empty: the server
    Rooms::RoomPtr room{};  ///< null: nobody is there

    bool is_server() const { return journal::is_server(key); }
  };
  static Realm server_place() { return {.key = std::string(journal::server_key), .shown = {}}; }
  Realm place_of(const std::string& key) const;
  /// A room as it is told; `with_key`: with the key that one needs to enter.
  protocol::event::Room described(const Realm& place, bool with_key) const;
  /// Its attributes; null: it has none. Valid until the next record.
  const journal::RoomState* state_of(const Realm& place) const;
  /// Where that ban, report, invitation or webhook is; nothing: there is none of that number.
  struct Found {
    Realm place;
    std::string attribute;
  };
  std::optional<Found> find(std::uint64_t id) const;
  /// The invitation or the webhook with that token.
  std::optional<Found> find_token(const accounts::TokenHash& token) const;
  /// The keys of rooms in which there are open reports, or webhooks, in their order.
  std::vector<std::string> reported_rooms() const { return rooms_with(attribute::report); }
  std::vector<std::string> hooked_rooms() const { return rooms_with(attribute::hook); }
  std::size_t owned_by(std::uint64_t account) const;
  /// The account is about to be erased: its rooms are nobody's.
  void disown(std::uint64_t account);

  /// What is to be set where; an empty value takes it away.
  struct Setting {
    std::string attribute;
    std::string value;
  };
  /// Appends records, of which the last is told of. `by`: a name. `done` is called with what has become of
  /// the last.
  using Done = InFlight::RecordDone;
  void set(const Realm& place, std::vector<Setting> settings, const std::string& by, InFlight::Doer doer,
           journal::AuditPtr audit = {}, Done done = {});
  /// A note for the audit of what somebody does.
  journal::AuditPtr audit(Session& session, const Realm& place, std::string action, std::string whom,
                          std::string before = {}, std::string after = {}) const;
  /// The person runs the room as long as it is there, and has no say in what there was before.
  void give(Room& room, const Person& person, Rank rank) const;
  /// What a record does to those who are here; called by InFlight in its place among the messages.
  void apply(const journal::Committed& committed, const Rooms::RoomPtr& room, Session* setter, bool tells);
  /// What the person is in the rooms where it is.
  using Ranks = std::vector<std::pair<Rooms::RoomPtr, Rank>>;
  Ranks ranks_of(Person& person) const;
  /// The person has come to an account where it was a guest: all are told what it is by that in its rooms,
  /// where it was not so before.
  void tell_roles(Person& person, const Ranks& before);
  /// The account may have no role any more in that room (null: on the server). No ban was about it before,
  /// and one may be now: that is looked at when all that was stored with it has been delivered.
  void has_lost_role(const Rooms::RoomPtr& room, std::uint64_t account) {
    lost_roles_.emplace_back(room, account);
  }
  /// The same of a person who has no account, at once.
  void put_out_if_banned(const Rooms::RoomPtr& room, const Person& person);
  /// The person is in the room no more, and told so, with all who are there.
  void put_out(const Rooms::RoomPtr& room, Person& person, const std::string& by, const std::string& reason,
               Session* setter = nullptr);
  /// Takes everything away that is ruled in the room, puts everybody out, and has its messages go.
  void close(Answer&& answer, const Realm& place, const std::string& reason);
  /// After a batch: closes the sessions that are banned from the server.
  void settled();
  /// To be called when a session has been let into the room.
  void let_in(Session& session, Room& room);
  /// To be called when a session has become a member of the room; `was_empty`: nobody was there before.
  /// `joined` makes what it is answered: when it is known what it is there. Whoever has been put out
  /// meanwhile is answered that.
  using MakeJoined = std::function<protocol::event::Joined()>;
  void entered(Answer& answer, const Rooms::RoomPtr& room, bool was_empty, const MakeJoined& joined);
  /// The answer to somebody who has been put out of the room while he came in.
  static protocol::Error put_out_meanwhile(const Room& room);
  /// The session's guest of that name (its key) is of an account from now on: what he is invited to as a
  /// guest is the account's.
  void carry_over(Session& session, const std::string& name, std::uint64_t account);
  void announce(const protocol::event::Announcement& announcement, const Session* except);
  /// Tells those who may judge in the room, and the server's moderators; but those who are excepted.
  using IsExcepted = std::function<bool(const Session& session)>;
  void tell_judges(const Realm& place, const protocol::Event& event, const IsExcepted& is_excepted);
  /// Up to which number the session has no say in what was said in the room, since it runs it only as long as
  /// it is there; 0: in all.
  std::uint64_t no_say_up_to(const Session& session, const Realm& place) const;
  /// Once a second: ends what is over.
  void tick();

 private:
  /// Somebody has come into the room, and is to be answered so.
  struct Coming {
    Rooms::RoomPtr room;
    bool was_empty = false;
    MakeJoined joined;
    int tries = 3;  ///< that are left, where what begins the room is overtaken
  };
  void begin(Answer& answer, const Coming& coming);
  void begun(Answer& answer, Coming coming, bool is_stored);
  static std::vector<Setting> ends_of_all(const journal::RoomState& state);
  static bool is_alone(const Session& session, const Room& room);
  void learn(const std::string& key, const journal::StateRecord& record);
  void forget(const Endings::Ending& attribute);
  void sweep();
  void tell(const journal::StateRecord& record, const journal::StateRecord* before,
            const Rooms::RoomPtr& room, Session* setter);
  void tell_ban(const Ban& ban, Room& room, const Participant* except);
  struct Mute {
    Ban ban;
    std::string room;  ///< its key; empty: of the whole server
  };
  std::optional<Mute> mute_of(const Session& session, const Room& room) const;
  void tell_muted(const Mask& mask, const protocol::Event& event, const Session* except);
  static bool is_full(const Person& person, const Room& room, std::uint64_t limit, bool has_come);
  void lock_down(const std::string& why);
  static protocol::event::Lockdown lockdown_of(const journal::RoomState& state);
  void tell_role(Room& room, std::uint64_t account, std::string_view role, const std::string& by,
                 Session* setter);
  void tell_all(const protocol::Event& event, const Session* except);
  void apply_server(const journal::StateRecord& record, Session* setter, bool tells);
  void enforce(const Ban& ban, const Rooms::RoomPtr& room);
  /// Those of whom that holds, if they are banned: by `newest`, or (null) whichever ban is about them.
  void put_out_banned(const Rooms::RoomPtr& room, const std::function<bool(const Session& session)>& is_meant,
                      const Ban* newest = nullptr);
  void look_at_lost_roles();
  void end(const Endings::Ending& ending);
  std::string told_of(const journal::StateRecord& record) const;
  void end_all(const std::vector<Endings::Ending>& endings);
  bool may_own_one_more(std::uint64_t account) const;
  /// Whether whoever enters the room first runs it.
  bool may_begin(const Session& session, const Room& room) const;
  static bool is_slow(const Room& room);
  void note_spoke(Room& room, const std::string& who) const;
  void keep_host_key();
  void take_host_key();
  std::vector<std::string> rooms_with(std::string_view prefix) const;
  void put_everybody_out(const Rooms::RoomPtr& room, const journal::StateRecord& record, Session* setter);
  bool looks_out() const;
  void lock_down_by_itself(std::string_view why);
  bool is_protected(const Session& session, const Room& room) const;

  Hub& hub_;
  journal::RoomState server_state_;
  Ruling server_;
  protocol::event::Lockdown lockdown_{};
  std::optional<protocol::Timestamp> locked_itself_;  ///< when it was last asked for
  /// Accounts that may have lost a role since settled() was called last; null: on the server.
  std::vector<std::pair<Rooms::RoomPtr, std::uint64_t>> lost_roles_;
  std::vector<Mask> just_banned_;  ///< not to stay; since settled() was called last
  Raid raid_;
  std::optional<journal::KeyedHash> host_hash_;
  /// Rooms of which an account is about to be the owner, by its number.
  std::map<std::uint64_t, std::size_t> coming_to_own_;
  bool is_keeping_host_key_ = false;  ///< it is on its way
  /// What of an attribute is to be found, and to be forgotten with it.
  struct Known {
    std::uint64_t id = 0;
    std::uint64_t owner = 0;
    std::optional<accounts::TokenHash> token{};
  };
  std::map<Endings::Ending, Known> known_;
  Endings::Ending swept_{};   ///< up to which sweep() has looked
  std::uint64_t newest_ = 0;  ///< of the numbers of records
  std::unordered_map<std::uint64_t, Endings::Ending> by_id_;
  std::map<accounts::TokenHash, std::uint64_t> by_token_;
  /// Keys of rooms, by the attribute that invites a guest there.
  std::unordered_map<std::string, std::set<std::string>> invited_guests_;
  std::unordered_map<std::uint64_t, std::set<std::string>> owned_;  ///< keys of rooms, by account
  Endings endings_;
};

}  // namespace hubbub::chat
