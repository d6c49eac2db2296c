#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hubbub::front {

/// What an operator may choose about HTTP and WebSockets. All of it may change while the daemon runs.
struct WebSettings {
  /// From where the page and WebSockets may be had without TLS.
  enum class Plain { loopback, anywhere, never };

  Plain plain = Plain::loopback;
  /// Where the page is to be had, such as "https://chat.example.org"; empty: not told.
  std::string public_url;
  /// Further origins (RFC 6454) whose pages may open a WebSocket, besides the server's own.
  std::vector<std::string> origins;
  /// Whether browsers are told to come by TLS alone (RFC 6797).
  bool hsts = false;
  /// Folder that is served at /.well-known/acme-challenge/ (RFC 8555, 8.3); empty: none.
  std::string acme_challenges;
  /// The hash of the bearer token (RFC 6750) that lets others than this machine read /health, /ready and
  /// /metrics, as "sha256:" and small hexadecimal digits. Empty: nobody else.
  std::string metrics_token;
};

constexpr std::string_view to_string(WebSettings::Plain plain) {
  switch (plain) {
    case WebSettings::Plain::loopback:
      return "loopback";
    case WebSettings::Plain::anywhere:
      return "anywhere";
    case WebSettings::Plain::never:
      return "never";
  }
  return "";
}

}  // namespace hubbub::front
