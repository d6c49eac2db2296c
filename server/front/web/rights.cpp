#include "server/front/web/rights.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <string_view>

#include "protocol/ascii.hpp"
#include "server/ops/digest.hpp"

namespace hubbub::front::http {
namespace {

std::string scheme_of(const Sender& sender) { return sender.is_encrypted ? "https" : "http"; }

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

/// Whether nobody but this machine is on the sender's way. A proxy that says nothing of whom it connects for
/// may be the machine's own, and the way to it open.
bool is_from_here(const Sender& sender) {
  return net::is_loopback(sender.endpoint) && (!sender.is_passed_on || sender.is_told);
}

}  // namespace

bool may_come_plain(const Sender& sender, const WebSettings& settings) {
  switch (settings.plain) {
    case WebSettings::Plain::anywhere:
      return true;
    case WebSettings::Plain::never:
      return false;
    case WebSettings::Plain::loopback:
      return is_from_here(sender);
  }
  return false;
}

chat::Wire::Privacy privacy_of(const Sender& sender) {
  using Privacy = chat::Wire::Privacy;
  if (sender.is_encrypted) return Privacy::nobody;
  return is_from_here(sender) ? Privacy::machine : Privacy::anybody;
}

bool may_look_inside(const Request& request, const Sender& sender, const WebSettings& settings) {
  constexpr std::string_view bearer = "bearer ";  // in any case (RFC 9110, 11.1)
  const bool is_direct = net::is_loopback(sender.endpoint) && !sender.is_passed_on;
  const bool is_by_name = !net::address_key(sender.endpoint).empty() && !is_own_host(request.host, settings);
  if (is_direct && !is_by_name) return true;
  const auto given = request.field("authorization");
  return !settings.metrics_token.empty() &&
         protocol::ascii_lower(std::string_view(given).substr(0, bearer.size())) == bearer &&
         ops::is_token(std::string_view(given).substr(bearer.size()), settings.metrics_token);
}

bool is_of_own_origin(const Request& request, const Sender& sender, const WebSettings& settings) {
  const auto origin = request.field("origin");
  return (may_be_own_host(request, sender, settings) && origin == scheme_of(sender) + "://" + request.host) ||
         (!settings.public_url.empty() && origin == settings.public_url);
}

bool is_of_known_origin(const Request& request, const Sender& sender, const WebSettings& settings) {
  const auto origin = request.field("origin");
  const auto& others = settings.origins;
  return origin.empty() || is_of_own_origin(request, sender, settings) ||
         std::find(others.begin(), others.end(), origin) != others.end();
}

// A proxy may have changed the Host, but not what the browser says.
bool is_from_own_page(const Request& request, const Sender& sender, const WebSettings& settings) {
  const bool is_told = request.field("sec-fetch-site") == "same-origin";
  return (is_told && may_be_own_host(request, sender, settings)) ||
         is_of_own_origin(request, sender, settings);
}

}  // namespace hubbub::front::http
