#include "server/net/connection.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>

#include "server/net/turn.hpp"

namespace hubbub::net {
namespace {

using boost::system::error_code;

// Longest time until the deadlines are looked at again while input waits to be read.
constexpr std::chrono::milliseconds second_look{100};
}  // namespace

Connection::Connection(Stream& stream, Turn& turn, const Settings& settings, AdmittedPeer peer)
    : turn_(turn), peer_(std::move(peer)), output_(stream, settings), input_(*this) {}

Connection::~Connection() {
  if (marked_) turn_.unmark(*this);
}

void Connection::start(std::unique_ptr<Handler> handler) {
  turn_.opened(this);
  input_.start(std::move(handler));
}

// --- output

void Connection::write(Slice bytes) {
  if (!is_open()) return;
  output_.outbox().push(std::move(bytes));
  mark();
}

void Connection::when_drained() {
  output_.ask_for_drained();
  mark();
}

/// Asks for a flush at the end of the turn. Once the connection is broken nothing is written any more.
void Connection::mark() {
  if (!life_.is_broken() && !std::exchange(marked_, true)) turn_.mark(*this);
}

void Connection::on_writable(const error_code& ec) {
  output_.on_ready();
  if (!ec) mark();
}

void Connection::flush() {
  marked_ = false;
  if (!output_.is_waiting()) {
    if (const auto failed = output_.write(turn_)) return broken(failed);
    if (output_.is_waiting()) {
      deadline_moved();
      stream().wait_writable(this);
    }
  }
  output_.settle();
  if (!is_open()) {
    if (output_.queued() == 0) finish();
  } else if (output_.has_drained()) {
    input_.on_drained(output_.take_question());
  }
}

// --- the end

void Connection::close() {
  if (!life_.close()) return;
  mark();
  deadline_moved();  // the peer may be waited for already, without a limit until now
}

void Connection::finish() {
  if (life_.state() != Life::State::closing || output_.is_waiting()) return;
  if (!output_.shut_down(turn_)) {
    deadline_moved();
    stream().wait_writable(this);
    return;
  }
  life_.finish();
  output_.lag().begin_again(turn_.now().steady);
  deadline_moved();
  if (!input_.is_reading()) on_discarded(0, false);  // else the read that is under way ends first
}

void Connection::on_discarded(std::size_t bytes, bool has_failed) {
  input_.drop();
  if (life_.state() != Life::State::finishing) return;
  if (has_failed || input_.has_ended() || output_.lag().has_sent_too_much(bytes)) return broken();
  stream().wait_readable(this);
}

void Connection::broken(const error_code& why) {
  if (!break_off(why)) return;
  turn_.closed(this);
  // In a later turn: this may be the end of a turn, after the rooms have been told.
  boost::asio::post(turn_.io(), [self = ConnectionPtr(this)] {
    self->input_.tell_closed();
    self->turn_.told(self);
  });
}

void Connection::abandon() {
  break_off({});
  input_.tell_closed();
  input_.drop_handler();
}

/// `why`: the error of the stream, if that is the reason.
bool Connection::break_off(const error_code& why) {
  const bool has_failed = is_open() && why;
  if (!life_.break_off()) return false;
  output_.close();
  const auto otherwise = has_failed ? why.message() : "closed";
  peer_.log_end(input_.handler(), input_.is_end_told() ? "end_of_input" : otherwise, turn_.now().steady);
  stream().close();
  turn_.wake_at(*this, never);
  // Whatever still holds it may do so for longer than there is a turn.
  if (std::exchange(marked_, false)) turn_.unmark(*this);
  return true;
}

// --- time

void Connection::deadline_moved() {
  if (life_.is_broken()) return;
  const auto next = std::min(is_open() ? input_.handler().deadline() : never, stall_due());
  if (next < due) turn_.wake_at(*this, next);
}

/// Input is read before time is judged, and what the peer has taken is noted first: this process may have
/// stood still for longer than any peer (SIGSTOP, a paused container).
void Connection::on_due() {
  const auto now = turn_.now().steady;
  // Until it is written to, also when the stream has said already that it takes more.
  const bool is_waiting = output_.queued() > 0 && output_.lag().is_waited_for();
  if (is_waiting && stream().has_room()) output_.lag().took_at_last(now);
  // When input was sent that is not read because the peer takes nothing, cannot be told.
  const bool is_being_read = is_open() && input_.look(is_waiting ? output_.last_taken() : now);
  if (now >= stall_due()) {
    on_stalled(now);
  } else if (is_open() && !is_being_read) {
    input_.judge_time(now);
  }
  if (is_open() && is_being_read) {
    // Half a line may not be offered to the handler, which then is not asked for its deadline again.
    turn_.wake_at(*this, std::min(stall_due(), now + second_look));
  } else {
    deadline_moved();
  }
}

void Connection::on_stalled(Time now) {
  if (!is_open()) return broken();
  output_.lag().begin_again(now);  // as long again to take the last line
  input_.handler().on_too_slow();
  close();
  input_.after_call();
}

}  // namespace hubbub::net
