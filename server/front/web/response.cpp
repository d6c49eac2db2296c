#include "server/front/web/response.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace hubbub::front::http {
namespace {

std::string_view phrase(int status) {
  static constexpr std::array<std::pair<int, std::string_view>, 21> phrases{
      {{101, "Switching Protocols"},
       {200, "OK"},
       {204, "No Content"},
       {304, "Not Modified"},
       {308, "Permanent Redirect"},
       {400, "Bad Request"},
       {401, "Unauthorized"},
       {403, "Forbidden"},
       {404, "Not Found"},
       {405, "Method Not Allowed"},
       {408, "Request Timeout"},
       {409, "Conflict"},
       {413, "Content Too Large"},
       {415, "Unsupported Media Type"},
       {417, "Expectation Failed"},
       {426, "Upgrade Required"},
       {429, "Too Many Requests"},
       {431, "Request Header Fields Too Large"},
       {501, "Not Implemented"},
       {503, "Service Unavailable"},
       {505, "HTTP Version Not Supported"}}};
  const auto* const found =
      std::find_if(phrases.begin(), phrases.end(), [&](const auto& row) { return row.first == status; });
  return found == phrases.end() ? std::string_view() : found->second;
}

/// As RFC 9110, 5.6.7, wants it, whatever the locale.
std::string date(std::chrono::system_clock::time_point now) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT",
                days.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                months.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900, parts.tm_hour,
                parts.tm_min, parts.tm_sec);
  return text.data();
}

}  // namespace

Response sentence(int status, std::string_view text) {
  return {.status = status, .content = std::string(text) + '\n'};
}

std::string render(const Response& response, bool is_last, bool has_content,
                   std::chrono::system_clock::time_point now) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  text.append(phrase(response.status)).append("\r\n");
  const auto field = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  field("Date", date(now));
  for (const auto& each : response.fields) field(each.name, each.value);
  if (response.status != 101) {
    // These two have no content, and a length would be that of what is not sent (RFC 9110, 8.6).
    if (response.status != 204 && response.status != 304) {
      field("Content-Type", response.type);
      field("Content-Length", std::to_string(response.size()));
    }
    const bool is_kept = std::any_of(response.fields.begin(), response.fields.end(),
                                     [](const Field& each) { return each.name == "Cache-Control"; });
    if (!is_kept) field("Cache-Control", "no-store");
    field("X-Content-Type-Options", "nosniff");
    field("Referrer-Policy", "no-referrer");
    field("Cross-Origin-Opener-Policy", "same-origin");
    field("Cross-Origin-Resource-Policy", "same-origin");
    field("Connection", is_last ? "close" : "keep-alive");
  }
  text.append("\r\n");
  if (has_content) text.append(response.content);
  return text;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    switch (byte) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += byte;
    }
  }
  return out;
}

}  // namespace hubbub::front::http
