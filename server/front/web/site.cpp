#include "server/front/web/site.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <hubbub_version.hpp>
#include <utility>

#include "protocol/ascii.hpp"
#include "server/front/web/first_page.hpp"
#include "server/ops/digest.hpp"

namespace hubbub::front::http {
namespace {

constexpr std::string_view socket_path = "/ws";
constexpr std::string_view subprotocol = "hubbub.v1";
constexpr std::string_view challenges = "/.well-known/acme-challenge/";

// --- who may

std::string scheme_of(const Sender& sender) { return sender.is_encrypted ? "https" : "http"; }

bool may_come_plain(const Sender& sender, const WebSettings& settings) {
  switch (settings.plain) {
    case WebSettings::Plain::anywhere:
      return true;
    case WebSettings::Plain::never:
      return false;
    case WebSettings::Plain::loopback:
      return net::is_loopback(sender.endpoint) && (!sender.is_passed_on || sender.is_told);
  }
  return false;
}

/// The name or the address in HOST:PORT.
std::string_view without_port(std::string_view host) {
  return host.substr(0, host.find(':', host.starts_with('[') ? host.find(']') : 0));
}

/// Whether a page of that host can only be one of this machine, or of a site that the operator has named. A
/// name that somebody else gives out may lead here, too (DNS rebinding).
bool is_own_host(std::string_view host, const WebSettings& settings) {
  const auto name = without_port(host);
  const auto host_of = [](std::string_view origin) {
    const auto scheme = origin.find("://");
    return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
  };
  boost::system::error_code ec;
  const bool is_in_brackets = name.starts_with('[') && name.ends_with(']');
  boost::asio::ip::make_address(std::string(is_in_brackets ? name.substr(1, name.size() - 2) : name), ec);
  return !ec || name == "localhost" || name.ends_with(".localhost") ||
         (!name.empty() && name == without_port(host_of(settings.public_url))) ||
         std::any_of(settings.origins.begin(), settings.origins.end(),
                     [&](std::string_view origin) { return host_of(origin) == host; });
}

/// Whether the name by which a browser has come is known to be one of this server's. Over TLS the certificate
/// says so; a server that others than this machine reach without TLS may have names that it does not know.
bool may_be_own_host(const Request& request, const Sender& sender, const WebSettings& settings) {
  const bool knows_no_name = settings.plain == WebSettings::Plain::anywhere && settings.public_url.empty();
  return sender.is_encrypted || knows_no_name || is_own_host(request.host, settings);
}

/// Whether the sender is on this machine, and no proxy is known to be between, or has the token.
bool may_look_inside(const Request& request, const Sender& sender, const WebSettings& settings) {
  constexpr std::string_view bearer = "bearer ";  // in any case (RFC 9110, 11.1)
  const bool is_from_here = net::is_loopback(sender.endpoint) && !sender.is_passed_on;
  const bool is_by_name = !net::address_key(sender.endpoint).empty() && !is_own_host(request.host, settings);
  if (is_from_here && !is_by_name) return true;
  const auto given = request.field("authorization");
  return !settings.metrics_token.empty() &&
         protocol::ascii_lower(std::string_view(given).substr(0, bearer.size())) == bearer &&
         ops::is_token(std::string_view(given).substr(bearer.size()), settings.metrics_token);
}

// --- pages

Response first_page(const Request& request, const Sender& sender, const Web& web) {
  const auto& settings = web.settings;
  if (!sender.is_encrypted && !may_come_plain(sender, settings)) {
    if (settings.public_url.empty()) {
      return sentence(
          403,
          "This chat server gives its page over TLS alone. Ask its operator for the address that begins "
          "with https.");
    }
    auto moved = sentence(308, "The page is at " + settings.public_url);
    moved.fields.push_back({"Location", settings.public_url});
    return moved;
  }
  Response page{.type = "text/html; charset=utf-8",
                .content = page_for(web.server_name, request.host, sender.is_encrypted)};
  page.fields = {
      {"Cache-Control", "no-cache"},
      {"Content-Security-Policy", "default-src 'none'; style-src " + page_style_source() +
                                      "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"}};
  if (sender.is_encrypted && settings.hsts)
    page.fields.push_back({"Strict-Transport-Security", "max-age=31536000"});
  return page;
}

Response alive(const Request& /*request*/, const Sender& /*sender*/, const Web& /*web*/) {
  return sentence(200, "alive");
}

Response ready(const Request& /*request*/, const Sender& /*sender*/, const Web& web) {
  const auto why = web.not_ready();
  return why ? sentence(503, *why) : sentence(200, "ready");
}

Response metrics(const Request& /*request*/, const Sender& /*sender*/, const Web& web) {
  return {.type = "text/plain; version=0.0.4; charset=utf-8", .content = web.metrics()};
}

Response robots(const Request& /*request*/, const Sender& /*sender*/, const Web& /*web*/) {
  return {.content = "User-agent: *\nDisallow: /\n"};
}

Response icon(const Request& /*request*/, const Sender& /*sender*/, const Web& /*web*/) {
  return {.type = "image/svg+xml",
          .content = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">)"
                     R"(<path fill="#46a" d="M2 2h12v9H8l-4 4v-4H2z"/></svg>)"};
}

Response to_web_socket(const Request& /*request*/, const Sender& /*sender*/, const Web& /*web*/) {
  auto response = sentence(426, "Here is a WebSocket, for programs that speak it (RFC 6455).");
  response.fields.push_back({"Upgrade", "websocket"});
  return response;
}

/// The beginning of a file; empty: there is none, or it is a link, a pipe or the like.
std::string contents(const std::string& path, std::size_t most) {
  const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat status {};
  std::string bytes;
  if (file >= 0 && ::fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
    bytes.resize(most);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(file, bytes.data(), bytes.size()), 0)));
  }
  if (file >= 0) ::close(file);
  return bytes;
}

/// What an ACME client has put there for the authority (RFC 8555, 8.3). A token has the characters of
/// base64url alone, and so leads nowhere else.
Response challenge(std::string_view token, const WebSettings& settings) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr std::size_t most = 4096;
  const bool is_token = !token.empty() && token.find_first_not_of(allowed) == std::string_view::npos;
  if (settings.acme_challenges.empty() || !is_token) return sentence(404, "There is nothing here.");
  auto content = contents(settings.acme_challenges + '/' + std::string(token), most);
  if (content.empty()) return sentence(404, "There is no such challenge.");
  return {.type = "application/octet-stream", .content = std::move(content)};
}

struct Route {
  std::string_view path;
  bool is_inside;  ///< for those who may look inside alone
  Response (*respond)(const Request& request, const Sender& sender, const Web& web);
};
constexpr std::array<Route, 8> routes{{{"/", false, first_page},
                                       {"/index.html", false, first_page},
                                       {"/robots.txt", false, robots},
                                       {"/favicon.ico", false, icon},
                                       {socket_path, false, to_web_socket},
                                       {"/health", true, alive},
                                       {"/ready", true, ready},
                                       {"/metrics", true, metrics}}};

// --- WebSocket

/// Whether it is 16 bytes in base64 (RFC 6455, 4.1).
bool is_web_socket_key(std::string_view key) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return key.size() == 24 && key.ends_with("==") &&
         key.substr(0, 22).find_first_not_of(alphabet) == std::string_view::npos;
}

/// What the server proves with that it has read the key (RFC 6455, 4.2.2).
std::string web_socket_accept(std::string_view key) {
  return ops::sha1_base64(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
}

/// Whether the page that opens the WebSocket may: one of this server, or of an origin that the operator has
/// named. What names none is no browser.
bool is_of_known_origin(const Request& request, const Sender& sender, const WebSettings& settings) {
  const auto origin = request.field("origin");
  const auto& others = settings.origins;
  return origin.empty() ||
         (may_be_own_host(request, sender, settings) && origin == scheme_of(sender) + "://" + request.host) ||
         (!settings.public_url.empty() && origin == settings.public_url) ||
         std::find(others.begin(), others.end(), origin) != others.end();
}

}  // namespace

Response respond(const Request& request, const Sender& sender, const Web& web) {
  const bool is_read = request.method == Method::get || request.method == Method::head;
  const std::string_view path = request.path;
  if (path.starts_with(challenges) && is_read) return challenge(path.substr(challenges.size()), web.settings);
  const auto* const route =
      std::find_if(routes.begin(), routes.end(), [&](const Route& row) { return row.path == path; });
  if (route == routes.end()) return sentence(404, "There is nothing here.");
  if (!is_read) {
    auto refused = sentence(405, "This can be read alone.");
    refused.fields.push_back({"Allow", "GET, HEAD"});
    return refused;
  }
  if (route->is_inside && !may_look_inside(request, sender, web.settings)) {
    return sentence(403,
                    "This is for the machine that the server is on, as localhost, and for whoever has the "
                    "token (web.metrics_token).");
  }
  return route->respond(request, sender, web);
}

bool asks_for_web_socket(const Request& request) {
  return request.path == socket_path && request.method == Method::get && request.is_of_1_1 &&
         request.lists("connection", "upgrade") && request.lists("upgrade", "websocket");
}

Response respond_to_upgrade(const Request& request, const Sender& sender, const WebSettings& settings) {
  if (request.field("sec-websocket-version") != "13") {
    auto refused = sentence(426, "This server speaks version 13 of the WebSocket protocol.");
    refused.fields.push_back({"Sec-WebSocket-Version", "13"});
    return refused;
  }
  const auto key = request.field("sec-websocket-key");
  if (!is_web_socket_key(key)) return sentence(400, "The Sec-WebSocket-Key is not 16 bytes in base64.");
  if (!sender.is_encrypted && !may_come_plain(sender, settings))
    return sentence(403, "This server takes WebSockets over TLS alone; connect with wss.");
  if (!is_of_known_origin(request, sender, settings)) {
    return sentence(403,
                    "A page of this origin may not connect here; the operator can name it in web.origins.");
  }
  Response response{.status = 101,
                    .fields = {{"Upgrade", "websocket"},
                               {"Connection", "Upgrade"},
                               {"Sec-WebSocket-Accept", web_socket_accept(key)}}};
  if (request.field("sec-websocket-protocol").empty()) return response;
  if (!request.lists("sec-websocket-protocol", subprotocol))
    return sentence(400, "The subprotocol here is hubbub.v1.");
  response.fields.push_back({"Sec-WebSocket-Protocol", std::string(subprotocol)});
  return response;
}

}  // namespace hubbub::front::http
