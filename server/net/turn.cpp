#include "server/net/turn.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "server/net/connection.hpp"

namespace hubbub::net {
namespace {

constexpr std::size_t scratch_bytes = std::size_t{64} * 1024;
constexpr std::size_t input_bytes = std::size_t{64} * 1024;

}  // namespace

Turn::Turn(boost::asio::io_context& io, std::function<void()> end_turn, int handlers)
    : io_(io), most_handlers_(handlers), end_turn_(std::move(end_turn)), input_(input_bytes), timer_(io) {
  scratch_.reserve(scratch_bytes);
}

Turn::~Turn() { abandon_all(); }

void Turn::run() {
  while (!stopped_ && io_.run_one() > 0) finish();
}

void Turn::poll() {
  io_.restart();
  finish();
}

void Turn::finish() {
  for (int handled = 0; handled < most_handlers_ && io_.poll_one() > 0; ++handled) {
  }
  end_turn_();
  flushing_.swap(marked_);
  shared_pages_.open();
  for (auto* connection : flushing_) {
    if (connection != nullptr) connection->flush();
  }
  flushing_.clear();
  shared_pages_.close();
  for (auto& act : std::exchange(later_, {})) boost::asio::post(io_, std::move(act));
  if (began_ != never) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
    measures_.turn_seconds.observe(took.count());
    began_ = never;
  }
  knows_time_ = false;
}

const Turn::Clocks& Turn::now() {
  if (!knows_time_) {
    now_ = {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
    began_ = std::min(began_, now_.steady);
    knows_time_ = true;
  }
  return now_;
}

void Turn::close_all(std::string_view last_line) {
  for (const auto& connection : open_) {
    if (connection->takes_lines()) connection->write(protocol::make_bytes(std::string(last_line)));
    connection->close();
  }
}

void Turn::abandon_all() {
  marked_.clear();
  for (auto* all : {&open_, &broken_}) {
    for (const auto& connection : std::exchange(*all, {})) connection->abandon();
  }
}

void Turn::settings_changed() {
  for (const auto& connection : open_) connection->deadline_moved();
}

std::size_t Turn::outbox_bytes() const {
  std::size_t bytes = 0;
  for (const auto& connection : open_) bytes += connection->output().queued();
  return bytes;
}

void Turn::opened(ConnectionPtr connection) { open_.insert(std::move(connection)); }

void Turn::closed(const ConnectionPtr& connection) {
  broken_.insert(connection);
  open_.erase(connection);
}

void Turn::told(const ConnectionPtr& connection) { broken_.erase(connection); }

/// Seldom: few break in the turn in which something was queued for them.
void Turn::unmark(const Connection& connection) {
  for (auto* list : {&marked_, &flushing_}) {
    std::replace(list->begin(), list->end(), const_cast<Connection*>(&connection),
                 static_cast<Connection*>(nullptr));
  }
}

// --- time

void Turn::wake_at(Connection& connection, Time due) {
  Deadline& deadline = connection;
  deadline.unlink();
  deadline.due = due;
  if (due == never) return;
  if (due <= told_) deadline.due = told_ + Time::duration{1};
  deadlines_.insert(deadline);
  if (deadline.due < armed_for_) arm_timer();
}

void Turn::arm_timer() {
  armed_for_ = deadlines_.empty() ? never : deadlines_.begin()->due;
  if (armed_for_ == never) return;
  timer_.expires_at(armed_for_);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) wake_due();
  });
}

void Turn::wake_due() {
  // The time of this turn may be from before the timer went off: by that, nothing would be due yet, and the
  // timer would go off again at once.
  knows_time_ = false;
  told_ = now().steady;
  while (!deadlines_.empty() && deadlines_.begin()->due <= told_) {
    auto& connection = static_cast<Connection&>(*deadlines_.begin());
    wake_at(connection, never);
    connection.on_due();
  }
  told_ = Time::min();
  arm_timer();
}

}  // namespace hubbub::net
