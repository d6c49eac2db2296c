#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/json.hpp"
#include "server/chat/wire.hpp"
#include "server/front/framing.hpp"
#include "server/net/connection.hpp"
#include "server/net/handler.hpp"
#include "server/net/settings.hpp"
#include "server/net/turn.hpp"

namespace hubbub::chat {
class Hub;
class Session;
}  // namespace hubbub::chat

namespace hubbub::front {

/// How long a client may be silent. Only whole lines count: a client that sends a byte now and then is
/// as silent as one that sends none.
class Patience {
 public:
  using Time = net::Time;

  Patience(const net::Settings& settings, Time now) : settings_(settings), opened_(now), heard_(now) {}

  /// A line has come, now or at an earlier time.
  void heard(Time when) {
    if (when < heard_) return;
    heard_ = when;
    asked_ = false;
    took(when);
  }
  /// Whether it is there.
  void asked() { asked_ = true; }
  bool is_asked() const { return asked_; }
  /// The client may not have read the question yet: its silence counts from now.
  void put_off(Time now) {
    heard_ = now;
    if (doubted_ != net::never) doubted_ = now;
  }
  /// Another client claims this one's name. Returns whether to ask if it is still there: when it has been
  /// silent for `claim`, and has taken nothing since. Then it has as long again to answer.
  bool doubt(Time now, Time taken) {
    if (settings_.claim.count() == 0 || doubted_ != net::never) return false;
    if (std::max(heard_, taken) > now - settings_.claim) return false;
    doubted_ = now;
    return true;
  }

  /// Whether it was asked because of such a claim, and has yet to answer.
  bool is_doubted() const { return doubted_ != net::never; }

  /// The client has taken some of what waited for it: a sign of life, though not a line.
  void took(Time when) {
    if (when >= doubted_) doubted_ = net::never;
  }

  /// TCP says that the system of a plain-text user, who cannot be asked, answered then.
  void seen(Time when) { seen_ = std::max(seen_, when); }

  /// It has asked in time, and it is the server that takes long: from now on it has as long again.
  void begin_anew(Time now) { opened_ = now; }
  /// When a client that has not said hello is to be closed.
  Time hello_due() const { return after(opened_, settings_.hello); }
  /// When a silent client is to be closed.
  Time idle_due() const { return std::min(after(heard_, settings_.idle), after(doubted_, settings_.claim)); }
  /// When, before that, it is to be asked whether it is still there.
  Time ping_due() const { return asked_ ? net::never : after(heard_, settings_.ping); }
  /// When a plain-text user is to be closed for having typed nothing.
  Time idle_text_due() const { return after(heard_, settings_.idle_text); }
  /// When a plain-text user is to be closed because the system at the other end does not answer.
  Time gone_due() const { return after(std::max(heard_, seen_), settings_.idle); }

 private:
  static Time after(Time since, std::chrono::milliseconds patience) {
    return patience.count() == 0 || since == net::never ? net::never : since + patience;
  }

  const net::Settings& settings_;
  Time opened_;
  Time heard_;
  Time seen_ = Time::min();
  Time doubted_ = net::never;  ///< since when it has to answer a claim
  bool asked_ = false;
};

/// What every front end does with a session: one session for one connection; messages are taken in order and
/// as fast as the session allows; what does not go yet waits; the end of the input is a `quit`; a silent
/// client is asked whether it is still there, and closed if it does not answer.
class SessionClient : public net::Handler, public chat::Wire {
 public:
  SessionClient(net::Connection& connection, chat::Hub& hub);
  // net::Handler
  std::size_t on_input(std::string_view bytes) override;
  bool reads_lines() const override { return framing().is_by_line_feed(); }
  std::size_t framing_bytes() const override { return framing().most_overhead(); }
  bool on_end(std::string_view rest) override;
  void on_drained() override;
  void on_input_waits(net::Time when) override { patience_.heard(when); }
  void on_too_slow() override;
  void on_closed() override;
  std::string_view name() const override;
  std::string_view reason() const override;
  net::Time deadline() const override;
  void on_deadline(net::Time now) override;

  // chat::Wire
  std::string peer() const override { return connection_.peer().url(); }
  std::string_view address() const override { return connection_.peer().address(); }
  Privacy privacy() const override;
  void deliver(chat::Slice bytes) override { connection_.write(std::move(bytes)); }
  bool is_full() const override { return connection_.output().is_full(); }
  std::size_t unread() const override { return connection_.output().queued(); }
  std::size_t most_unread() const override { return connection_.settings().send_queue; }
  std::uint64_t delivered() const override { return connection_.output().delivered(); }
  std::uint64_t taken() const override { return connection_.output().taken(); }
  bool has_room(std::size_t bytes) const override { return connection_.has_room(bytes); }
  void when_drained() override { connection_.when_drained(); }
  void doubt() override;
  void resume() override { connection_.resume(); }
  void close() override { connection_.close(); }

 protected:
  /// Outlives the client, and is always the same object.
  virtual Framing& framing() const = 0;
  /// False: not now; the client has paused, or handed over to another handler. Not where the framing holds
  /// the beginnings of messages: it would take the next bytes for those behind this one.
  virtual bool take_message(std::string_view message) = 0;
  /// How long to wait before the next message is taken; zero: not at all. Asked anew when that time is over.
  virtual std::chrono::milliseconds pause_before_next();

  /// Hands a request to the session. One that the session refuses for now waits here, and nothing is read
  /// until it has been taken.
  void take(protocol::DecodedRequest request);
  void write(std::string text) { connection_.write(protocol::make_bytes(std::move(text))); }

  net::Connection& connection() { return connection_; }
  net::Time now() const { return connection_.turn().now().steady; }
  chat::Session& session() const { return *session_; }
  Patience& patience() { return patience_; }
  const Patience& patience() const { return patience_; }
  net::Time paused_until() const { return paused_until_; }
  /// Goes on if its pause before the next message is over. False: it is not, or there was none.
  bool goes_on(net::Time now);

 private:
  /// Whether to go on to the next message. False: the client has paused.
  bool may_read_on();
  /// Whether it is there.
  void probe();

  net::Connection& connection_;
  std::shared_ptr<chat::Session> session_;
  std::unique_ptr<std::deque<protocol::DecodedRequest>> waiting_;  ///< few, in order; null: none
  [[no_unique_address]] Patience patience_;  ///< the next members fit into its last bytes
  bool rest_taken_ = false;                  ///< the unfinished message before the end of the input was taken
  bool hung_up_ = false;                     ///< the session ends because the input has ended
  net::Time paused_until_ = net::never;      ///< never: it has not paused before the next message
};

}  // namespace hubbub::front
