#pragma once

#include <memory>
#include <string_view>

#include "protocol/secret.hpp"
#include "server/front/json/json_client.hpp"
#include "server/front/web/frames.hpp"

namespace hubbub::front {

/// How messages lie in a WebSocket: lines in text messages (RFC 6455).
class WebSocketFraming final : public Framing {
 public:
  Cut cut(std::string_view bytes, std::size_t most) override;
  std::optional<std::string_view> last(std::string_view /*rest*/) override { return std::nullopt; }
  void frame(std::string& out, std::size_t begin) const override { frame_text(out, begin); }
  bool is_by_line_feed() const override { return false; }
  std::size_t most_overhead() const override;

  /// Why the client's side has ended; nothing: it has not.
  struct End {
    CloseCode code = CloseCode::normal;
    std::string_view fault{};  ///< of the client, a sentence; empty: it has closed
  };
  const std::optional<End>& end() const { return end_; }

 private:
  FrameReader reader_;
  std::optional<End> end_;
};

/// A client that speaks JSON over a WebSocket.
class WebSocketClient final : public JsonClient {
 public:
  /// `privacy`: of the whole way, as far as is known, which a proxy may be on. `token`: the cookie's, by
  /// which a hello without a password or a token logs in; empty: there is none.
  WebSocketClient(net::Connection& connection, chat::Hub& hub, Privacy privacy, protocol::Secret token);

  Privacy privacy() const override { return privacy_; }
  void deliver_event(const protocol::Event& event) override;
  void close() override;
  std::string_view front() const override { return "websocket"; }
  std::string_view reason() const override;

 private:
  bool take_message(std::string_view message) override;

  WebSocketFraming framing_;
  const JsonWire wire_;
  std::unique_ptr<const protocol::Secret> token_;  ///< until one is welcome, or it is not accepted
  Privacy privacy_;
  bool is_token_tried_ = false;  ///< by the last hello
};

}  // namespace hubbub::front
