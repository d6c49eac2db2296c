#include "server/net/writer.hpp"

#include <boost/asio/error.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "server/net/tcp_state.hpp"
#include "server/net/turn.hpp"

namespace hubbub::net {
namespace {

// For a peer that is being closed to take anything of what waits, where stalling is not limited otherwise.
constexpr std::chrono::seconds last_patience{30};
// For a peer to take the last lines and to close its own side, once we have ended ours.
constexpr std::chrono::seconds linger{2};

}  // namespace

using boost::system::error_code;

error_code Writer::write(Turn& turn) {
  while (!outbox_.empty()) {
    const auto run = outbox_.next(turn.scratch());
    error_code ec;
    const auto written = write_some(run, turn, ec);
    if (ec == boost::asio::error::interrupted) continue;
    if (ec && ec != boost::asio::error::would_block) return ec;
    outbox_.consume(written);
    written_ += written;
    if (written > 0) lag_.took(turn.now().steady);
    if (written < run.bytes.size()) {
      lag_.begin(turn.now().steady);
      waiting_ = true;
      break;
    }
  }
  return {};
}

std::size_t Writer::write_some(const Outbox::Run& run, Turn& turn, error_code& ec) {
  if (run.text != nullptr && stream_.may_share_pages()) {
    const auto sent = turn.shared_pages().send(stream_.tcp().value(), *run.text, run.bytes, ec);
    if (sent) return *sent;
  }
  return stream_.write_some(run.bytes, ec);
}

bool Writer::take_question() { return std::exchange(asked_for_drained_, false); }

void Writer::close() {
  written_ = taken();
  outbox_.clear();
}

// --- what is known of the peer

Time Writer::stall_due(Life::State life) const {
  if (life == Life::State::finishing) return lag_.due(linger);
  const bool is_last = life == Life::State::closing && settings_.stall.count() == 0;
  return lag_.due(is_last ? last_patience : settings_.stall);
}

std::uint64_t Writer::unacknowledged() const {
  const auto tcp = stream_.tcp();
  return tcp ? tcp_unacknowledged(*tcp) : 0;
}

bool Writer::has_room(std::size_t bytes) const {
  const auto tcp = stream_.tcp();
  const auto window = tcp ? tcp_window(*tcp) : std::nullopt;
  if (!window) return outbox_.empty();
  const auto under_way = unacknowledged() + outbox_.size();
  return under_way == 0 ? *window > 0 : under_way + bytes <= *window;
}

Time Writer::last_acknowledged(Time now) const {
  const auto tcp = stream_.tcp();
  return tcp ? now - tcp_silence(*tcp) : now;
}

/// Something waits because the peer's side has no room for it.
bool Writer::has_no_room() const {
  const auto tcp = stream_.tcp();
  return !outbox_.empty() || (tcp && tcp_unsent(*tcp) > 0);
}

bool Writer::makes_room(bool waits, Time now) {
  const auto tcp = stream_.tcp();
  const auto window = tcp ? tcp_window(*tcp) : std::nullopt;
  return lag_.makes_room(taken() + window.value_or(0), waits, now);
}

void Writer::before_question(Time now) {
  const bool waits = has_no_room();
  if (waits || lag_.is_known()) makes_room(waits, now);
}

bool Writer::may_be_reading(Time now) {
  const bool waits = has_no_room();
  if (!waits && !lag_.is_known()) return false;
  if (makes_room(waits, now)) return true;
  const auto tcp = stream_.tcp();
  return waits && !lag_.has_made_none_for(settings_.stall, now) && (!tcp || tcp_answers(*tcp));
}

}  // namespace hubbub::net
