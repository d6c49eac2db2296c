#include "server/front/web/site.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <hubbub_version.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/front/web/first_page.hpp"
#include "server/front/web/rights.hpp"
#include "server/ops/digest.hpp"

namespace hubbub::front::http {
namespace {

constexpr std::string_view socket_path = "/ws";
constexpr std::string_view subprotocol = "hubbub.v1";
constexpr std::string_view challenges = "/.well-known/acme-challenge/";

bool is_read(const Request& request) {
  return request.method == Method::get || request.method == Method::head;
}

// --- pages

/// Nothing: it may be given in the clear, or need not.
std::optional<Response> turned_away(const Sender& sender, const WebSettings& settings) {
  if (sender.is_encrypted || may_come_plain(sender, settings)) return std::nullopt;
  if (settings.public_url.empty()) {
    return sentence(403,
                    "This chat server gives its page over TLS alone. Ask its operator for the address that "
                    "begins with https.");
  }
  auto moved = sentence(308, "The page is at " + settings.public_url);
  moved.fields.push_back({"Location", settings.public_url});
  return moved;
}

/// The fields that every document of the server has: what it may load, and from where.
std::vector<Field> fields_of_page(std::string policy, const Sender& sender, const WebSettings& settings) {
  std::vector<Field> fields{{"Content-Security-Policy", std::move(policy)},
                            {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"}};
  if (sender.is_encrypted && settings.hsts)
    fields.push_back({"Strict-Transport-Security", "max-age=31536000"});
  return fields;
}

/// Where the daemon has no page.
Response first_page(const Request& request, const Sender& sender, const Web& web) {
  if (auto elsewhere = turned_away(sender, web.settings)) return *std::move(elsewhere);
  Response page{.type = "text/html; charset=utf-8",
                .content = page_for(web.server_name, request.host, sender.is_encrypted)};
  page.fields = fields_of_page("default-src 'none'; style-src " + page_style_source() +
                                   "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                               sender, web.settings);
  page.fields.push_back({"Cache-Control", "no-cache"});
  return page;
}

/// What the page may load, and where it may connect: here. Not each browser takes 'self' for WebSockets, too.
std::string page_policy(const Request& request, const Sender& sender) {
  const std::string socket = (sender.is_encrypted ? "wss://" : "ws://") + request.host;
  return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
         "'self' " +
         socket +
         "; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors "
         "'none'; require-trusted-types-for 'script'; trusted-types hubbub";
}

Response read_only() {
  auto refused = sentence(405, "This can be read alone.");
  refused.fields.push_back({"Allow", "GET, HEAD"});
  return refused;
}

/// Nothing: the page has no file at that path.
std::optional<Response> page_file(const Request& request, const Sender& sender, const Web& web) {
  const std::string_view path = request.path == "/" ? std::string_view("/index.html") : request.path;
  auto form = web.page.find(path, request.field("accept-encoding"));
  if (!form) return std::nullopt;
  if (!is_read(request)) return read_only();
  if (auto elsewhere = turned_away(sender, web.settings)) return elsewhere;
  Response file{.type = std::string(form->type)};
  file.fields = fields_of_page(page_policy(request, sender), sender, web.settings);
  file.fields.push_back(
      {"Cache-Control", form->is_for_ever ? "public, max-age=31536000, immutable" : "no-cache"});
  file.fields.push_back({"ETag", form->tag});
  file.fields.push_back({"Vary", "Accept-Encoding"});
  if (names_tag(request.field("if-none-match"), form->tag)) {
    file.status = 304;
    return file;
  }
  if (!form->encoding.empty()) file.fields.push_back({"Content-Encoding", std::string(form->encoding)});
  file.shared = std::move(form->bytes);
  return file;
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

}  // namespace

Response respond(const Request& request, const Sender& sender, const Web& web) {
  const std::string_view path = request.path;
  if (path.starts_with(challenges) && is_read(request))
    return challenge(path.substr(challenges.size()), web.settings);
  if (auto file = page_file(request, sender, web)) return *std::move(file);
  const auto* const route =
      std::find_if(routes.begin(), routes.end(), [&](const Route& row) { return row.path == path; });
  if (route == routes.end()) return sentence(404, "There is nothing here.");
  if (!is_read(request)) return read_only();
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
