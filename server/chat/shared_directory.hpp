#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/chat/local_directory.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/presence_record.hpp"

namespace hubbub::chat {

class Hub;

/// The directory of a node, one of several that share a log: who bears a name, and who is in a room, is a
/// record (presence_record.hpp) that all apply alike. So a call of this node is answered when its record
/// comes back, and what people do on other nodes comes in the same way, in its place among what is said.
///
/// An account that is here and on other nodes is one Person here, as it is where it has several sessions.
class SharedDirectory final : public LocalDirectory {
 public:
  SharedDirectory() = default;
  /// Those who were here when this node read the log last are read from the journal.
  void begin(Hub& hub) override;

  void claim(const PersonPtr& person, std::optional<protocol::Name> name, std::uint64_t account,
             ClaimHandler handler) override;
  void join(const PersonPtr& person, JoinHandler handler) override;
  void bear(Person& person, const protocol::Name& name) override;
  void give_back(const Person& person, const protocol::Name& name, std::uint64_t grant) override;
  void release(Person& person, std::string_view reason) override;
  bool shares_rooms() const override { return true; }
  std::vector<std::shared_ptr<Room>> rooms_of(const Person& person) const override;
  void tick() override;
  void when_current(std::function<void(bool is_current)> then) override;
  void tell(const protocol::Name& to, protocol::Message message, TellHandler handler) override;
  bool is_elsewhere(std::uint64_t account) const override;
  void make_way(const PersonPtr& person, std::function<void()> then) override;
  void belongs(const PersonPtr& person, std::uint64_t account) override;
  void put_out(const std::shared_ptr<Room>& room, const PersonPtr& person, const std::string& by,
               const std::string& reason, const journal::AuditPtr& note, const RuledHandler& then) override;
  void typed(const Person& person, const std::string& target, const protocol::event::Typing& typing) override;
  void enter(const PersonPtr& person, const std::shared_ptr<Room>& room, Rank first,
             EnterHandler handler) override;
  void grant(const PersonPtr& person, const std::shared_ptr<Room>& room, Rank rank, const std::string& by,
             const journal::AuditPtr& note, const RuledHandler& then) override;
  void invited(const Person& person, const std::string& room, const std::string& by) override;
  void announce(const protocol::event::Announcement& announcement) override;
  void stay(const PersonPtr& person, const std::shared_ptr<Room>& room, Rank rank) override;
  bool is_seen_in(const Person& person, const Room& room) override;
  void when_seen_in(const Person& person, const Room& room, const SeenHandler& then) override;
  void closed(const std::shared_ptr<Room>& room) override;
  void abandon() override;
  void leave(Person& person, const std::shared_ptr<Room>& room, std::string_view reason) override;

  /// People who are here by way of other nodes.
  std::size_t elsewhere() const { return present_.size() - here_; }

 private:
  using RoomPtr = std::shared_ptr<Room>;
  /// A person by way of one node, as the log has it. An own one is that of a person here.
  struct Presence {
    PersonPtr person;
    std::vector<RoomPtr> rooms{};
    bool is_own = false;
  };
  using Key = std::pair<std::uint64_t, std::uint64_t>;  ///< epoch of the node, and number there
  /// What this node has asked of a person in a room.
  struct Place {
    bool is_in = false;  ///< false: it has been asked for
    std::vector<EnterHandler> waiting{};
  };
  /// A person of this node.
  struct Own {
    PersonPtr person;
    std::uint64_t account = 0;                            ///< that the log was told
    unsigned asked = 0;                                   ///< for a name, and not answered yet
    bool is_named = false;                                ///< the log has it
    std::shared_ptr<std::vector<JoinHandler>> joining{};  ///< who waits for join(); null: nobody
    bool is_going = false;
    std::map<std::string, Place, std::less<>> places{};  ///< by the room's key
  };

  Own* own(const Person& person);
  std::uint64_t number_of(const PersonPtr& person);
  void ask_for_name(const PersonPtr& person, const protocol::Name& name, std::uint64_t account,
                    bool is_of_choice, ClaimHandler handler);
  void entered(std::uint64_t number, const RoomPtr& room, bool is_done);
  void granted(std::uint64_t number, const PersonPtr& person, const std::string& key,
               const JoinHandler& then);
  void end_claim(const PersonPtr& person);
  void depart_until_done(std::uint64_t number, const std::string& reason);
  void leave_until_done(std::uint64_t number, const std::string& room, const std::string& reason);
  bool is_in(const Key& key, std::string_view room) const;
  Place* place_of(const Person& person, const Room& room);

  void apply(const journal::Committed& committed);
  void apply(const journal::presence::Named& named, const journal::PresenceRecord& record, bool is_own);
  void apply(const journal::presence::Entered& entered, const journal::PresenceRecord& record);
  void apply(const journal::presence::Left& left, const journal::PresenceRecord& record);
  void apply(const journal::presence::Told& told, const journal::PresenceRecord& record);
  void apply(const journal::presence::Receipt& receipt, const journal::PresenceRecord& record);
  void apply(const journal::presence::Typed& typed, const journal::PresenceRecord& record);
  void apply(const journal::presence::Urged& urged);
  void apply(const journal::presence::Granted& granted, const journal::PresenceRecord& record, bool is_own);
  void apply(const journal::presence::Announced& announced) const;
  /// Somebody is to be put out of a room by way of other nodes.
  struct PuttingOut {
    RoomPtr room;
    PersonPtr person;
    std::string by;
    std::string reason;
    journal::AuditPtr note;  ///< null: it is in the log
    RuledHandler then;
    std::vector<Key> asked{};
    std::size_t open = 0;  ///< of these, not answered
    Ruled outcome = Ruled::gone;
  };
  void go_on_putting_out(const std::shared_ptr<PuttingOut>& all);
  void is_on_its_way(const journal::PresenceRecord& record, const protocol::MessagePtr& said,
                     const protocol::Name& to, const TellHandler& handler);
  void give(const journal::presence::Receipt& receipt, std::uint64_t epoch);
  void lose_sight(std::uint64_t epoch);
  std::vector<Key> presences_of(const Person& person) const;
  void doubt(const Person& person);
  void ask_whether_current();
  void wait_for(const Person& person, std::function<void()> then);
  void look_who_gave_way(const Person& person);
  void rename(const PersonPtr& person, const protocol::Name& name);
  void add(const Key& key, Presence presence);
  void depart(const Key& key, std::string_view reason);
  void node_gone(std::uint64_t epoch);
  PersonPtr person_called(const journal::presence::Named& named);
  void bear_granted(const PersonPtr& person, const protocol::Name& name);
  void free_name(Person& person);
  void enter_after(const Person& other);

  Hub* hub_ = nullptr;
  std::map<Key, Presence> present_;
  std::unordered_map<const Person*, std::vector<Key>> by_person_;
  std::size_t here_ = 0;  ///< of them, own ones
  std::unordered_map<const Person*, std::uint64_t> numbers_;
  std::unordered_map<std::uint64_t, Own> own_;
  std::vector<PersonPtr> nameless_;  ///< who are to bear a name that another one bears still
  std::uint64_t last_number_ = 0;
  std::vector<std::function<void()>> again_;  ///< what could not be stored, and has to be
  std::uint64_t epoch_ = 0;  ///< of this start, as records of this node have it; 0: not known
  /// Somebody waits for the person to bear another name, or to go; not for ever.
  struct Waiting {
    std::function<void()> then;
    std::chrono::steady_clock::time_point until;
  };
  std::multimap<const Person*, Waiting> making_way_;
  /// A private message, of which not all of the recipient's nodes have said what has become of it.
  struct OnItsWay {
    protocol::MessagePtr message;
    std::map<Key, TellHandler> copies;
  };
  std::map<std::uint64_t, OnItsWay> on_their_way_;                ///< by the number of its record
  std::map<Key, std::chrono::steady_clock::time_point> doubted_;  ///< of whom that was asked, and when
  std::vector<std::function<void(bool is_current)>> waiting_for_current_;
  bool is_asking_ = false;
  bool was_empty_ = false;  ///< the room into which somebody has come just now
};

}  // namespace hubbub::chat
