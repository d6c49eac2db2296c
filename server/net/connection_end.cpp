// How a connection ends, and what time has to do with it.
#include <poll.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "server/net/connection.hpp"
#include "server/net/tcp_state.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"

namespace hubbub::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// For a peer that is being closed to take anything of what waits, where stalling is not limited otherwise.
constexpr std::chrono::seconds last_patience{30};
// For a peer to take the last lines and to close its own side, once we have ended ours.
constexpr std::chrono::seconds linger{2};
// What has come is read within so long, however much has come at once.
constexpr std::chrono::milliseconds second_look{100};
// What a peer may still send meanwhile. One that does not look before it has written everything gets its
// `bye` all the same, up to here.
constexpr std::size_t most_discarded = std::size_t{256} * 1024 * 1024;

}  // namespace

// --- the end

/// `why`: what the socket failed with, if that is the end.
void Connection::close_socket(const error_code& why) {
  if (broken_) return;
  written_ = taken();
  broken_ = true;
  tell_end(why);
  error_code ignored;
  socket_.close(ignored);
}

void Connection::abandon() {
  close_socket();
  turn_.wake_at(*this, never);
  if (handler_) handler_->on_closed();
  handler_.reset();
}

void Connection::close() {
  if (std::exchange(closing_, true)) return;
  mark();
  arm_timer();  // it may be waiting already, without a limit to that until now
}

void Connection::finish() {
  if (std::exchange(finished_, true)) return;
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  lag().since = turn_.now().steady;
  arm_timer();
  if (!reading_) discard();  // else the read that is under way goes first
}

void Connection::discard(std::size_t so_far) {
  if (input_ended_) {
    broken();
    return;
  }
  socket_.async_wait(Socket::wait_read, [self = shared_from_this(), so_far](const error_code& ec) {
    if (ec || self->broken_) return;
    std::array<char, InputBuffer::largest> unread;
    error_code failed;
    const auto discarded = so_far + self->socket_.read_some(asio::buffer(unread), failed);
    if ((failed && failed != asio::error::would_block) || discarded > most_discarded) {
      self->broken();
    } else {
      self->discard(discarded);
    }
  });
}

void Connection::broken(const error_code& why) {
  if (broken_) return;
  close_socket(closing_ ? error_code() : why);
  turn_.wake_at(*this, never);
  outbox_.clear();
  // In a turn of its own: this may be the end of one, when the rooms have been told already.
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->handler_) self->handler_->on_closed();
  });
  turn_.closed(shared_from_this());
}

/// In words of ours: what ended it first.
std::string Connection::end_reason(const error_code& why) const {
  const auto word = handler_->reason();
  if (!word.empty()) return std::string(word);
  if (end_told_) return "end_of_input";
  return why ? why.message() : "closed";
}

void Connection::tell_end(const error_code& why) const {
  if (!ops::log::enabled(ops::log::Level::info)) return;
  const auto now = turn_.now().steady;
  const auto open_for = std::chrono::floor<std::chrono::milliseconds>(now - opened_);
  const auto reason = end_reason(why);
  pass_.log().disconnected(pass_.address(), reason, opened_, now,
                           {{"connection", number_},
                            {"address", peer_url()},
                            {"name", handler_->name()},
                            {"reason", reason},
                            {"duration_ms", std::int64_t{open_for.count()}}});
}

// --- time

Time Connection::next_deadline() const {
  return std::min(closing_ ? never : handler_->deadline(), stall_due());
}

Time Connection::stall_due() const {
  if (!lag_ || lag_->since == never) return never;
  if (finished_) return lag_->since + linger;
  if (settings_.stall.count() > 0) return lag_->since + settings_.stall;
  return closing_ ? lag_->since + last_patience : never;
}

void Connection::arm_timer() {
  if (broken_) return;
  const auto next = next_deadline();
  if (next < due) turn_.wake_at(*this, next);
}

/// Bytes that have not been read yet, or could not be used.
bool Connection::input_waits() const {
  if (paused_ && !unused().empty()) return true;
  error_code ec;
  return socket_.available(ec) > 0 && !ec;
}

/// A whole line is among them, or as much as is kept of one: half a line is no sign of life.
bool Connection::line_waits() {
  constexpr std::string_view endings = "\r\n";
  if (unused().find_first_of(endings) != std::string_view::npos) return true;
  const auto place = turn_.input();
  error_code ec;
  const auto n =
      socket_.receive(asio::buffer(place.data(), place.size()), asio::socket_base::message_peek, ec);
  const std::string_view peeked(place.data(), n);
  return unused().size() + n >= most_unused() || peeked.find_first_of(endings) != std::string_view::npos;
}

/// The peer has made room since we last tried to write.
bool Connection::can_write() {
  pollfd writable{.fd = socket_.native_handle(), .events = POLLOUT, .revents = 0};
  return ::poll(&writable, 1, 0) > 0;
}

Time Connection::last_acknowledged() {
  const auto now = turn_.now().steady;
  return is_tcp_ && !broken_ ? now - tcp_silence(socket_.native_handle()) : now;
}

/// Something waits because the peer's side has no room for it.
bool Connection::has_no_room() {
  return !outbox_.empty() || (is_tcp_ && !broken_ && tcp_unsent(socket_.native_handle()) > 0);
}

/// Up to there, in what was delivered, the peer's side has had room so far.
std::uint64_t Connection::room_made() {
  const auto window = is_tcp_ && !broken_ ? tcp_window(socket_.native_handle()) : std::nullopt;
  return taken() + window.value_or(0);
}

/// Whether it has since that was last looked at. `waits`: has_no_room().
bool Connection::makes_room(bool waits) {
  const auto room = room_made();
  const auto before = std::exchange(lag().room, waits ? room : Lag::none);
  if (room != before) lag().room_since = turn_.now().steady;
  return before != Lag::none && room > before;
}

void Connection::before_question() {
  const bool waits = has_no_room();
  if (waits || lag_) makes_room(waits);
}

bool Connection::may_be_reading() {
  const bool waits = has_no_room();
  if (!waits && !lag_) return false;
  if (makes_room(waits)) return true;
  const bool is_late =
      settings_.stall.count() > 0 && turn_.now().steady - lag().room_since >= settings_.stall;
  return waits && !is_late && (!is_tcp_ || tcp_answers(socket_.native_handle()));
}

/// What has come is read before time is judged, and so is what the peer has taken: this process may have
/// stood still for longer than any peer (SIGSTOP, a paused container).
void Connection::on_due() {
  const auto now = turn_.now().steady;
  if (writing_ && can_write()) lag().since = lag().last_taken = now;
  const bool waits = !closing_ && input_waits();
  const bool is_being_read = waits && reading_ && !paused_;
  // Of what is not read because the peer takes nothing nobody can tell when it was sent.
  if (waits && !is_being_read && line_waits()) handler_->on_input_waits(writing_ ? last_taken() : now);
  judge_time(now, is_being_read);
  if (is_being_read && !broken_ && !closing_) {
    // Half a line may not come to the handler, which then is not asked for its deadline again.
    turn_.wake_at(*this, std::min(stall_due(), now + second_look));
  } else {
    arm_timer();
  }
}

/// `is_being_read`: the handler is to see first what has come.
void Connection::judge_time(Time now, bool is_being_read) {
  const bool stalled = now >= stall_due();
  if (stalled && closing_) {
    broken();
    return;
  }
  if (stalled) {
    lag().since = now;  // as long again to take the last line
    handler_->on_too_slow();
    close();
  } else if (!closing_ && !is_being_read && now >= handler_->deadline()) {
    handler_->on_deadline(now);
  }
  if (swap_handler()) offer_later();
}

}  // namespace hubbub::net
