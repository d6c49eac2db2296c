#include "server/front/session_client.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "server/chat/hub.hpp"
#include "server/chat/session.hpp"
#include "server/net/peer.hpp"

namespace hubbub::front {
namespace {

using protocol::Code;
namespace event = protocol::event;

/// The end of the input is handled as a `quit`, whose text then is the server's.
protocol::DecodedRequest hang_up() {
  return protocol::Request{.body = protocol::request::Quit{.text = "disconnected"}, .ref = {}};
}

}  // namespace

SessionClient::SessionClient(net::Connection& connection, chat::Hub& hub)
    : connection_(connection),
      session_(hub.open(*this, connection.peer().number(), connection.peer().address())),
      patience_(connection.settings(), connection.turn().now().steady) {}

std::size_t SessionClient::on_input(std::string_view bytes) {
  while (waiting_) {
    if (!may_read_on()) return 0;
    if (!session_->handle(waiting_->front())) {
      connection_.pause();
      return 0;
    }
    waiting_->pop_front();
    if (waiting_->empty()) waiting_.reset();
  }
  const auto most = connection_.settings().line_bytes;
  std::size_t used = 0;
  while (!session_->is_closed() && !waiting_ && !connection_.output().is_congested() && may_read_on()) {
    auto next = framing().cut(bytes.substr(used), most);
    if (!next.reply.empty()) write(std::move(next.reply));
    if (next.too_long) {
      session_->close({Code::line_too_long, "a line may have " + std::to_string(most) + " bytes at most"});
    }
    if (next.ended) {
      hung_up_ = true;
      take(hang_up());
      return used + next.used;
    }
    if (!next.message) {
      used += next.used;
      break;
    }
    patience_.heard(now());
    if (!take_message(*next.message)) break;
    used += next.used;
  }
  return used;
}

std::chrono::milliseconds SessionClient::pause_before_next() { return session_->take_rest(); }

bool SessionClient::may_read_on() {
  if (paused_until_ == net::never) {
    const auto wait = pause_before_next();
    if (wait.count() == 0) return true;
    paused_until_ = now() + wait;
    connection_.deadline_moved();
  }
  // It may have been told to go on for another reason.
  connection_.pause();
  return false;
}

bool SessionClient::goes_on(net::Time now) {
  if (now < paused_until_) return false;
  paused_until_ = net::never;
  connection_.resume();
  return true;
}

void SessionClient::take(protocol::DecodedRequest request) {
  if (!waiting_ && session_->handle(request)) return;
  if (!waiting_) waiting_ = std::make_unique<std::deque<protocol::DecodedRequest>>();
  waiting_->push_back(std::move(request));
  connection_.pause();
}

bool SessionClient::on_end(std::string_view rest) {
  const auto last = rest_taken_ ? std::nullopt : framing().last(rest);
  if (last && !take_message(*last)) return false;
  rest_taken_ = true;
  if (!waiting_) {
    hung_up_ = true;
    take(hang_up());
  }
  return !waiting_;
}

chat::Wire::Privacy SessionClient::privacy() const {
  if (connection_.stream().is_encrypted()) return Privacy::nobody;
  return net::is_loopback(connection_.peer().endpoint()) ? Privacy::machine : Privacy::anybody;
}

void SessionClient::on_too_slow() {
  session_->close({Code::too_slow, "you did not read what was sent to you; come back for what you missed"});
}

void SessionClient::on_closed() { session_->end("disconnected"); }

std::string_view SessionClient::name() const {
  return session_->is_welcome() ? std::string_view(session_->name().shown) : std::string_view();
}

std::string_view SessionClient::reason() const {
  const auto word = session_->closing_word();
  return hung_up_ && word == to_string(Code::quit) ? "end_of_input" : word;
}

// --- whether it is there

net::Time SessionClient::deadline() const {
  const auto next = session_->is_welcome() ? patience_.ping_due() : patience_.hello_due();
  return std::min({next, patience_.idle_due(), paused_until_});
}

void SessionClient::on_deadline(net::Time now) {
  if (goes_on(now)) return;
  patience_.took(connection_.output().last_taken());
  if (patience_.is_asked() && connection_.output().may_be_reading(now)) patience_.put_off(now);
  if (!session_->is_welcome() && now >= patience_.hello_due()) {
    if (session_->answers().any()) return patience_.begin_anew(now);
    session_->close({Code::hello_timeout, "no hello came in time"});
  } else if (now >= patience_.idle_due()) {
    session_->close({Code::idle_timeout,
                     patience_.is_doubted()
                         ? "your side did not answer in time whether it is there, which others wanted to know"
                         : "nothing came from you for too long; send a ping now and then"});
  } else if (session_->is_welcome() && now >= patience_.ping_due()) {
    probe();
  }
}

void SessionClient::probe() {
  connection_.output().before_question(now());
  session_->delivery().tell({.body = event::Ping{}, .ref = {}});
  patience_.asked();
}

void SessionClient::doubt() {
  if (!patience_.doubt(now(), connection_.output().last_taken())) return;
  probe();
  connection_.deadline_moved();
}

void SessionClient::on_drained() { session_->go_on(); }

}  // namespace hubbub::front
