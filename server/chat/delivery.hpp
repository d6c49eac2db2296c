#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "server/chat/catch_up.hpp"
#include "server/chat/participant.hpp"
#include "server/chat/wire.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Session;

/// The one way from the chat to one client, and the one bound on what waits for it.
///
/// 1. Lines that others get too can be read from the journal again: when more waits than the client may leave
///    unread, they are dropped, and read later (CatchUp).
/// 2. Lines for this client alone cannot. They are kept, and counted: before a line that may be refused,
///    takes() is to be asked. Answers to the client's own requests need not ask, because only so many
///    requests may be open.
/// 3. While the journal reads for an answer all other lines are held, and follow that answer, but for those
///    that let_go_but() gives out before.
/// 4. Lines come in one order whichever way they take: lines of a room in the order of the room, answers in
///    the order of the requests, and no line before one that it depends on.
/// 5. Except for part(), nothing here closes or ends anything. overflowed() and unreadable() say that the
///    client is to be given up; InFlight and Hub::tick() ask for that outside of deliveries.
class Delivery final : public Participant {
 public:
  /// `session` outlives it; `wire` is used until end().
  Delivery(Session& session, Wire& wire) : session_(session), wire_(&wire) {}
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;
  ~Delivery() override = default;

  /// Null once the client is gone.
  Wire* wire() const { return wire_; }
  /// The client is gone: nothing is delivered any more.
  void end();

  Session& session() { return session_; }

  // As a participant of its rooms
  const Person& person() const override;
  std::uint32_t& index_in(const Room& room) override;
  void add_own(const Room& room, protocol::event::Joined& joined) const override;
  /// Once the client is gone, the last format: the session stays in its rooms until its messages in flight
  /// are out.
  const Format& format() const override {
    return wire_ != nullptr ? wire_->format() : *std::get<Gone>(state_).last_format;
  }

  // What is delivered
  /// Lines that others get too. `feed`: see Participant::share.
  void share(Slice lines, Feed* feed) override;
  /// A line of a feed that is for this client alone.
  void own(Slice line, const Place& place) override;
  /// An event that depends on no other line and goes straight out: a `ping`, which must not wait for the
  /// backlog that may be the reason of the silence, or a private message, for which there is space now
  /// (PrivateMessages).
  void tell(const protocol::Event& event);
  /// An answer; `place` says where it belongs, if messages of the client are in flight.
  void answer(const protocol::Event& event, const Place& place);
  /// The last event. Kept lines go before it, except those that would claim a delivery that has not happened.
  void part(const protocol::Event& bye);
  /// Whether a line of so many bytes for this client alone may still be kept.
  bool takes(std::size_t bytes) const;
  /// More is kept than the client's open requests account for.
  bool overflowed() const;
  /// Reads of what the client has missed have failed for too long.
  bool unreadable() const;

  // How it is delivered
  /// Whether lines go straight to the wire: nothing is kept, and the client is not a slow reader now.
  bool is_direct() const override;
  bool is_held() const { return in<Held>() != nullptr; }
  bool is_behind() const { return in<CatchUp>() != nullptr; }
  /// The journal reads for this client. Lines that come before release() follow the answer.
  void hold();
  void release();
  /// Gives out what is held, but for lines of that room: the answer shows how things are now there, and so
  /// what is older comes before it.
  void let_go_but(const Feed& room);
  /// The client has left that room: nothing more of it is delivered.
  void forget(const Feed& feed);
  /// The client is of no account any more: nothing more of conversations is delivered.
  void forget_conversations();
  /// Calls it when the client is no slow reader any more: at once, if it is none; never, if it goes before.
  void when_caught_up(std::function<void()> then);
  /// The client has read what it had: see Wire::when_drained.
  void go_on();

 private:
  struct Direct {};
  struct Held {
    struct Line {
      Slice bytes;
      std::shared_ptr<const Feed> feed;  ///< null: of none, or of several rooms
      bool is_shared;
    };
    std::vector<Line> lines;
    std::size_t bytes = 0;
    std::unique_ptr<CatchUp> missed;  ///< once the lines were too many: what is not in `lines`
  };
  struct Gone {
    const Format* last_format;
  };

  /// Null in any other state.
  template <class State>
  State* in() const {
    const auto* state = std::get_if<std::unique_ptr<State>>(&state_);
    return state != nullptr ? state->get() : nullptr;
  }
  /// Null as long as the client has missed nothing.
  CatchUp* missed() const;
  CatchUp& fall_behind();
  void share_held(Held& held, Slice lines, Feed* feed);
  template <class Is>
  void forget_held(Is is);
  void on_page(const protocol::Result<journal::Page>& page);
  void finish();
  std::size_t kept() const;
  bool has_room(std::size_t bytes) const;

  Session& session_;
  Wire* wire_;  ///< null: gone
  std::variant<Direct, std::unique_ptr<Held>, std::unique_ptr<CatchUp>, Gone> state_;
};

}  // namespace hubbub::chat
