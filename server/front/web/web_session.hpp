#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "server/front/web/forwarded.hpp"
#include "server/front/web/request.hpp"
#include "server/front/web/response.hpp"
#include "server/front/web/web.hpp"

namespace hubbub::chat {
class Hub;
}
namespace hubbub::net {
class Connection;
}

/// POST and DELETE of /session: logging in and out from the page, which never sees the token.
namespace hubbub::front::http {

inline constexpr std::string_view session_path = "/session";

/// A request whose response is not known yet. Its connection is told to resume when there is more to do; its
/// end, before the response is known, gives it up.
class Pending {
 public:
  Pending() = default;
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  virtual ~Pending() = default;

  /// Does what can be done now. Nothing: the response is yet to come.
  virtual std::optional<Response> go_on() = 0;
};

/// Answers a request for /session, or begins to. A login goes through the chat as everybody's does: as a
/// session of this connection, which ends when the answer is known.
std::variant<Response, std::unique_ptr<Pending>> begin_session(const Request& request, const Sender& sender,
                                                               const WebSettings& settings, chat::Hub& hub,
                                                               net::Connection& connection);

}  // namespace hubbub::front::http
