#include "server/net/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <limits>
#include <utility>

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

}  // namespace

Connection::Connection(Socket socket, Turn& turn, const Settings& settings, Admission::Pass pass,
                       std::uint64_t number)
    : socket_(std::move(socket)),
      turn_(turn),
      settings_(settings),
      pass_(std::move(pass)),
      number_(number),
      timer_(socket_.get_executor()) {}

Connection::~Connection() { ops::log::info("net", "disconnected", {{"connection", number_}}); }

void Connection::start(std::unique_ptr<Handler> handler) {
  turn_.opened(shared_from_this());
  handler_ = std::move(handler);
  arm_timer();
  read();
}

// --- input

void Connection::read() {
  if (reading_ || paused_ || closing_ || input_ended_ || broken_) return;
  reading_ = true;
  const auto line = settings_.line_bytes;
  const auto most =
      line == 0 ? std::numeric_limits<std::size_t>::max() : std::max(line + 2, input_.view().size());
  auto buffer = input_.dynamic(most);
  auto self = shared_from_this();
  if (handler_->reads_lines()) {
    asio::async_read_until(socket_, buffer, '\n',
                           [self](const error_code& ec, std::size_t /*line*/) { self->on_read(ec); });
    return;
  }
  const auto place = buffer.size();
  buffer.grow(InputBuffer::smallest);
  socket_.async_read_some(buffer.data(place, InputBuffer::smallest),
                          [self, buffer](const error_code& ec, std::size_t n) mutable {
                            buffer.shrink(InputBuffer::smallest - n);
                            self->on_read(ec);
                          });
}

void Connection::on_read(const error_code& ec) {
  reading_ = false;
  if (broken_) return;
  if (closing_) {
    input_.consume(input_.view().size());
    input_ended_ = static_cast<bool>(ec) && ec != asio::error::not_found;
    if (finished_) discard();
    return;
  }
  // not_found: the buffer is full and holds no whole line; the handler says what it thinks of that.
  if (ec && ec != asio::error::eof && ec != asio::error::not_found) {
    broken();
    return;
  }
  input_ended_ = ec == asio::error::eof;
  offer();
}

void Connection::offer() {
  if (paused_ || closing_ || broken_) return;
  do {
    const auto used = handler_->on_input(input_.view());
    input_.consume(used);
  } while (swap_handler());
  arm_timer();
  if (paused_ || closing_ || broken_ || congested()) return;
  if (!input_ended_) {
    read();
  } else if (!end_told_) {
    end_told_ = handler_->on_end(input_.view());
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
  if (!std::exchange(marked_, true)) turn_.mark(shared_from_this());
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
    const auto bytes = outbox_.next(turn_.scratch());
    error_code ec;
    const auto written = socket_.write_some(asio::buffer(bytes), ec);
    if (ec == asio::error::interrupted) continue;
    if (ec && ec != asio::error::would_block) {
      broken();
      return;
    }
    outbox_.consume(written);
    if (written > 0) blocked_since_ = never;
    if (written < bytes.size()) {
      wait_writable();
      return;
    }
  }
}

void Connection::wait_writable() {
  if (blocked_since_ == never) blocked_since_ = turn_.now().steady;
  writing_ = true;
  arm_timer();
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& ec) {
    self->writing_ = false;
    if (ec || self->broken_) return;
    self->write_queued();
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
  if (settings_.send_queue > 0 && outbox_.size() > settings_.send_queue && !closing_ &&
      !std::exchange(too_slow_told_, true)) {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (!self->broken_) self->too_slow();
    });
    return;
  }
  // Whoever had to wait for its answers to be read goes on at half the limit, not at each byte.
  if (!reading_ && !paused_ && !closing_ && !end_told_ && outbox_.size() <= settings_.send_queue_soft / 2)
    offer_later();
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
  timer_.cancel();
  if (handler_) handler_->on_closed();
  handler_.reset();
}

void Connection::close() {
  if (std::exchange(closing_, true)) return;
  if (!std::exchange(marked_, true)) turn_.mark(shared_from_this());
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
  timer_.cancel();
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
  const auto due = next_deadline();
  if (broken_ || due >= armed_for_) return;
  armed_for_ = due;
  timer_.expires_at(due);
  timer_.async_wait([self = shared_from_this()](const error_code& ec) {
    if (!ec && !self->broken_) self->on_timer();
  });
}

void Connection::on_timer() {
  armed_for_ = never;
  const auto now = turn_.now().steady;
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
