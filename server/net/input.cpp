#include "server/net/input.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <limits>

#include "server/net/connection.hpp"
#include "server/net/turn.hpp"

namespace hubbub::net {

namespace error = boost::asio::error;
using boost::system::error_code;

void Input::start(std::unique_ptr<Handler> handler) {
  handler_ = std::move(handler);
  connection_.deadline_moved();
  read_on();
}

// --- reading

/// Limit of bytes that are read and not used: a message and what frames it.
std::size_t Input::most_unused() const {
  const auto most = connection_.settings().line_bytes;
  return most == 0 ? std::numeric_limits<std::size_t>::max() : most + handler_->framing_bytes();
}

void Input::read_on() {
  if (!connection_.is_open() || connection_.output().is_congested()) return;
  const auto most = most_unused();
  switch (reader_.next(most, handler_->reads_lines())) {
    case Reader::Next::nothing:
      break;
    case Reader::Next::wait:
      connection_.stream().wait_readable(&connection_);
      break;
    case Reader::Next::fill:
      connection_.stream().read_when_ready(reader_.place(most), &connection_);
      break;
    case Reader::Next::tell_end:
      reader_.end_told(handler_->on_end(reader_.unused()));
      after_call();
  }
}

void Input::on_readable(const error_code& ec) {
  reader_.on_ready();
  auto place = connection_.turn().input();
  if (connection_.is_open()) {
    place = place.first(std::min(place.size(), most_unused() - reader_.unused().size()));
  }
  error_code failed = ec;
  const auto bytes = failed ? 0 : connection_.stream().read_some(place, failed);
  connection_.turn().measures().received += bytes;
  if (has_come(failed, bytes)) offer({place.data(), bytes});
}

void Input::on_read(const error_code& ec, std::size_t bytes) {
  connection_.turn().measures().received += bytes;
  const bool is_enough = reader_.on_filled(bytes, connection_.is_open() ? most_unused() : 0);
  if (!is_enough && !ec && bytes > 0) {
    read_on();
  } else if (has_come(ec, 0)) {
    offer();
  }
}

/// Whether a read has ended with something to offer, or with the end of the input. `bytes`: those that are
/// not in the reader's buffer.
bool Input::has_come(const error_code& ec, std::size_t bytes) {
  if (ec == error::eof) reader_.end();
  const bool has_failed = ec && ec != error::eof && ec != error::would_block && ec != error::interrupted;
  if (!connection_.is_open()) {
    connection_.on_discarded(bytes, has_failed);
  } else if (has_failed) {
    connection_.broken(ec);
  } else if (ec && !reader_.has_ended()) {
    read_on();
  } else {
    reader_.came(connection_.turn().now().steady);
    return true;
  }
  return false;
}

// --- offering

void Input::offer(std::string_view fresh) {
  auto rest = reader_.gather(fresh);
  const bool is_wanted = connection_.is_open() && !reader_.is_paused();
  if (is_wanted) {
    do rest.remove_prefix(handler_->on_input(rest));
    while (swap_handler() && !reader_.is_paused());
    connection_.deadline_moved();
  }
  reader_.keep(rest);
  if (is_wanted) read_on();
}

void Input::resume() {
  if (reader_.resume()) offer_later();
}

void Input::on_drained(bool asked) {
  if (asked) {
    boost::asio::post(connection_.turn().io(), [this, self = ConnectionPtr(&connection_)] {
      if (self->is_open()) handler_->on_drained();
    });
  }
  if (reader_.may_offer()) offer_later();
}

void Input::offer_later() {
  if (!reader_.offer_later()) return;
  boost::asio::post(connection_.turn().io(), [this, self = ConnectionPtr(&connection_)] {
    reader_.on_later();
    if (!reader_.is_filling()) offer();
  });
}

bool Input::swap_handler() {
  if (!next_handler_) return false;
  handler_ = std::move(next_handler_);
  reader_.handler_changed();
  connection_.deadline_moved();
  return connection_.is_open();
}

void Input::after_call() {
  if (swap_handler()) offer_later();
}

void Input::tell_closed() {
  if (handler_) handler_->on_closed();
}

bool Input::look(Time alive) {
  auto& stream = connection_.stream();
  const bool has_kept = reader_.is_paused() && !reader_.unused().empty();
  if (!has_kept && !stream.has_input()) return false;
  if (reader_.is_reading() && !reader_.is_paused()) return true;
  const auto peeked = stream.peek(connection_.turn().input());
  if (reader_.holds_line(peeked, most_unused())) handler_->on_input_waits(alive);
  return false;
}

void Input::judge_time(Time now) {
  if (now < handler_->deadline()) return;
  handler_->on_deadline(now);
  after_call();
}

}  // namespace hubbub::net
