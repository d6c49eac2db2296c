#pragma once

#include <string>

#include "protocol/secret.hpp"
#include "server/front/web/forwarded.hpp"
#include "server/front/web/request.hpp"

/// The cookie that holds the token of a browser's device (RFC 6265). No script can read it, and no other site
/// has it sent. Over TLS its name says that it came so, and for this host alone.
namespace hubbub::front::http {

/// As a Set-Cookie.
std::string set_cookie(const protocol::Secret& token, const Sender& sender);
/// As a Set-Cookie that removes it.
std::string clear_cookie(const Sender& sender);
/// What the request has; empty: none.
protocol::Secret token_in_cookie(const Request& request, const Sender& sender);

}  // namespace hubbub::front::http
