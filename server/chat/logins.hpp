#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/name.hpp"
#include "server/accounts/registry.hpp"
#include "server/accounts/scopes.hpp"
#include "server/chat/answer.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/directory.hpp"
#include "server/chat/in_flight.hpp"
#include "server/chat/person.hpp"

namespace hubbub::chat {

class Hub;
class Session;

/// Whose names are whose, and who is logged in: carries records of accounts out, and what follows of them for
/// those who are here.
///
/// A name that becomes owned while somebody else bears it, or one that looks the same, is that person's for
/// another minute (`name_claimed`), unless the owner logs in: then at once. It gives way as soon as what it
/// has said is out, and is a guest with a name of the server's choice from then on.
class Logins {
 public:
  static constexpr std::chrono::minutes notice{1};

  /// Both outlive it.
  Logins(Hub& hub, accounts::Registry& registry);

  accounts::Registry& registry() { return registry_; }
  /// Null: a guest.
  const accounts::Account* account_of(const Person& person) const;
  /// As shown; empty: a guest.
  std::string account_name(const Person& person) const;
  /// Messages from the journal have the names that the accounts of author and recipient had then; here they
  /// get those that the accounts have now. One that has been erased has none in a room (`room`: its key), and
  /// in a conversation what the list of conversations calls it.
  void name_accounts(std::vector<protocol::MessagePtr>& messages, std::string_view room) const;
  /// Why somebody of that account (0: a guest) may not bear that name because of another; nothing: none is in
  /// the way.
  std::optional<protocol::Error> why_not(std::uint64_t account, const protocol::Name& name) const;
  /// Why nobody may be logged in to the account; nothing: it is not suspended.
  std::optional<protocol::Error> why_suspended(const accounts::Account& account) const;
  /// Why guests may not speak; nothing: they may.
  std::optional<protocol::Error> why_silent() const;

  void append(journal::account::Any body, InFlight::Done done);

  /// The person is of that account from now on.
  void belongs(Person& person, std::uint64_t account);
  /// The last session of the person has gone.
  void gone(Person& person);
  /// Calls it with each open session of that account.
  void each_session(std::uint64_t account, const std::function<void(Session&)>& visit) const;

  /// The account of the session is in that room from now on, as far as it is remembered; or has left it.
  void entered(const Session& session, const Room& room);
  void left(const Session& session, const Room& room);
  /// The room with that key is no more: no account is in it.
  void all_left(const std::string& room);
  /// Where the account is remembered to be; 0: a guest, who is nowhere.
  std::vector<protocol::event::RememberedRoom> rooms_of(std::uint64_t account) const;
  /// The seq up to which the account has read the room or conversation; 0: not known.
  std::uint64_t read_up_to(std::uint64_t account, const std::string& key) const;
  /// What `entered` does, of all rooms that the session is in.
  void entered_all(const Session& session);

  /// That the password was right: salts of its hash, and of the one that renews it, if one does (else the
  /// same).
  struct Proof {
    journal::Salt salt{};
    journal::Salt renewed{};
  };
  /// As whom a session is logged in.
  struct Identity {
    std::uint64_t account = 0;
    std::uint64_t device = 0;   ///< 0: none
    std::optional<Proof> by{};  ///< for one without a device
  };
  /// Whether there is that account, and its device if it has one, and the password by which it came.
  bool is_there(const Identity& who) const;
  /// The session of the answer is logged in to that account from now on, under that name, which is the
  /// account's own or one that is not owned. Who else bears it gives way, if they are guests. `then` is
  /// called with the name before; a refusal is answered here.
  using Then = std::function<void(Answer& answer, const std::string& before)>;
  void become(Answer&& answer, const Identity& as, const protocol::Name& name, Then then);
  /// The person, who is here, bears a name of the server's choice, if the one that it bears is another's.
  void give_way_if_not_its(const PersonPtr& person);
  /// While it is held, the person says nothing.
  using Silence = std::shared_ptr<const void>;
  /// The person says nothing more; when all that it has said is out, `then` is given its silence.
  void fall_silent(const PersonPtr& person, std::function<void(const Silence& silence)> then);
  /// The session of the answer is a guest's from now on.
  void become_guest(Answer&& answer, Then then);
  /// The session has had all others of its account logged out, in this batch, and is not among them.
  void spare(const Session& session) { spared_.push_back(&session); }
  /// The device is in use now. To be told now and then: it is noted once a minute.
  void note_use(const Identity& who);
  /// To be called once a second.
  void tick();

 private:
  /// A person whose name is another's from then on.
  struct Claimed {
    PersonPtr person;
    protocol::Name name;
    Now until;
  };

  journal::Applied apply(const journal::AccountRecord& each, bool is_own);
  void note_left(std::uint64_t account, const std::string& key);
  void settled();
  void claim_names();
  void close_gone();
  void claim(Answer&& answer, const Identity& as, const protocol::Name& name, const Then& then,
             bool is_last = false);
  bool is_still_there(Answer& answer, const Identity& as) const;
  void join(Answer& answer, const Identity& as, const PersonPtr& person, const Then& then);
  accounts::Scopes scopes_of(const Identity& who) const;
  void give_way(const PersonPtr& person, std::function<void()> then);
  void make_guest(Person& person, Claim& claim);

  Hub& hub_;
  accounts::Registry& registry_;
  std::unordered_map<std::uint64_t, std::vector<PersonPtr>> people_;  ///< who is here, by account
  std::multiset<std::pair<std::uint64_t, std::string>> leaving_;  ///< accounts and rooms, until it is stored
  std::vector<std::uint64_t> newly_named_;  ///< accounts whose name is new in this batch
  std::vector<std::uint64_t> erased_;       ///< since settled() was called last
  bool may_be_gone_ = false;                ///< an account or a device has gone in this batch
  std::vector<std::uint64_t>
      left_alone_;                      ///< accounts of which all other devices were logged out in this batch
  std::vector<const Session*> spared_;  ///< in this batch; see spare()
  std::vector<Claimed> claimed_;
};

}  // namespace hubbub::chat
