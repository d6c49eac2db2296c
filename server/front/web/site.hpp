#pragma once

#include <optional>
#include <string_view>

#include "server/front/web/forwarded.hpp"
#include "server/front/web/request.hpp"
#include "server/front/web/response.hpp"
#include "server/front/web/web.hpp"

/// What is where: requests into responses.
namespace hubbub::front::http {

/// The response to any request but one for a WebSocket.
Response respond(const Request& request, const Sender& sender, const Web& web);

/// Whether the request is one for a WebSocket: of the path of one, and with the fields that ask for it.
bool asks_for_web_socket(const Request& request);
/// The response to that: 101, or why there is none (RFC 6455, 4.2.2).
Response respond_to_upgrade(const Request& request, const Sender& sender, const WebSettings& settings);

}  // namespace hubbub::front::http
