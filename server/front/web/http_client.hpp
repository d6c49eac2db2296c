#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "server/front/web/forwarded.hpp"
#include "server/front/web/response.hpp"
#include "server/front/web/web.hpp"
#include "server/front/web/web_session.hpp"
#include "server/net/handler.hpp"

namespace hubbub::chat {
class Hub;
}
namespace hubbub::net {
class Connection;
}

namespace hubbub::front {

/// A client that speaks HTTP/1.1: each request is answered in turn, until one asks for a WebSocket, which
/// then takes the connection over.
class HttpClient final : public net::Handler {
 public:
  /// Requests of one connection. Whoever has more connects anew.
  static constexpr int most_requests = 100;

  HttpClient(net::Connection& connection, chat::Hub& hub, Web& web);

  std::size_t on_input(std::string_view bytes) override;
  bool reads_lines() const override { return false; }
  std::size_t framing_bytes() const override { return http::most_head + http::most_content; }
  bool on_end(std::string_view rest) override;
  void on_closed() override;
  bool takes_lines() const override { return false; }
  net::Time deadline() const override { return deadline_; }
  void on_deadline(net::Time now) override;
  std::string_view reason() const override { return reason_; }

 private:
  bool take(const http::Request& request);
  void begin(std::variant<http::Response, std::unique_ptr<http::Pending>> begun, bool is_last,
             bool has_content);
  bool go_on();
  void open_web_socket(const http::Request& request, const http::Response& agreed,
                       const http::Sender& sender);
  void answer(const http::Response& response, bool is_last, bool has_content);
  void refuse(int status, std::string_view why, std::string_view reason, bool has_content = true);
  void wait_for_more(bool has_begun);

  net::Connection& connection_;
  chat::Hub& hub_;
  Web& web_;
  std::optional<HalfOpenHeads::Place> half_open_;  ///< while a request has begun and not ended
  std::unique_ptr<http::Pending> pending_;         ///< the request that is being answered; nothing is read
  net::Time deadline_;
  std::string_view reason_;
  int requests_ = 0;
  bool is_last_ = false;  ///< the request that is being answered
};

}  // namespace hubbub::front
