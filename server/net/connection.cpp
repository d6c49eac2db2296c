#include "server/net/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <limits>
#include <utility>

#include "server/net/peer.hpp"
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
// What a peer may still send meanwhile. One that does not look before it has written everything gets its
// `bye` all the same, up to here.
constexpr std::size_t most_discarded = std::size_t{256} * 1024 * 1024;
// So many reads, each so soon after the last, make one talkative.
constexpr std::uint8_t talkative_streak = 4;
constexpr std::chrono::seconds talkative_pause{1};

bool is_of_tcp(const Socket& socket) {
  error_code ec;
  const auto here = socket.local_endpoint(ec);
  return !ec && is_tcp(here);
}

}  // namespace

Connection::Connection(Socket socket, Turn& turn, const Settings& settings, Admission::Pass pass,
                       std::uint64_t number)
    : socket_(std::move(socket)),
      turn_(turn),
      settings_(settings),
      pass_(std::move(pass)),
      number_(number),
      is_tcp_(is_of_tcp(socket_)) {}

Connection::~Connection() {
  if (marked_) turn_.unmark(*this);
  ops::log::info("net", "disconnected", {{"connection", number_}});
}

void Connection::start(std::unique_ptr<Handler> handler) {
  turn_.opened(shared_from_this());
  handler_ = std::move(handler);
  arm_timer();
  read();
}

// --- input

InputBuffer& Connection::input() {
  if (!input_) input_ = std::make_unique<InputBuffer>();
  return *input_;
}

void Connection::keep(std::string_view bytes) {
  if (!bytes.empty()) input().append(bytes);
}

/// Bytes that are read and not used: a line and its ending.
std::size_t Connection::most_unused() const {
  const auto line = settings_.line_bytes;
  return line == 0 ? std::numeric_limits<std::size_t>::max() : line + 2;
}

/// Whether it has been reading for some time without much of a pause: then it is worth a buffer, which a read
/// fills as soon as something comes. For the others it is worth a system call more to hold no memory.
bool Connection::is_talkative() const { return streak_ >= talkative_streak && handler_->reads_lines(); }

void Connection::read() {
  if (reading_ || paused_ || closing_ || input_ended_ || broken_) return;
  // The handler has been offered as much and found no line in it: it is for it to close.
  if (unused().size() >= most_unused()) return;
  reading_ = true;
  auto self = shared_from_this();
  if (!is_talkative()) {
    if (input_ && input_->empty()) input_.reset();
    // Asio would give this operation, which may wait for hours, the larger memory of one that has just ended.
    socket_.async_wait(Socket::wait_read,
                       asio::bind_allocator(std::allocator<void>(),
                                            [self](const error_code& ec) { self->on_readable(ec); }));
    return;
  }
  asio::async_read_until(socket_, input().dynamic(most_unused()), '\n',
                         [self](const error_code& ec, std::size_t /*line*/) { self->on_line(ec); });
}

void Connection::on_readable(const error_code& ec) {
  reading_ = false;
  if (broken_) return;
  error_code failed = ec;
  std::size_t n = 0;
  const auto place = turn_.input();
  const auto room = std::min(place.size(), most_unused() - unused().size());
  if (!failed && !closing_) n = socket_.read_some(asio::buffer(place.data(), room), failed);
  if (failed == asio::error::would_block || failed == asio::error::interrupted) {
    read();
    return;
  }
  if (!take_over_read(failed == asio::error::eof)) return;
  if (failed && !input_ended_) {
    broken();
    return;
  }
  offer({place.data(), n});
}

void Connection::on_line(const error_code& ec) {
  reading_ = false;
  if (broken_ || !take_over_read(ec == asio::error::eof)) return;
  // not_found: the buffer is full and holds no whole line.
  if (ec && !input_ended_ && ec != asio::error::not_found) {
    broken();
    return;
  }
  offer();
}

/// What every read ends with. False when nobody is interested in it any more.
bool Connection::take_over_read(bool ended) {
  input_ended_ = ended;
  if (closing_) {
    input_.reset();
    if (finished_) discard();
    return false;
  }
  const auto now = turn_.now().steady;
  const bool soon = last_read_ != Time::min() && now - last_read_ < talkative_pause;
  streak_ = soon ? static_cast<std::uint8_t>(std::min(streak_ + 1, +talkative_streak)) : std::uint8_t{0};
  last_read_ = now;
  return true;
}

/// `fresh` has just been read, and is not in the buffer.
void Connection::offer(std::string_view fresh) {
  if (paused_ || closing_ || broken_) {
    keep(fresh);
    return;
  }
  const bool is_kept = !unused().empty();
  if (is_kept) keep(std::exchange(fresh, {}));
  do {
    const auto used = handler_->on_input(is_kept ? unused() : fresh);
    is_kept ? input().consume(used) : fresh.remove_prefix(used);
  } while (swap_handler());
  if (!is_kept) keep(fresh);
  arm_timer();
  if (paused_ || closing_ || broken_ || congested()) return;
  if (!input_ended_) {
    read();
  } else if (!end_told_) {
    end_told_ = handler_->on_end(unused());
    if (swap_handler()) offer_later();
  }
}

bool Connection::swap_handler() {
  if (!next_handler_) return false;
  handler_ = std::move(next_handler_);
  end_told_ = false;
  arm_timer();
  return !closing_ && !broken_;
}

void Connection::resume() {
  if (!std::exchange(paused_, false)) return;
  offer_later();
}

void Connection::offer_later() {
  if (std::exchange(offering_, true)) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->offering_ = false;
    if (!self->reading_) self->offer();
  });
}

// --- output

void Connection::write(Slice bytes) {
  if (closing_ || broken_) return;
  outbox_.push(std::move(bytes));
  mark();
}

/// To be written to at the end of the turn. Nothing is written any more once it has broken.
void Connection::mark() {
  if (!broken_ && !std::exchange(marked_, true)) turn_.mark(*this);
}

bool Connection::congested() const {
  return settings_.send_queue_soft > 0 && outbox_.size() > settings_.send_queue_soft;
}

void Connection::flush() {
  marked_ = false;
  if (!writing_) write_queued();
  after_flush();
}

void Connection::write_queued() {
  while (!outbox_.empty() && !broken_) {
    const auto run = outbox_.next(turn_.scratch());
    error_code ec;
    const auto written = write_some(run, ec);
    if (ec == asio::error::interrupted) continue;
    if (ec && ec != asio::error::would_block) {
      broken();
      return;
    }
    outbox_.consume(written);
    if (written > 0) blocked_since_ = never;
    if (written < run.bytes.size()) {
      wait_writable();
      return;
    }
  }
}

std::size_t Connection::write_some(const Outbox::Run& run, error_code& ec) {
  if (run.text != nullptr && is_tcp_) {
    const auto sent = turn_.shared_pages().send(socket_.native_handle(), *run.text, run.bytes, ec);
    if (sent) return *sent;
  }
  return socket_.write_some(asio::buffer(run.bytes), ec);
}

void Connection::wait_writable() {
  if (blocked_since_ == never) blocked_since_ = turn_.now().steady;
  writing_ = true;
  arm_timer();
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& ec) {
    self->writing_ = false;
    if (ec || self->broken_) return;
    const auto waiting = self->outbox_.size();
    self->write_queued();
    if (self->outbox_.size() < waiting) self->last_taken_ = self->turn_.now().steady;
    self->after_flush();
  });
}

void Connection::after_flush() {
  if (broken_) return;
  if (outbox_.empty()) {
    blocked_since_ = never;
    if (closing_) {
      finish();
      return;
    }
  }
  full_ = settings_.send_queue > 0 && outbox_.size() > settings_.send_queue;
  // Whoever had to wait for its answers to be read goes on at half the limit, not at each byte.
  if (closing_ || outbox_.size() > settings_.send_queue_soft / 2) return;
  if (std::exchange(wants_drained_, false)) {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (!self->broken_ && !self->closing_) self->handler_->on_drained();
    });
  }
  if (!reading_ && !paused_ && !end_told_) offer_later();
}

void Connection::when_drained() {
  wants_drained_ = true;
  mark();
}

void Connection::too_slow() {
  if (!closing_) handler_->on_too_slow();
  close();
}

// --- the end

void Connection::abandon() {
  broken_ = true;
  error_code ignored;
  socket_.close(ignored);
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
  linger_until_ = turn_.now().steady + linger;
  arm_timer();
  if (!reading_) discard();  // else the read that is under way goes first
}

void Connection::discard() {
  if (input_ended_) {
    broken();
    return;
  }
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& ec) {
    if (ec || self->broken_) return;
    std::array<char, InputBuffer::largest> unread;
    error_code failed;
    const auto n = self->socket_.read_some(asio::buffer(unread), failed);
    self->discarded_ += n;
    if ((failed && failed != asio::error::would_block) || self->discarded_ > most_discarded) {
      self->broken();
    } else {
      self->discard();
    }
  });
}

void Connection::broken() {
  if (std::exchange(broken_, true)) return;
  error_code ignored;
  socket_.close(ignored);
  turn_.wake_at(*this, never);
  outbox_.clear();
  // In a turn of its own: this may be the end of one, when the rooms have been told already.
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->handler_) self->handler_->on_closed();
  });
  turn_.closed(shared_from_this());
}

// --- time

Time Connection::next_deadline() const {
  return std::min({closing_ ? never : handler_->deadline(), stall_due(), linger_until_});
}

Time Connection::stall_due() const {
  if (blocked_since_ == never) return never;
  if (settings_.stall.count() > 0) return blocked_since_ + settings_.stall;
  return closing_ ? blocked_since_ + last_patience : never;
}

void Connection::arm_timer() {
  const auto next = next_deadline();
  if (!broken_ && next < due) turn_.wake_at(*this, next);
}

/// Bytes that have not been read yet, or could not be used.
bool Connection::input_waits() const {
  if (paused_ && !unused().empty()) return true;
  error_code ec;
  return socket_.available(ec) > 0 && !ec;
}

/// The peer has made room since we last tried to write.
bool Connection::can_write() const {
  // The socket is asked by its descriptor, for which Asio's handle wants one that may be changed.
  pollfd writable{.fd = const_cast<Socket&>(socket_).native_handle(), .events = POLLOUT, .revents = 0};
  return ::poll(&writable, 1, 0) > 0;
}

/// What has come is read before time is judged, and so is what the peer has taken: this process may have
/// stood still for longer than any peer (SIGSTOP, a paused container).
void Connection::on_due() {
  const auto now = turn_.now().steady;
  if (now >= stall_due() && can_write()) blocked_since_ = now;
  if (closing_ || !input_waits()) {
    judge_time(now);
    return;
  }
  if (reading_ && !paused_) {
    // It is about to be read, and then the handler's deadline is asked for again.
    turn_.wake_at(*this, std::min(stall_due(), linger_until_));
    return;
  }
  handler_->on_input_waits(now);
  judge_time(now);
}

void Connection::judge_time(Time now) {
  const bool stalled = now >= stall_due();
  if (now >= linger_until_ || (stalled && closing_)) {
    broken();
    return;
  }
  if (stalled && !std::exchange(too_slow_told_, true)) {
    blocked_since_ = now;  // as long again to take the last line
    too_slow();
  } else if (!closing_ && now >= handler_->deadline()) {
    handler_->on_deadline(now);
  }
  if (swap_handler()) offer_later();
  arm_timer();
}

}  // namespace hubbub::net
