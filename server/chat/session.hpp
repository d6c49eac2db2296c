#pragma once

#include <boost/container/small_vector.hpp>
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
#include "protocol/request.hpp"
#include "server/chat/participant.hpp"
#include "server/chat/rate_limit.hpp"
#include "server/chat/session_list.hpp"
#include "server/chat/wire.hpp"

namespace hubbub::chat {

class CatchUp;
class Hub;
class Room;

/// One connection's place in the chat: who it is, where it is, what it may do next.
///
/// Replies come in the order of the requests. So a request waits (handle() refuses it) while an answer
/// is still to come: a `say` until the journal has handed it back, a `join` or `history` until the
/// journal has read. Only a further `say` into the same room does not wait, because the journal keeps
/// their order; that is what makes pipelining fast.
class Session final : public Participant, public std::enable_shared_from_this<Session>, public SessionHook {
 public:
  /// Made by Hub::open. `number` names the connection in the log.
  Session(Hub& hub, Wire& wire, std::uint64_t number);
  ~Session() override;

  // For the front end
  /// Carries the request out, or answers that it is none. False: not now; the request is to be offered
  /// again when the wire is told to resume.
  bool handle(const protocol::DecodedRequest& decoded);
  /// The connection is gone or its input has ended. What was said is still delivered to the others, and
  /// only then does the session leave its rooms. No call to the wire follows.
  void end(std::string_view reason);
  /// Until the session may say something again without being refused; zero: now.
  std::chrono::milliseconds throttled();
  bool is_welcome() const { return welcome_; }
  bool is_closed() const { return wire_ == nullptr; }
  /// Whether an answer is still to come; if so, the wire is told to resume when it has.
  bool must_wait() { return refused_ = busy_ || catch_up_ || pending_ > 0 || has_failure(); }
  /// Whether that answer is one of the journal's reading, such as to a `join`.
  bool is_reading() const { return busy_; }
  /// Somebody else asks for its name: see Wire::doubt.
  void doubt();
  /// What the wire was asked for with when_drained().
  void go_on();
  std::uint64_t number() const { return number_; }
  /// Why it has ended, in a word of ours: what a person said in parting is not for the log.
  std::string_view logged_departure() const { return logged_departure_; }

  // Participant
  const protocol::Name& name() const override { return name_; }
  const Format& format() const override { return wire_ != nullptr ? wire_->format() : *last_format_; }
  void deliver(Slice bytes) override;
  void answer(Slice bytes) override;
  void close(const protocol::Error& why) override { close(why, {}, to_string(why.code)); }

  // For the commands
  Hub& hub() { return hub_; }
  void reply(protocol::event::Any body, std::string_view ref);
  void fail(protocol::Error error, std::string_view ref, std::string_view id = {},
            std::chrono::milliseconds retry_after = {});
  void close(const protocol::Error& why, std::string_view ref, std::string_view reason);
  /// An event that answers nothing: somebody's private message, a question whether it is still there.
  void notify(const protocol::Event& event);
  void set_name(protocol::Name name) { name_ = std::move(name); }
  void set_welcome() { welcome_ = true; }
  using Rooms = boost::container::small_vector<std::shared_ptr<Room>, 1>;
  const Rooms& rooms() const { return rooms_; }
  /// The room of that name, if the session is in it; the name need not be well formed.
  std::shared_ptr<Room> room(std::string_view name) const;
  void enter(const std::shared_ptr<Room>& room) { rooms_.push_back(room); }
  void leave(const std::shared_ptr<Room>& room);
  /// Takes a token of what others get to see; false when it has been refused.
  bool spend(std::string_view ref, std::string_view id);

  // While an answer is to come
  /// A message of this session is on its way through the journal …
  void said(const Room& room);
  /// … was not stored …
  void lost(protocol::Error error, std::string_view ref, std::string_view id);
  /// … and has come back, one way or the other.
  void settled();
  /// The journal has room again for what this session has to say.
  void offer_again();
  /// The journal is reading for this session. What others say meanwhile is held back, up to released(),
  /// so that it follows the answer.
  void hold() { busy_ = true; }
  void release();

  // While it catches up
  CatchUp* catch_up() const { return catch_up_.get(); }
  /// Something that was missed; it goes on when that has been read.
  void give(std::string lines);
  /// Nothing is missing but this, in this order.
  void caught_up(std::string states, std::vector<Slice> live);

 private:
  /// What few sessions have at any one time.
  struct Waiting {
    std::vector<Slice> slices;               ///< what others say while the journal reads for this session
    std::size_t bytes = 0;                   ///< of all of it, also of what was too much to keep
    std::optional<protocol::Event> failure;  ///< waits for the messages said before it
    std::string departure;                   ///< why, when it has ended with messages under way
  };
  Waiting& waiting();
  void send(const protocol::Event& event);
  bool has_failure() const { return waiting_ && waiting_->failure; }

  bool may_handle(const protocol::DecodedRequest& decoded);
  void keep(Slice bytes);

  Hub& hub_;
  Wire* wire_;                           ///< null once the session has ended
  const Format* last_format_ = nullptr;  ///< for the rooms it stays in until its last words are out
  std::uint64_t number_;
  protocol::Name name_;
  Rooms rooms_;
  std::unique_ptr<Waiting> waiting_;
  std::unique_ptr<CatchUp> catch_up_;  ///< while what is said is read from the journal
  std::string_view logged_departure_ = "disconnected";
  TokenBucket messages_;
  TokenBucket refusals_;
  const Room* pending_room_ = nullptr;
  std::uint32_t pending_ = 0;  ///< messages that the journal has not yet handed back
  bool welcome_ = false;
  bool busy_ = false;
  bool refused_ = false;  ///< the front end has a request that waits
};

}  // namespace hubbub::chat
