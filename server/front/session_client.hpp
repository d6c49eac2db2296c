#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/json.hpp"
#include "server/chat/wire.hpp"
#include "server/front/framing.hpp"
#include "server/front/patience.hpp"
#include "server/net/handler.hpp"

namespace hubbub::chat {
class Hub;
class Session;
}  // namespace hubbub::chat

namespace hubbub::net {
class Connection;
}

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
  std::string peer() const override;
  std::string_view address() const override;
  void deliver(chat::Slice bytes) override;
  bool is_full() const override;
  std::size_t unread() const override;
  std::size_t most_unread() const override;
  std::uint64_t delivered() const override;
  std::uint64_t taken() const override;
  bool has_room(std::size_t bytes) const override;
  void when_drained() override;
  void doubt() override;
  void resume() override;
  void close() override;

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
  void write(std::string text);

  net::Connection& connection() { return connection_; }
  net::Time now() const;
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
