#include "server/net/connection.hpp"

#include <algorithm>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <limits>
#include <utility>

#include "server/net/peer.hpp"
#include "server/net/tcp_state.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"

namespace hubbub::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// So many reads, each so soon after the last, make one talkative.
constexpr std::uint8_t talkative_streak = 4;
constexpr std::chrono::seconds talkative_pause{1};

bool is_of_tcp(const Socket& socket) {
  error_code ec;
  const auto here = socket.local_endpoint(ec);
  return !ec && is_tcp(here);
}

/// Asked now: of a connection that has been reset the kernel does not know it any more.
TcpPeer peer_of(const Socket& socket) {
  error_code ec;
  const auto there = socket.remote_endpoint(ec);
  return ec ? TcpPeer() : TcpPeer(there);
}

}  // namespace

Connection::Connection(Socket socket, Turn& turn, const Settings& settings, Admission::Pass pass,
                       std::uint64_t number)
    : socket_(std::move(socket)),
      turn_(turn),
      settings_(settings),
      pass_(std::move(pass)),
      number_(number),
      peer_(peer_of(socket_)),
      opened_(turn.now().steady),
      is_tcp_(is_of_tcp(socket_)) {}

Connection::~Connection() {
  if (marked_) turn_.unmark(*this);
}

std::string Connection::peer_url() const { return to_url(is_tcp_ ? peer_.endpoint() : Endpoint()); }

std::string Connection::peer_address() const {
  return shown_address(is_tcp_ ? peer_.endpoint() : Endpoint());
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
    broken(failed);
    return;
  }
  offer({place.data(), n});
}

void Connection::on_line(const error_code& ec) {
  reading_ = false;
  if (broken_ || !take_over_read(ec == asio::error::eof)) return;
  // not_found: the buffer is full and holds no whole line.
  if (ec && !input_ended_ && ec != asio::error::not_found) {
    broken(ec);
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
      broken(ec);
      return;
    }
    outbox_.consume(written);
    written_ += written;
    if (written > 0 && lag_) lag_->since = never;
    if (written < run.bytes.size()) {
      wait_writable();
      return;
    }
  }
}

std::uint64_t Connection::unacknowledged() {
  return is_tcp_ && !broken_ ? tcp_unacknowledged(socket_.native_handle()) : 0;
}

bool Connection::has_room(std::size_t bytes) {
  if (broken_ || closing_) return false;
  const auto window = is_tcp_ ? tcp_window(socket_.native_handle()) : std::nullopt;
  if (!window) return outbox_.empty();
  const auto under_way = unacknowledged() + outbox_.size();
  return under_way == 0 ? *window > 0 : under_way + bytes <= *window;
}

std::size_t Connection::write_some(const Outbox::Run& run, error_code& ec) {
  if (run.text != nullptr && is_tcp_) {
    const auto sent = turn_.shared_pages().send(socket_.native_handle(), *run.text, run.bytes, ec);
    if (sent) return *sent;
  }
  return socket_.write_some(asio::buffer(run.bytes), ec);
}

void Connection::wait_writable() {
  if (lag().since == never) lag().since = turn_.now().steady;
  writing_ = true;
  arm_timer();
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& ec) {
    self->writing_ = false;
    if (ec || self->broken_) return;
    const auto waiting = self->outbox_.size();
    self->write_queued();
    if (self->outbox_.size() < waiting) self->lag().last_taken = self->turn_.now().steady;
    self->after_flush();
  });
}

void Connection::after_flush() {
  if (broken_) return;
  if (outbox_.empty() && closing_) {
    finish();
    return;
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

Connection::Lag& Connection::lag() {
  if (!lag_) lag_ = std::make_unique<Lag>();
  return *lag_;
}

}  // namespace hubbub::net
