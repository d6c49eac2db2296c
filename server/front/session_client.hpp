#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/json.hpp"
#include "server/chat/wire.hpp"
#include "server/front/framing.hpp"
#include "server/front/patience.hpp"
#include "server/net/connection.hpp"
#include "server/net/handler.hpp"
#include "server/net/turn.hpp"

namespace hubbub::chat {
class Hub;
class Session;
}  // namespace hubbub::chat

namespace hubbub::front {

/// What every front end does with a session: one for one connection, messages taken in order and as fast as
/// the session allows, one request that waits at most, the end of the input as a `quit`; and the question
/// whether a silent client is still there, and the end of one that does not answer.
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
  /// Outlives the client, and is always the same.
  virtual Framing& framing() const = 0;
  /// False: not now; it has paused, or handed over to another handler.
  virtual bool take_message(std::string_view message) = 0;
  /// Whether to go on to the next message. False: it has paused.
  virtual bool may_read_on() { return true; }

  /// Hands a request to the session; one that the session refuses for now waits here, and nothing is
  /// read until it has been taken.
  void take(protocol::DecodedRequest request);
  void write(std::string text) { connection_.write(protocol::make_bytes(std::move(text))); }

  net::Connection& connection() { return connection_; }
  net::Time now() const { return connection_.turn().now().steady; }
  chat::Session& session() const { return *session_; }
  Patience& patience() { return patience_; }
  const Patience& patience() const { return patience_; }

 private:
  /// Whether it is there.
  void probe();

  net::Connection& connection_;
  std::shared_ptr<chat::Session> session_;
  std::unique_ptr<protocol::DecodedRequest> waiting_;
  [[no_unique_address]] Patience patience_;  ///< what follows fits into its last bytes
  bool rest_taken_ = false;                  ///< the unfinished message before the end of the input was taken
  bool hung_up_ = false;                     ///< it leaves because its input has ended
};

}  // namespace hubbub::front
