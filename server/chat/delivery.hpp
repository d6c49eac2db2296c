#pragma once

#include <cstddef>
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
/// 1. What others get too can be had from the journal again: when more waits than the client may leave
///    unread, it is dropped, and read later (CatchUp).
/// 2. What is for this client alone cannot. It is kept, and counted: whoever would send it something asks
///    takes() first, and goes without. Answers to the client's own requests need not ask, because it is
///    allowed only so many that are open.
/// 3. While the journal reads for an answer everything else is kept, and follows that answer.
/// 4. Lines come in one order whichever way they take: those of a room in the order of the room, those that
///    answer requests in the order of the requests, and nothing before what it rests on.
/// 5. But for part(), nothing here closes or ends anything. overflowed() and unreadable() say that the client
/// is
///    to be given up, and the hub looks at that between commands.
class Delivery final : public Participant {
 public:
  /// Both outlive it, the wire until end().
  Delivery(Session& session, Wire& wire) : session_(session), wire_(&wire) {}
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;
  ~Delivery() override = default;

  /// Null once the client is gone.
  Wire* wire() const { return wire_; }
  /// The client is gone: nothing is delivered any more.
  void end();

  // Who takes part in a room by it
  const Person& person() const override;
  std::size_t& index_in(const Room& room) override;
  /// Once the client is gone, that of its last rooms, in which it stays until its last words are out.
  const Format& format() const override {
    return wire_ != nullptr ? wire_->format() : *std::get<Gone>(state_).last_format;
  }

  // What is delivered
  /// Lines that others get too. `room`: see Participant::share.
  void share(Slice lines, const Room* room) override;
  /// A line of a room's batch that is for this client alone.
  void own(Slice line, const Place& place) override;
  /// An event that rests on nothing and goes straight out: the question whether the client is still there,
  /// which is not to wait for what may be the reason of the silence; a private message, for which there is
  /// room now (PrivateMessages).
  void tell(const protocol::Event& event);
  /// An answer; `place` says where it belongs, if messages of the client are under way.
  void answer(const protocol::Event& event, const Place& place);
  /// The last event. What is still kept goes before it, but for what would claim that something was delivered
  /// that was not.
  void part(const protocol::Event& bye);
  /// Whether a line of so many bytes, which is for this client alone, may still be kept for it.
  bool takes(std::size_t bytes) const;
  /// More is kept for the client than it could have asked for.
  bool overflowed() const;
  /// What it has missed could not be read for long.
  bool unreadable() const;

  // How it is delivered
  /// Straight out: nothing is kept, and the client is not so slow that it would be.
  bool is_direct() const override;
  bool is_held() const { return in<Held>() != nullptr; }
  bool is_behind() const { return in<CatchUp>() != nullptr; }
  /// The journal reads for this client. What comes meanwhile, up to release(), follows the answer.
  void hold();
  void release();
  /// The client is not in that room any more: nothing more of it is delivered.
  void forget(const Room& room);
  /// The client has read what it had: see Wire::when_drained.
  void go_on();

 private:
  struct Direct {};
  struct Held {
    struct Line {
      Slice bytes;
      const Room* room;  ///< null: for this client alone, or of several rooms
      bool is_shared;
    };
    std::vector<Line> lines;
    std::size_t bytes = 0;
    std::unique_ptr<CatchUp> missed;  ///< once it was too much: what is not in `lines`
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
  /// Null as long as it has missed nothing.
  CatchUp* missed() const;
  void fall_behind();
  void share_held(Held& held, Slice lines, const Room* room);
  void on_page(const protocol::Result<journal::Page>& page);
  void finish();
  std::size_t kept() const;
  bool has_room(std::size_t bytes) const;

  Session& session_;
  Wire* wire_;  ///< null: gone
  std::variant<Direct, std::unique_ptr<Held>, std::unique_ptr<CatchUp>, Gone> state_;
};

}  // namespace hubbub::chat
