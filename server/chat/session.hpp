#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/json.hpp"
#include "protocol/name.hpp"
#include "server/accounts/scopes.hpp"
#include "server/chat/answer.hpp"
#include "server/chat/delivery.hpp"
#include "server/chat/pace.hpp"
#include "server/chat/person.hpp"
#include "server/chat/stays.hpp"
#include "server/chat/wire.hpp"
#include "server/journal/conversation.hpp"

namespace hubbub::chat {

class Hub;
class Room;

/// One connection's place in the chat: its person, its rooms, its open answers, its rate limits.
class Session : public std::enable_shared_from_this<Session>, public SessionHook, public SiblingHook {
 public:
  /// Made by Hub::open. `number` names the connection in the log.
  Session(Hub& hub, Wire& wire, std::uint64_t number, AddressBuckets::Bucket address, PersonPtr person);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // For the front end
  /// Carries the request out, or answers that it is malformed. False: not now; the request is to be offered
  /// again when the wire is told to resume.
  bool handle(const protocol::DecodedRequest& decoded);
  /// The connection is gone or its input has ended. Messages in flight are still delivered to the others, and
  /// only then does the session leave its rooms. No call to the wire follows.
  void end(std::string_view reason);
  /// Time until the rate limits allow the next request; zero: now. A wait is logged.
  std::chrono::milliseconds throttled();
  /// How long to wait before the next request, whatever it is; zero: not at all. It is told once.
  std::chrono::milliseconds take_rest();
  bool is_welcome() const { return welcome_; }
  bool is_guest() const { return person_->account() == 0; }
  bool is_closed() const { return delivery_.wire() == nullptr; }
  /// It has come in by the operators' socket.
  bool is_operator() const { return !is_closed() && delivery_.wire()->is_operator(); }
  /// Whether an answer is open, or the client is catching up; if so, the wire is told to resume afterwards.
  bool must_wait() { return refused_ = answers_.any() || delivery_.is_behind(); }
  /// Whether the open answer waits for a read of the journal, such as that to a `join`.
  bool is_reading() const { return delivery_.is_held(); }
  /// Another session claims this one's name: see Wire::doubt.
  void doubt();
  /// What Wire::when_drained() asked for.
  void go_on() { delivery_.go_on(); }
  const protocol::Name& name() const { return person_->name(); }
  std::uint64_t number() const { return number_; }
  /// Where it is connected from; empty once it has ended.
  std::string peer() const { return is_closed() ? std::string() : delivery_.wire()->peer(); }
  /// The front end, for the audit; empty once it has ended.
  std::string_view front() const { return is_closed() ? std::string_view() : delivery_.wire()->front(); }
  std::string_view address() const { return is_closed() ? std::string_view() : delivery_.wire()->address(); }
  /// Why the session has ended, in the server's words: the text of a `quit` is not logged.
  std::string_view logged_departure() const { return why_ ? to_string(*why_) : "disconnected"; }
  /// The same if close() has ended the session; else empty.
  std::string_view closing_word() const { return why_ ? to_string(*why_) : std::string_view(); }

  // For the commands
  Hub& hub() { return hub_; }
  const Hub& hub() const { return hub_; }
  Person& person() { return *person_; }
  const Person& person() const { return *person_; }
  Delivery& delivery() { return delivery_; }
  const Delivery& delivery() const { return delivery_; }
  Stays& stays() { return stays_; }
  const Stays& stays() const { return stays_; }
  OpenAnswers& answers() { return answers_; }
  Pace& pace() { return pace_; }
  std::shared_ptr<Room> room(std::string_view name) const { return stays_.find(name); }
  /// The device whose token it has; 0: none.
  std::uint64_t device() const { return device_; }
  /// What that token allows; without one: everything.
  accounts::Scopes scopes() const { return scopes_; }
  void set_device(std::uint64_t device, accounts::Scopes scopes = {}) {
    device_ = device;
    scopes_ = scopes;
  }
  /// A password was refused unheard: the next request waits for a moment, so that those who try without end
  /// cost the others little. Operators are not slowed down.
  void rest_a_while();
  /// Counts a password or a token that was wrong. Returns how many there have been.
  unsigned failed_login() { return ++failed_logins_; }
  /// It is one of that person's sessions from now on. What rooms know of it is for Rooms::change_person.
  void set_person(PersonPtr person);
  /// It has said hello: from here on it is one of its person's sessions.
  void set_welcome();
  /// Says `bye` and ends the connection; removes the session from its rooms, so not during a delivery.
  void close(const protocol::Error& why) { close(why, {}, to_string(why.code)); }
  void close(const protocol::Error& why, std::string_view ref, std::string_view reason);
  /// Delivers an answer whose turn it is.
  void deliver(const protocol::Event& answer);
  /// No answer is open any more.
  void settle();
  /// The request that was refused, if any, is offered again.
  void offer_again();
  /// The conversation in which the message will be kept; nothing: it will not be.
  std::optional<journal::Parties> kept(const protocol::request::Tell& tell) const;
  /// By what its person has been known here (see identity()), and is not any more: the last of them.
  bool was(std::string_view identity) const;
  void note_former(std::string identity);
  /// Counts an error that the client is told.
  void note(protocol::Code code);

 private:
  /// `conversation`: in which the request's message will be kept, if it is such a one.
  bool waits_for_ruling(const protocol::DecodedRequest& decoded);
  bool may_handle(const protocol::DecodedRequest& decoded,
                  const std::optional<journal::Parties>& conversation);

  Hub& hub_;
  Delivery delivery_;
  std::uint64_t number_;
  std::uint64_t device_ = 0;
  PersonPtr person_;
  Stays stays_;
  OpenAnswers answers_;
  Pace pace_;
  /// What few have, and not for long.
  struct Past {
    std::string departure;            ///< once it has ended: why
    std::vector<std::string> former;  ///< see was()
  };
  Past& past();

  std::unique_ptr<Past> past_;
  std::optional<protocol::Code> why_;  ///< set: close() has ended it
  bool welcome_ = false;
  bool refused_ = false;  ///< the front end holds a refused request
  bool rests_ = false;    ///< before its next request
  std::uint8_t failed_logins_ = 0;
  accounts::Scopes scopes_;
};

/// By what a person is known, whatever it is called, as far as that can be: the account's key, a guest's
/// name.
std::string identity(const Person& person);
/// The same of who has said the message.
std::string identity(const protocol::Message& message);

}  // namespace hubbub::chat
