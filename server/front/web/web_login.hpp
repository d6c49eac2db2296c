#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/json.hpp"
#include "protocol/secret.hpp"
#include "server/chat/wire.hpp"
#include "server/front/web/web_session.hpp"

namespace hubbub::chat {
class Session;
}

namespace hubbub::front::http {

/// A login or a registration from the page: a session that says what it is to say, one request after the
/// other's answer, and hears nothing but the answers.
class WebLogin final : public Pending, public chat::Wire {
 public:
  /// `requests`: a hello, and perhaps what follows it. `replaced`: the token that the browser has now, whose
  /// device is forgotten once there is another; empty: none.
  WebLogin(net::Connection& connection, chat::Hub& hub, const Sender& sender, protocol::Secret replaced,
           std::deque<protocol::DecodedRequest> requests);
  ~WebLogin() override;

  // Pending
  std::optional<Response> go_on() override;

  // chat::Wire
  std::string peer() const override;
  std::string_view address() const override { return address_; }
  Privacy privacy() const override;
  const chat::Format& format() const override;
  void deliver(chat::Slice bytes) override;
  bool is_full() const override { return false; }
  std::size_t unread() const override { return 0; }
  std::size_t most_unread() const override { return 0; }
  std::uint64_t delivered() const override { return delivered_; }
  std::uint64_t taken() const override { return delivered_; }
  bool has_room(std::size_t /*bytes*/) const override { return false; }
  void when_drained() override {}
  void deliver_event(const protocol::Event& event) override;
  void doubt() override {}
  void resume() override;
  void close() override {}

 private:
  void answered_with(std::string_view account, std::string token);

  net::Connection& connection_;
  chat::Hub& hub_;
  Sender sender_;
  protocol::Secret replaced_;
  std::string address_;
  std::shared_ptr<chat::Session> session_;
  std::deque<protocol::DecodedRequest> left_;  ///< to be said
  bool is_said_ = false;                       ///< one has been said and not answered
  std::uint64_t delivered_ = 0;
  std::optional<Response> response_;
};

/// The response that is the protocol's error object, with the status that it is in HTTP.
Response refusal(const protocol::event::Failure& failure);

}  // namespace hubbub::front::http
