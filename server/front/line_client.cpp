#include "server/front/line_client.hpp"

#include <string>
#include <utility>

#include "server/chat/hub.hpp"
#include "server/chat/session.hpp"
#include "server/net/connection.hpp"
#include "server/net/turn.hpp"

namespace hubbub::front {
namespace {

using protocol::Code;

/// The end of the input means what `quit` means, but nobody said so.
protocol::DecodedRequest hang_up() {
  return protocol::Request{.body = protocol::request::Quit{.text = "disconnected"}, .ref = {}};
}

}  // namespace

LineClient::LineClient(net::Connection& connection, chat::Hub& hub)
    : connection_(connection),
      session_(hub.open(*this, connection.peer().number(), connection.peer().address())),
      patience_(connection.settings(), connection.turn().now().steady) {}

std::size_t LineClient::on_input(std::string_view bytes) {
  if (waiting_) {
    if (!may_read_on()) return 0;
    if (!session_->handle(*waiting_)) {
      connection_.pause();
      return 0;
    }
    waiting_.reset();
  }
  protocol::LineSplitter lines(bytes, connection_.settings().line_bytes, line_ending());
  std::size_t used = 0;
  while (!session_->is_closed() && !waiting_ && !connection_.output().is_congested() && may_read_on()) {
    const auto line = lines.next();
    if (!line) break;
    patience_.heard(now());
    if (!take_line(*line)) break;
    used = lines.consumed();
  }
  if (lines.too_long()) {
    const auto most = std::to_string(connection_.settings().line_bytes);
    session_->close({Code::line_too_long, "a line may have " + most + " bytes at most"});
  }
  return used;
}

void LineClient::take(protocol::DecodedRequest request) {
  if (session_->handle(request)) return;
  waiting_ = std::make_unique<protocol::DecodedRequest>(std::move(request));
  connection_.pause();
}

bool LineClient::on_end(std::string_view rest) {
  if (!rest_taken_ && !rest.empty() && !take_line(rest)) return false;
  rest_taken_ = true;
  if (!waiting_) {
    hung_up_ = true;
    take(hang_up());
  }
  return !waiting_;
}

void LineClient::on_too_slow() {
  session_->close({Code::too_slow, "you did not read what was sent to you; come back for what you missed"});
}

void LineClient::on_closed() { session_->end("disconnected"); }

std::string_view LineClient::name() const {
  return session_->is_welcome() ? std::string_view(session_->name().shown) : std::string_view();
}

std::string_view LineClient::reason() const {
  const auto word = session_->closing_word();
  return hung_up_ && word == to_string(Code::quit) ? "end_of_input" : word;
}

std::string LineClient::peer() const { return connection_.peer().url(); }

std::string_view LineClient::address() const { return connection_.peer().address(); }

void LineClient::deliver(chat::Slice bytes) { connection_.write(std::move(bytes)); }

bool LineClient::is_full() const { return connection_.output().is_full(); }

std::size_t LineClient::unread() const { return connection_.output().queued(); }

std::size_t LineClient::most_unread() const { return connection_.settings().send_queue; }

std::uint64_t LineClient::delivered() const { return connection_.output().delivered(); }

std::uint64_t LineClient::taken() const { return connection_.output().taken(); }

bool LineClient::has_room(std::size_t bytes) const { return connection_.has_room(bytes); }

void LineClient::when_drained() { connection_.when_drained(); }

void LineClient::on_drained() { session_->go_on(); }

void LineClient::resume() { connection_.resume(); }

void LineClient::close() { connection_.close(); }

void LineClient::write(std::string text) { connection_.write(protocol::make_bytes(std::move(text))); }

net::Time LineClient::now() const { return connection_.turn().now().steady; }

}  // namespace hubbub::front
