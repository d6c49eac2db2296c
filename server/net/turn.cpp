#include "server/net/turn.hpp"

#include <boost/asio/io_context.hpp>
#include <utility>

#include "server/net/connection.hpp"

namespace hubbub::net {
namespace {

// Handlers in one turn: bounds how long those who wait for the end of the turn can be kept waiting.
constexpr int most_handlers = 1024;
constexpr std::size_t scratch_bytes = std::size_t{64} * 1024;

}  // namespace

Turn::Turn(boost::asio::io_context& io, std::function<void()> end_turn)
    : io_(io), end_turn_(std::move(end_turn)) {
  scratch_.reserve(scratch_bytes);
}

void Turn::run() {
  while (!stopped_ && io_.run_one() > 0) finish();
}

void Turn::poll() {
  io_.restart();
  finish();
}

void Turn::finish() {
  for (int handled = 0; handled < most_handlers && io_.poll_one() > 0; ++handled) {
  }
  end_turn_();
  flush();
  knows_time_ = false;
}

const Turn::Clocks& Turn::now() {
  if (!knows_time_) {
    now_ = {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
    knows_time_ = true;
  }
  return now_;
}

void Turn::close_all(std::string_view last_line) {
  for (const auto& connection : open_) {
    connection->write(std::make_shared<const std::string>(last_line));
    connection->close();
  }
}

void Turn::abandon_all() {
  for (const auto& connection : std::exchange(open_, {})) connection->abandon();
}

void Turn::settings_changed() {
  for (const auto& connection : open_) connection->deadline_moved();
}

void Turn::flush() {
  flushing_.swap(marked_);
  for (const auto& connection : flushing_) connection->flush();
  flushing_.clear();
}

}  // namespace hubbub::net
