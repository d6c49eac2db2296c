#include "server/net/writer.hpp"

#include <boost/asio/error.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "server/net/tcp_state.hpp"
#include "server/net/turn.hpp"

namespace hubbub::net {
namespace {

// Time for a peer that is being closed to take some of what waits, where `stall` sets no limit.
constexpr std::chrono::seconds last_patience{30};
// Time for a peer to take the last lines and to close its own side, once the output has ended.
constexpr std::chrono::seconds linger{2};

constexpr std::uint64_t most_discarded = std::uint64_t{256} * 1024 * 1024;

}  // namespace

using boost::system::error_code;

Lag::Record& Lag::record() {
  if (!record_) record_ = std::make_unique<Record>();
  return *record_;
}

void Lag::begin(Time now) {
  if (!is_waited_for()) record().since = now;
}

void Lag::took(Time now) {
  if (!is_waited_for()) return;
  record_->since = never;
  record_->last_taken = now;
}

void Lag::took_at_last(Time now) { record().since = record().last_taken = now; }

Time Lag::due(std::chrono::milliseconds patience) const {
  return is_waited_for() && patience.count() > 0 ? record_->since + patience : never;
}

bool Lag::makes_room(std::uint64_t made, bool waits, Time now) {
  const auto before = std::exchange(record().room, waits ? made : Record::none);
  if (record_->room != before) record_->room_since = now;
  return before != Record::none && made > before;
}

bool Lag::has_made_none_for(std::chrono::milliseconds patience, Time now) const {
  return record_ && patience.count() > 0 && now - record_->room_since >= patience;
}

bool Lag::has_sent_too_much(std::size_t bytes) { return (record().discarded += bytes) > most_discarded; }

void Outbox::push(Slice bytes) {
  if (bytes.size == 0) return;
  size_ += bytes.size;
  pieces_.push_back(std::move(bytes));
}

Outbox::Run Outbox::next(std::string& scratch) const {
  if (empty()) return {};
  const auto& piece = pieces_[first_];
  const auto front = piece.view().substr(offset_);
  if (first_ + 1 == pieces_.size() || front.size() >= scratch.capacity() / 2)
    return {front, piece.text.get()};
  scratch.assign(front);
  for (auto next = first_ + 1; next < pieces_.size(); ++next) {
    const auto more = pieces_[next].view();
    if (scratch.size() + more.size() > scratch.capacity()) break;
    scratch += more;
  }
  return {scratch};
}

void Outbox::consume(std::size_t n) {
  size_ -= n;
  while (n > 0) {
    const auto left = pieces_[first_].size - offset_;
    if (n < left) {
      offset_ += static_cast<std::uint32_t>(n);
      break;
    }
    n -= left;
    offset_ = 0;
    pieces_[first_++].text.reset();
  }
  if (size_ == 0) {
    clear();
  } else if (first_ > 64 && first_ * 2 > pieces_.size()) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + first_);
    first_ = 0;
  }
}

void Outbox::clear() {
  pieces_.clear();
  pieces_.shrink_to_fit();
  first_ = offset_ = 0;
  size_ = 0;
}

error_code Writer::write(Turn& turn) {
  while (!outbox_.empty()) {
    const auto run = outbox_.next(turn.scratch());
    error_code ec;
    std::optional<std::size_t> sent;
    if (run.text != nullptr && stream_->may_share_pages()) {
      sent = turn.shared_pages().send(stream_->tcp().value(), *run.text, run.bytes, ec);
    }
    const auto written = sent ? *sent : stream_->write_some(run.bytes, ec);
    if (ec == boost::asio::error::interrupted) continue;
    if (ec && ec != boost::asio::error::would_block) return ec;
    outbox_.consume(written);
    written_ += written;
    turn.measures().sent += written;
    if (written > 0) lag_.took(turn.now().steady);
    if (written < run.bytes.size()) {
      lag_.begin(turn.now().steady);
      waiting_ = true;
      break;
    }
  }
  return {};
}

bool Writer::shut_down(Turn& turn) {
  if (stream_->shut_down()) return true;
  lag_.begin(turn.now().steady);
  waiting_ = true;
  return false;
}

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
  const auto tcp = stream_->tcp();
  return tcp ? tcp_unacknowledged(*tcp) : 0;
}

bool Writer::has_room(std::size_t bytes) const {
  const auto tcp = stream_->tcp();
  const auto window = tcp ? tcp_window(*tcp) : std::nullopt;
  if (!window) return outbox_.empty();
  const auto under_way = unacknowledged() + outbox_.size();
  return under_way == 0 ? *window > 0 : under_way + bytes <= *window;
}

Time Writer::last_acknowledged(Time now) const {
  const auto tcp = stream_->tcp();
  return tcp ? now - tcp_silence(*tcp) : now;
}

/// Whether bytes wait because the peer's side has no space for them.
bool Writer::has_no_room() const {
  const auto tcp = stream_->tcp();
  return !outbox_.empty() || (tcp && tcp_unsent(*tcp) > 0);
}

bool Writer::makes_room(bool waits, Time now) {
  const auto tcp = stream_->tcp();
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
  const auto tcp = stream_->tcp();
  return waits && !lag_.has_made_none_for(settings_.stall, now) && (!tcp || tcp_answers(*tcp));
}

}  // namespace hubbub::net
