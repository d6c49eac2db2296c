#pragma once

#include <boost/container/small_vector.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/json.hpp"
#include "protocol/name.hpp"
#include "protocol/request.hpp"
#include "protocol/token_bucket.hpp"
#include "server/chat/address_buckets.hpp"
#include "server/chat/answer.hpp"
#include "server/chat/delivery.hpp"
#include "server/chat/participant.hpp"
#include "server/chat/person.hpp"
#include "server/chat/session_list.hpp"
#include "server/chat/wire.hpp"

namespace hubbub::chat {

class Hub;
class Room;

/// One connection's place in the chat: who it is, where it is, what it may do next.
///
/// Replies come in the order of the requests. So a request waits (handle() refuses it) while an Answer is
/// still to come: that of a `say` until the journal has handed it back, that of a `join` or `history` until
/// the journal has read. Only a further `say` into the same room does not wait, because the journal keeps
/// their order, and a further `tell`, whose answer may be known before that of the one before and then waits
/// for it; that is what makes pipelining fast.
class Session final : public Participant,
                      public std::enable_shared_from_this<Session>,
                      public SessionHook,
                      public SiblingHook {
 public:
  /// Made by Hub::open. `number` names the connection in the log.
  Session(Hub& hub, Wire& wire, std::uint64_t number, AddressBuckets::Bucket address, PersonPtr person);
  ~Session() override;

  // For the front end
  /// Carries the request out, or answers that it is none. False: not now; the request is to be offered
  /// again when the wire is told to resume.
  bool handle(const protocol::DecodedRequest& decoded);
  /// The connection is gone or its input has ended. What was said is still delivered to the others, and
  /// only then does the session leave its rooms. No call to the wire follows.
  void end(std::string_view reason);
  /// Until the session may ask for something again without being refused; zero: now. The log is told of one
  /// who has to wait.
  std::chrono::milliseconds throttled();
  bool is_welcome() const { return welcome_; }
  bool is_closed() const { return delivery_.wire() == nullptr; }
  /// Whether an answer is still to come; if so, the wire is told to resume when it has.
  bool must_wait() { return refused_ = is_answering() || delivery_.is_behind(); }
  /// Whether that answer is one of the journal's reading, such as to a `join`.
  bool is_reading() const { return delivery_.is_held(); }
  /// Somebody else asks for its name: see Wire::doubt.
  void doubt();
  /// What the wire was asked for with when_drained().
  void go_on() { delivery_.go_on(); }
  const protocol::Name& name() const { return person_->name(); }
  std::uint64_t number() const { return number_; }
  /// Where it is connected from; empty once it has ended.
  std::string peer() const { return is_closed() ? std::string() : delivery_.wire()->peer(); }
  std::string_view address() const { return is_closed() ? std::string_view() : delivery_.wire()->address(); }
  /// Why it has ended, in a word of ours: what a person said in parting is not for the log.
  std::string_view logged_departure() const { return closed_ ? to_string(why_) : "disconnected"; }
  /// The same of one that was closed from here; else empty.
  std::string_view closing_word() const { return closed_ ? to_string(why_) : std::string_view(); }

  // Participant
  const Person& person() const override { return *person_; }
  std::size_t& index_in(const Room& room) override;
  const Format& format() const override;
  void share(Slice lines, const Room* room) override { delivery_.share(std::move(lines), room); }
  void own(Slice line, const Place& place) override { delivery_.own(std::move(line), place); }
  bool is_direct() const override { return delivery_.is_direct(); }

  // For the commands
  Hub& hub() { return hub_; }
  Delivery& delivery() { return delivery_; }
  /// Says `bye` and ends the connection; removes the session from its rooms, so not during a delivery.
  void close(const protocol::Error& why) { close(why, {}, to_string(why.code)); }
  void close(const protocol::Error& why, std::string_view ref, std::string_view reason);
  Person& person() { return *person_; }
  void set_welcome() { welcome_ = true; }
  using Stays = boost::container::small_vector<Stay, 1>;
  const Stays& stays() const { return stays_; }
  /// The room of that name, if the session is in it; the name need not be well formed.
  std::shared_ptr<Room> room(std::string_view name) const;
  void enter(const std::shared_ptr<Room>& room) { stays_.push_back({.room = room}); }
  void leave(const Room& room);
  /// Takes a token of what others get to see; false when it has been refused.
  bool spend(Answer& answer);
  /// The same for what has to be looked up, so many times.
  bool spend_queries(Answer& answer, std::size_t count);
  /// A message of so many bytes, which is to be answered so, is on its way through the journal to that room.
  void said(Answer& answer, const Room& room, std::size_t bytes);

  // What is refused now is offered again
  void offer_again();

 private:
  friend class Answer;
  /// An answer that waits for those before it.
  struct Deferred {
    Answer answer;
    protocol::Event event;
  };
  /// What few sessions have at any one time.
  struct Waiting {
    std::vector<Deferred> deferred;       ///< in the order of their requests
    std::string departure;                ///< once it has ended: why,
    const Format* last_format = nullptr;  ///< and for the rooms that it stays in until its last words are out
  };

  std::uint32_t begin_answer() { return begun_++; }
  void answer(Answer&& answer, protocol::Event event);
  void end_answer(std::string_view ref, std::uint32_t bytes);
  void deliver(const protocol::Event& answer);
  void settle();
  bool is_answering() const { return begun_ != ended_; }
  bool refuse(Answer& answer, TokenBucket& bucket, const TokenBucket::Limit& limit, std::string_view key,
              std::size_t tokens = 1);
  bool may_handle(const protocol::DecodedRequest& decoded);
  bool may_add(const protocol::DecodedRequest& decoded) const;
  bool may_say(const protocol::request::Say& say) const;
  bool may_tell() const;
  Waiting& waiting();

  Hub& hub_;
  Delivery delivery_;
  std::uint64_t number_;
  PersonPtr person_;
  Stays stays_;
  std::unique_ptr<Waiting> waiting_;
  TokenBucket messages_;
  TokenBucket queries_;
  AddressBuckets::Bucket address_;  ///< of all sessions from its address; null: not limited
  TokenBucket refusals_;
  const Room* pending_room_ = nullptr;  ///< where messages are under way to
  std::uint32_t pending_bytes_ = 0;     ///< of them
  std::uint32_t begun_ = 0;             ///< requests that were taken …
  std::uint32_t ended_ = 0;             ///< … and have been answered
  protocol::Code why_{};                ///< it was closed
  bool closed_ = false;
  bool welcome_ = false;
  bool telling_ = false;  ///< what is open are private messages
  bool refused_ = false;  ///< the front end has a request that waits
};

}  // namespace hubbub::chat
