#include "server/front/web/first_page.hpp"

#include "server/front/web/response.hpp"
#include "server/ops/digest.hpp"

namespace hubbub::front::http {
namespace {

constexpr std::string_view style =
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;"
    "color:#222;background:#fff}code{background:#eee;padding:.1em .3em;border-radius:.2em}"
    "pre{background:#eee;padding:.8em;border-radius:.3em;overflow-x:auto}pre code{padding:0}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181a1b}code,pre{background:#2a2d2e}}";

/// Splits a host from its port, which is `standard` where none is named.
std::pair<std::string_view, std::string_view> host_and_port(std::string_view host,
                                                            std::string_view standard) {
  const auto colon = host.rfind(':');
  const auto bracket = host.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon);
  if (!has_port) return {host, standard};
  return {host.substr(0, colon), host.substr(colon + 1)};
}

std::string in_code(std::string_view command) { return "<pre><code>" + escaped(command) + "</code></pre>\n"; }

}  // namespace

std::string page_for(std::string_view server_name, std::string_view host, bool is_encrypted) {
  const auto [name, port] = host_and_port(host, is_encrypted ? "443" : "80");
  const std::string at = std::string(name) + ':' + std::string(port);
  auto bare = name;
  if (bare.starts_with('[') && bare.ends_with(']')) bare = bare.substr(1, bare.size() - 2);
  const std::string apart = std::string(bare) + ' ' + std::string(port);

  std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>";
  page.append(escaped(server_name)).append("</title>\n");
  page.append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<style>");
  page.append(style).append("</style>\n</head>\n<body>\n<h1>").append(escaped(server_name));
  page.append(
      "</h1>\n<p>This is a chat server. Everybody meets in the same rooms, whatever they join with.</p>\n");
  page.append("<h2>Join</h2>\n<p>With the terminal client:</p>\n");
  page.append(in_code("hubbub " + std::string(is_encrypted ? "tls://" : "") + "YOUR_NAME@" + at));
  page.append("<p>Without any:</p>\n");
  page.append(in_code(is_encrypted ? "openssl s_client -quiet -connect " + at : "nc " + apart));
  page.append("<p>A program writes and reads lines of JSON at the same address, or in a WebSocket:</p>\n");
  page.append(in_code(std::string(is_encrypted ? "wss://" : "ws://") + std::string(host) + "/ws"));
  page.append("</body>\n</html>\n");
  return page;
}

std::string page_style_source() { return "'sha256-" + ops::sha256_base64(style) + "'"; }

}  // namespace hubbub::front::http
