#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "server/net/admission.hpp"
#include "server/net/deadline.hpp"
#include "server/net/handler.hpp"
#include "server/net/input_buffer.hpp"
#include "server/net/outbox.hpp"
#include "server/net/peer.hpp"
#include "server/net/settings.hpp"
#include "server/net/socket.hpp"

namespace hubbub::net {

class Turn;

/// One peer's socket: offers what comes to its handler, and writes what is queued, once a turn.
///
/// 1. Input is read only while the handler keeps up: not while it has paused, and not while more than
///    `send_queue_soft` bytes wait for the peer to take its answers.
/// 2. Output is queued without a limit during a turn and written at its end. If more than `send_queue`
///    bytes are left then, is_full() says so, and it is for the handler to queue no more until when_drained()
///    calls it. If the peer takes nothing for `stall`, the handler is told to close.
/// 3. Closing writes what is queued, ends the output, and then reads and discards for a short while,
///    because to close with unread input would make the kernel discard what the peer has yet to read
///    (RFC 1122, 4.2.2.13).
class Connection : public Deadline, public std::enable_shared_from_this<Connection> {
 public:
  using Socket = net::Socket;

  /// The turn and the settings outlive the connection. `number` names it in the log.
  Connection(Socket socket, Turn& turn, const Settings& settings, Admission::Pass pass, std::uint64_t number);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// From here on the turn owns the connection, until it has broken.
  void start(std::unique_ptr<Handler> handler);
  /// The end of the daemon: the handler is told and goes now, and nothing is called any more.
  void abandon();
  /// Another handler takes over, beginning with the bytes that the present one has not used. The
  /// present one lives until it has returned from the call that it is in.
  void become(std::unique_ptr<Handler> handler) { next_handler_ = std::move(handler); }

  /// Queues bytes; after close(), nothing.
  void write(Slice bytes);
  /// Closes once everything queued has been written. The handler is told with on_closed.
  void close();
  /// Whether the peer has so much to read that its own requests should wait. They are offered again
  /// by themselves when it has read.
  bool congested() const;

  /// More than `send_queue` bytes were left at the end of the last turn, and still are.
  bool is_full() const { return full_; }
  /// Bytes that wait for the peer to take them.
  std::size_t queued() const { return outbox_.size(); }
  /// Bytes that were written to it so far …
  std::uint64_t delivered() const { return written_ + outbox_.size(); }
  /// … and how many of them the peer has taken: acknowledged over TCP, and written over unix(7), where there
  /// is no more to know.
  std::uint64_t taken() { return written_ - unacknowledged(); }
  /// Whether so many bytes more are no more than the peer has announced room for (RFC 9293, SND.WND), or
  /// nothing is under way and it has announced any. Over unix(7): whether nothing waits here.
  bool has_room(std::size_t bytes);
  /// When the peer's system last showed that it is there, as far as TCP tells: now, when it has acknowledged
  /// all that it was sent (one that is sent nothing is asked by TCP's keepalive), or is on this machine.
  Time last_acknowledged();
  /// Calls the handler's on_drained(), in a later turn, when half of `send_queue_soft` is left at most.
  void when_drained();
  /// When the peer last took some of what had to wait for it: a sign that it is there. Time::min(): never.
  Time last_taken() const { return lag_ ? lag_->last_taken : Time::min(); }
  /// The peer is about to be asked something.
  void before_question();
  /// Whether the peer has perhaps not come to the question yet, since more was there than its side has room
  /// for, and so its silence says nothing: it has made room since the question, or since this was last asked;
  /// or it has not, for less than `stall`, and its system answers. Only the peer itself makes room where
  /// there was none, but its system need not tell of a little (RFC 9293, 3.8.6.2.2).
  bool may_be_reading();

  /// Nothing is offered until resume(), which offers what has come in a later turn.
  void pause() { paused_ = true; }
  void resume();
  /// The handler's deadline has moved to earlier, or the settings have changed.
  void deadline_moved() { arm_timer(); }

  std::uint64_t number() const { return number_; }
  /// Where it is connected from, as in a listen URL.
  std::string peer_url() const;
  /// What counts as one peer, see Admission.
  const std::string& address() const { return pass_.address(); }
  /// The same as people are told: see shown_address.
  std::string peer_address() const;
  Turn& turn() { return turn_; }
  const Settings& settings() const { return settings_; }

  /// The end of a turn: writes what is queued, without blocking. Called by Turn.
  void flush();
  /// What wake_at was asked for. Called by Turn.
  void on_due();

 private:
  /// Of a peer that has kept the connection waiting: to take more of what it is sent or, once the output has
  /// ended, to close its own side.
  struct Lag {
    static constexpr auto none = std::numeric_limits<std::uint64_t>::max();
    Time since = never;  ///< it is waited for, and has taken nothing; never: it is not
    Time last_taken = Time::min();
    std::uint64_t room = none;  ///< room_made(), when more was there than that; none: it was not
    Time room_since{};          ///< it is that
  };

  bool has_no_room();
  std::uint64_t room_made();
  bool makes_room(bool waits);
  void read();
  void on_readable(const boost::system::error_code& ec);
  void on_line(const boost::system::error_code& ec);
  bool take_over_read(bool ended);
  bool is_talkative() const;
  std::size_t most_unused() const;
  std::string_view unused() const { return input_ ? input_->view() : std::string_view(); }
  InputBuffer& input();
  void keep(std::string_view bytes);
  void offer(std::string_view fresh = {});
  void offer_later();
  bool swap_handler();
  void write_queued();
  std::uint64_t unacknowledged();
  void close_socket(const boost::system::error_code& why = {});
  std::size_t write_some(const Outbox::Run& run, boost::system::error_code& ec);
  void wait_writable();
  void after_flush();
  Lag& lag();
  void finish();
  void discard(std::size_t so_far = 0);
  void broken(const boost::system::error_code& why = {});
  void tell_end(const boost::system::error_code& why) const;
  std::string end_reason(const boost::system::error_code& why) const;
  void mark();
  bool input_waits() const;
  bool line_waits();
  bool can_write();
  void judge_time(Time now, bool is_being_read);
  void arm_timer();
  Time next_deadline() const;
  Time stall_due() const;

  Socket socket_;
  Turn& turn_;
  const Settings& settings_;
  Admission::Pass pass_;
  std::uint64_t number_;
  const TcpPeer peer_;  ///< a socket of unix(7) has none
  const Time opened_;
  std::unique_ptr<Handler> handler_;
  std::unique_ptr<Handler> next_handler_;
  std::unique_ptr<InputBuffer> input_;  ///< null for one that is not talkative and has sent no half a line
  std::unique_ptr<Lag> lag_;            ///< null for most, who take everything at once
  Outbox outbox_;
  std::uint64_t written_ = 0;  ///< to the socket; once that is closed: of them, those that were acknowledged
  Time last_read_ = Time::min();
  const bool is_tcp_;         ///< or of unix(7)
  std::uint8_t streak_ = 0;   ///< reads that came soon after the one before
  bool marked_ = false;       ///< for a flush at the end of the turn
  bool writing_ = false;      ///< waiting for the socket to take more
  bool reading_ = false;      ///< a read is under way
  bool offering_ = false;     ///< an offer is posted
  bool paused_ = false;       ///< by the handler
  bool input_ended_ = false;  ///< the peer has closed its side
  bool end_told_ = false;     ///< … and the handler knows
  bool closing_ = false;      ///< close() was called
  bool full_ = false;
  bool wants_drained_ = false;
  bool finished_ = false;  ///< the output has ended, and what comes is discarded
  bool broken_ = false;    ///< the socket is closed
};

}  // namespace hubbub::net
