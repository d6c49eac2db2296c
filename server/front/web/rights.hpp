#pragma once

#include <string>

#include "server/chat/wire.hpp"
#include "server/front/web/forwarded.hpp"
#include "server/front/web/request.hpp"
#include "server/front/web/settings.hpp"

/// Who may have what, by where a request comes from and by which name and page.
namespace hubbub::front::http {

/// Whether the page, and WebSockets, are given to that sender without TLS.
bool may_come_plain(const Sender& sender, const WebSettings& settings);

/// Who can read along on the sender's whole way, as far as is known.
chat::Wire::Privacy privacy_of(const Sender& sender);

/// Whether the sender is on this machine, and no proxy is known to be between, or has the token.
bool may_look_inside(const Request& request, const Sender& sender, const WebSettings& settings);

/// Whether the Origin (RFC 6454) is this server's own; not where none is named.
bool is_of_own_origin(const Request& request, const Sender& sender, const WebSettings& settings);
/// Whether the page that opens the WebSocket may: one of this server, or of an origin that the operator has
/// named. What names none is no browser.
bool is_of_known_origin(const Request& request, const Sender& sender, const WebSettings& settings);
/// Whether a script of the server's own page has made the request, as browsers tell: by the Origin, or by
/// Sec-Fetch-Site, which no script can write.
bool is_from_own_page(const Request& request, const Sender& sender, const WebSettings& settings);

}  // namespace hubbub::front::http
