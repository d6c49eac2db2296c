#include "client/script/script.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "client/script/output.hpp"
#include "hubbub_version.hpp"

namespace hubbub::client {

namespace asio = boost::asio;

namespace {

/// Nobody is there to end it, so it ends by itself when the server stays away.
constexpr std::chrono::minutes offline{2};

}  // namespace

Script::Script(const Options& options) : options_(options), input_(io_.get_executor()), room_(io_) {}

int Script::run() {
  Settings settings;
  settings.address = options_.address;
  settings.profile.rooms = options_.rooms;
  settings.profile.replay = replay();
  settings.profile.program = std::string("hubbub/") + version;
  settings.patience.offline = offline;
  connection_ = Connection::open(io_.get_executor(), std::move(settings), *this);
  io_.run();
  return status_;
}

void Script::on_ready() {
  if (std::exchange(ready_, true)) return;
  asio::co_spawn(
      io_, [this] { return take_all(); },
      [](const std::exception_ptr& mistake) {
        if (mistake) std::rethrow_exception(mistake);
      });
}

asio::awaitable<void> Script::take_all() {
  while (auto line = co_await next_line()) {
    while (!take(*line)) {
      room_.expires_at(std::chrono::steady_clock::time_point::max());
      co_await room_.async_wait(asio::as_tuple(asio::use_awaitable));
      if (ended_) co_return;
    }
  }
  if (std::exchange(ended_, true)) co_return;
  quit_when_done();
}

void Script::on_answered() {
  if (!connection_->full()) room_.cancel();
  quit_when_done();
}

void Script::quit_when_done() {
  if (ended_ && connection_->outstanding() == 0) connection_->quit();
}

void Script::on_link_lost(std::string_view why, std::chrono::milliseconds) {
  if (!std::exchange(offline_, true))
    complain("the connection is lost: " + std::string(why) + "; trying again");
}

void Script::on_link_back() {
  offline_ = false;
  complain("connected again");
}

void Script::on_closed(Ending ending, std::string_view sentence) {
  if (ending == Ending::closed) fail(sentence);
  stop();
}

void Script::print(std::string_view bytes) {
  // Whoever read this has seen enough, as with `| head`.
  if (!bytes.empty() && !write_out(bytes)) stop();
}

void Script::fail(std::string_view sentence) {
  status_ = 1;
  complain(sentence);
}

void Script::stop() {
  ended_ = true;
  connection_->stop();
  io_.stop();
}

}  // namespace hubbub::client
