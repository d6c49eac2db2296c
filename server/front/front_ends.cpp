#include "server/front/front_ends.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "server/front/json/json_client.hpp"
#include "server/front/text/text_client.hpp"
#include "server/front/turn_away.hpp"

namespace hubbub::front {
namespace {

using net::Verdict;

template <std::size_t size>
Verdict begins_with_any(std::string_view bytes, const std::array<std::string_view, size>& magics) {
  auto best = Verdict::no;
  for (const auto magic : magics) best = std::max(best, net::begins_with(bytes, magic));
  return best;
}

Verdict is_json(std::string_view bytes) { return net::begins_with(bytes, "{"); }

/// A TLS handshake record of any version (RFC 8446, 5.1).
Verdict is_tls(std::string_view bytes) { return net::begins_with(bytes, "\x16\x03"); }

Verdict is_http(std::string_view bytes) {
  static constexpr std::array<std::string_view, 5> methods{"GET ", "HEAD ", "POST ", "PUT ", "OPTIONS "};
  return begins_with_any(bytes, methods);
}

Verdict is_irc(std::string_view bytes) {
  static constexpr std::array<std::string_view, 4> commands{"CAP ", "NICK ", "USER ", "PASS "};
  return begins_with_any(bytes, commands);
}

Verdict is_anything(std::string_view /*bytes*/) { return Verdict::yes; }

std::unique_ptr<net::Handler> make_json(net::Connection& connection, chat::Hub& hub) {
  return std::make_unique<JsonClient>(connection, hub);
}

net::Protocol not_spoken(std::string_view name, Verdict (*recognises)(std::string_view),
                         std::string_view line) {
  return {name, recognises, [line](net::Connection& connection, bool /*greeted*/) {
            return std::make_unique<TurnAway>(connection, line);
          }};
}

}  // namespace

net::Protocols front_ends(chat::Hub& hub) {
  return {
      {"json", is_json,
       [&hub](net::Connection& connection, bool /*greeted*/) { return make_json(connection, hub); }},
      not_spoken("tls", is_tls, "this server does not speak TLS here; connect without it\n"),
      not_spoken("http", is_http,
                 "this is a chat server and speaks no HTTP here; connect with hubbub or nc\n"),
      not_spoken("irc", is_irc, "ERROR :this server speaks no IRC here; connect with hubbub or nc\n"),
      {"text", is_anything,
       [&hub](net::Connection& connection, bool greeted) {
         return std::make_unique<TextClient>(connection, hub, greeted ? make_json : nullptr);
       }},
  };
}

}  // namespace hubbub::front
