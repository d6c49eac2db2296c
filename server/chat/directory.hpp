#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "server/chat/may.hpp"
#include "server/chat/person.hpp"
#include "server/journal/audit.hpp"

namespace hubbub::chat {

class Room;

/// What has become of a private message.
struct Told {
  protocol::MessagePtr message;          ///< as it is delivered: `to` is spelled as the recipient spells it
  std::optional<protocol::Error> why{};  ///< nothing: a session of the recipient has taken it
  std::chrono::milliseconds retry_after{};  ///< 0: trying again is no use now
  bool is_in_doubt = false;                 ///< the message was delivered, and may arrive in spite of `why`
};
/// When the sender may try again: a slow reader may have space by then.
inline constexpr std::chrono::milliseconds busy_for{1000};
/// Names as shown. `was_delivered`: nobody knows whether it has arrived.
protocol::Error nobody_called(const std::string& name);
protocol::Error has_left(const std::string& name, bool was_delivered);

/// Which person bears which name. A call with a handler is answered through it, at once or later, in the
/// loop's thread; only calls of tell() from one person to one other are answered in the order of the calls. A
/// handler that belongs to a request owns its Answer: that keeps the session alive, and ignores an answer to
/// a client that has gone meanwhile.
class Directory {
 public:
  using ClaimHandler = std::function<void(struct Claimed)>;
  /// `person`: whose session it is to be; null: that cannot be now.
  using JoinHandler = std::function<void(const PersonPtr& person)>;
  using FindHandler = std::function<void(const PersonPtr& person)>;
  using BearersHandler = std::function<void(const std::vector<PersonPtr>& people)>;
  using NamesHandler = std::function<void(protocol::event::Members page)>;
  using TellHandler = std::function<void(const Told& told)>;

  Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  virtual ~Directory() = default;

  /// The hub that was built with it, before anything is appended.
  virtual void begin(class Hub& /*hub*/) {}
  /// Holds the name for that person, who is of that account then (0: a guest). No name: one of the
  /// directory's choice, which is always granted where anything is. The person's own name is free for it, and
  /// may be claimed in another spelling. The holder of any other name that is the same or looks the same is
  /// asked whether it is there: it may have lost its connection, and be the one who claims.
  virtual void claim(const PersonPtr& person, std::optional<protocol::Name> name, std::uint64_t account,
                     ClaimHandler handler) = 0;
  /// A session is about to be one of that person's, who bears a name and has an account; or of another one of
  /// that account and name, who has come meanwhile.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): whoever answers later keeps it
  virtual void join(const PersonPtr& person, JoinHandler handler) { handler(person); }
  /// The person bears a name that is held for it, instead of the one before, which is free again.
  virtual void bear(Person& person, const protocol::Name& name) = 0;
  /// A name that is held for the person, and not borne, is held no more. `grant`: the directory's own, of the
  /// Claim.
  virtual void give_back(const Person& person, const protocol::Name& name, std::uint64_t grant) = 0;
  /// The person has gone from here: the name that it bears is free again. Claims of it end by themselves.
  virtual void release(Person& person, std::string_view reason) = 0;
  /// Who bears that name; null: nobody.
  virtual void find(const protocol::Name& name, FindHandler handler) = 0;
  /// Those who bear that name, or one that looks the same (protocol::skeleton), also if their last session is
  /// about to go.
  virtual void bearers(const protocol::Name& name, BearersHandler handler) = 0;
  /// The account of the person who bears that name, as far as is known here; 0: a guest, or nobody.
  virtual std::uint64_t account_of(const protocol::Name& name) const = 0;
  /// The names that people bear, those after the one with the key `after`, `limit` at most.
  virtual void names(const std::string& after, std::size_t limit, NamesHandler handler) = 0;
  /// Delivers a private message to the person who bears that name. The handler is called when the outcome is
  /// known, and once more after Told::is_in_doubt.
  virtual void tell(const protocol::Name& to, protocol::Message message, TellHandler handler) = 0;

  /// Once a second.
  virtual void tick() {}
  /// Calls it when this server knows all that any node of its cluster had done when it was asked; at once, if
  /// it is alone. `is_current`: false: that cannot be known now.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  virtual void when_current(std::function<void(bool is_current)> then) { then(true); }

  // For people who are here by way of other nodes; nothing where there are none.

  /// Whether somebody of that account is. It looks at all people.
  virtual bool is_elsewhere(std::uint64_t /*account*/) const { return false; }
  /// The name of that person is another's: `then` is called when it bears another one, or has gone.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  virtual void make_way(const PersonPtr& /*person*/, std::function<void()> then) { then(); }
  /// The person, who is here, is of that account from now on, under the name that it bears.
  virtual void belongs(const PersonPtr& /*person*/, std::uint64_t /*account*/) {}
  /// What has become of somebody's ruling about a person in a room.
  enum class Ruled : std::uint8_t {
    done,
    gone,  ///< the person was not there
    late,  ///< somebody on another node has ruled there meanwhile: whether it may be has to be looked at anew
    failed,  ///< it could not be stored
  };
  using RuledHandler = std::function<void(Ruled outcome)>;
  /// The person is to leave the room, by way of whichever other node it is there, or comes there meanwhile.
  /// Done: what it says from now on does not come into the room.
  virtual void put_out(const std::shared_ptr<Room>& /*room*/, const PersonPtr& /*person*/,
                       const std::string& /*by*/, const std::string& /*reason*/,
                       const journal::AuditPtr& /*note*/, const RuledHandler& then) {
    then(Ruled::gone);
  }
  /// The person is to be told that it is invited into that room.
  virtual void invited(const Person& /*person*/, const std::string& /*room*/, const std::string& /*by*/) {}
  /// Everybody on the other nodes is to be told.
  virtual void announce(const protocol::event::Announcement& /*announcement*/) {}
  /// The person, who is here, types.
  virtual void typed(const Person& /*person*/, const std::string& /*target*/,
                     const protocol::event::Typing& /*typing*/) {}

  // Where several nodes share a log, all of them are to know who is in which room: then it is told here, and
  // comes to the rooms in its place among what is said. A daemon that is alone has no need of that: Rooms
  // tells its own.

  /// Whether that is so.
  virtual bool shares_rooms() const { return false; }
  /// The rooms in which that person is a member, by way of any node.
  virtual std::vector<std::shared_ptr<Room>> rooms_of(const Person& /*person*/) const { return {}; }
  struct Entrance {
    bool is_in = false;  ///< not: it cannot be now
    bool was_empty = false;
    bool is_new = false;  ///< it was not in it before
  };
  using EnterHandler = std::function<void(Entrance entrance)>;
  /// A session of the person is about to be in that room. If it is not when the handler has returned, the
  /// person leaves again. `first`: what the person is there if nobody else is.
  virtual void enter(const PersonPtr& person, const std::shared_ptr<Room>& room, Rank first,
                     EnterHandler handler);
  /// The person, who has no account, is that in the room as long as it is there. `by`: who says so, as shown.
  /// Done: all who are there have been told, but for who asked. `note`: for the audit, if it is done.
  virtual void grant(const PersonPtr& /*person*/, const std::shared_ptr<Room>& /*room*/, Rank /*rank*/,
                     const std::string& /*by*/, const journal::AuditPtr& /*note*/, const RuledHandler& then) {
    then(Ruled::failed);
  }
  /// A session that is in the room has become one of that person's, who is to be in it as soon as can be, and
  /// to be granted that rank, unless it is Rank::anyone.
  virtual void stay(const PersonPtr& /*person*/, const std::shared_ptr<Room>& /*room*/, Rank /*rank*/) {}
  /// Whether all who are in the room know that the person, who is here, is in it, when they hear what it says
  /// now.
  virtual bool is_seen_in(const Person& /*person*/, const Room& /*room*/) { return true; }
  /// Calls it when they do. False: its place could not be stored, and is asked for again.
  using SeenHandler = std::function<void(bool is_seen)>;
  virtual void when_seen_in(const Person& /*person*/, const Room& /*room*/, const SeenHandler& then) {
    then(true);
  }
  /// The room has been closed, and all who are in it are about to be out; who comes in next is the first.
  virtual void closed(const std::shared_ptr<Room>& /*room*/) {}
  /// The hub ends: nobody is answered any more.
  virtual void abandon() {}
  /// No session of the person that is here is in the room any more.
  virtual void leave(Person& /*person*/, const std::shared_ptr<Room>& /*room*/, std::string_view /*reason*/) {
  }
};

/// A name that is held for a person who does not bear it yet. Unless bear() is called, the name is given
/// back at the end.
class Claim {
 public:
  Claim(Directory& directory, PersonPtr person, protocol::Name name, std::uint64_t grant = 0)
      : directory_(&directory), person_(std::move(person)), name_(std::move(name)), grant_(grant) {}
  Claim(Claim&& other) noexcept
      : directory_(std::exchange(other.directory_, nullptr)),
        person_(std::move(other.person_)),
        name_(std::move(other.name_)),
        grant_(other.grant_) {}
  Claim& operator=(Claim&&) = delete;
  ~Claim() {
    if (directory_ != nullptr) directory_->give_back(*person_, name_, grant_);
  }

  void bear() { std::exchange(directory_, nullptr)->bear(*person_, name_); }

 private:
  Directory* directory_;  ///< null: it is over
  PersonPtr person_;      ///< whose session may have gone
  protocol::Name name_;
  std::uint64_t grant_;  ///< as the directory tells its grants apart
};

/// The answer to a claim.
struct Claimed {
  std::optional<Claim> claim;            ///< nothing: the name is not free
  protocol::Name holder{};               ///< if `claim` is nothing: the name in its way
  std::optional<protocol::Error> why{};  ///< if that is nothing, too: why it cannot be granted now
  /// If `claim` is nothing: of whom the session is to be one, who bears the name and is of the account
  /// already.
  PersonPtr instead{};
};

}  // namespace hubbub::chat
