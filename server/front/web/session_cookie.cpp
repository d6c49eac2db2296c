#include "server/front/web/session_cookie.hpp"

#include <chrono>
#include <string_view>

#include "server/front/web/field_text.hpp"

namespace hubbub::front::http {
namespace {

// The longest that browsers keep one. How long the token is accepted is for the server to say.
constexpr std::chrono::days kept{400};

// What begins with __Host- is taken by browsers only if it is Secure, which plain HTTP has none of.
std::string_view name_for(const Sender& sender) { return sender.is_encrypted ? "__Host-hubbub" : "hubbub"; }

std::string cookie(std::string_view value, std::chrono::seconds age, const Sender& sender) {
  std::string text(name_for(sender));
  text.append("=").append(value).append("; Path=/; ");
  if (sender.is_encrypted) text.append("Secure; ");
  return text.append("HttpOnly; SameSite=Strict; Max-Age=").append(std::to_string(age.count()));
}

}  // namespace

std::string set_cookie(const protocol::Secret& token, const Sender& sender) {
  return cookie(token.text(), kept, sender);
}

std::string clear_cookie(const Sender& sender) { return cookie({}, std::chrono::seconds(0), sender); }

protocol::Secret token_in_cookie(const Request& request, const Sender& sender) {
  const auto field = request.field("cookie");
  const auto name = name_for(sender);
  // Browsers send one field (RFC 6265, 5.4). A comma in it belongs to a value, which may be of somebody else.
  std::string_view token;
  for (const auto pair : split(field, ';')) {
    if (pair.size() <= name.size() || !pair.starts_with(name) || pair[name.size()] != '=') continue;
    const auto value = pair.substr(name.size() + 1);
    // Two that differ: one is not of this server.
    if (!token.empty() && token != value) return {};
    token = value;
  }
  return protocol::Secret(std::string(token));
}

}  // namespace hubbub::front::http
