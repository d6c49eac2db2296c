#include "server/front/web/request.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <optional>

#include "protocol/ascii.hpp"
#include "protocol/text.hpp"

namespace hubbub::front::http {
namespace {

namespace beast = boost::beast::http;
using Head = beast::request<beast::empty_body>;

constexpr std::string_view end_of_head = "\r\n\r\n";
constexpr Refusal no_such_version{505, "this server speaks HTTP/1.1"};
constexpr Refusal no_transfer_encoding{501, "this server takes no Transfer-Encoding; send a Content-Length"};

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// Whether a line of the head is ended by a bare line feed, or goes on in the next one. Both are understood
/// differently by different servers (RFC 9112, 2.2 and 5.2).
bool has_doubtful_lines(std::string_view head) {
  for (auto end = head.find('\n'); end != std::string_view::npos; end = head.find('\n', end + 1)) {
    const bool is_bare = end == 0 || head[end - 1] != '\r';
    const bool goes_on = end + 1 < head.size() && (head[end + 1] == ' ' || head[end + 1] == '\t');
    if (is_bare || goes_on) return true;
  }
  return false;
}

/// A host and perhaps a port (RFC 9110, 7.2), of the characters that names and addresses have.
bool is_host(std::string_view host) {
  const auto belongs = [](char byte) {
    const char letter = protocol::ascii_lower(byte);
    return (letter >= 'a' && letter <= 'z') || (byte >= '0' && byte <= '9') ||
           std::string_view("-._:[]").find(byte) != std::string_view::npos;
  };
  constexpr std::size_t longest = 255 + 6;
  return !host.empty() && host.size() <= longest && std::all_of(host.begin(), host.end(), belongs);
}

Method method_of(beast::verb verb) {
  switch (verb) {
    case beast::verb::get:
      return Method::get;
    case beast::verb::head:
      return Method::head;
    case beast::verb::post:
      return Method::post;
    case beast::verb::delete_:
      return Method::remove;
    default:
      return Method::other;
  }
}

/// Of the content, which only a POST has; nothing: what is wrong with it is in `refusal`.
std::optional<std::size_t> content_length(const Head& head, Refusal& refusal) {
  if (head.count(beast::field::transfer_encoding) > 0) {
    refusal = no_transfer_encoding;
    return std::nullopt;
  }
  if (head.count(beast::field::content_length) == 0) return 0;
  const auto length = protocol::number_in<std::size_t>(view(head[beast::field::content_length]));
  if (!length || head.count(beast::field::content_length) > 1) {
    refusal = {400, "the Content-Length is not one number"};
  } else if (head.method() != beast::verb::post) {
    refusal = {400, "only a POST may have a Content-Length"};
  } else if (*length > most_content) {
    refusal = {413, "the content is too long"};
  } else {
    return length;
  }
  return std::nullopt;
}

/// What is wrong with the head as a whole, if anything.
std::optional<Refusal> fault_of(const Head& head) {
  if (head.version() != 10 && head.version() != 11) return no_such_version;
  if (std::distance(head.begin(), head.end()) > static_cast<std::ptrdiff_t>(most_fields))
    return Refusal{431, "the request has too many fields"};
  if (!view(head.target()).starts_with('/'))
    return Refusal{400, "the target of a request is a path here, which begins with a slash"};
  if (head.count(beast::field::host) != 1 || !is_host(view(head[beast::field::host])))
    return Refusal{400, "a request names exactly one Host"};
  if (head.count(beast::field::expect) > 0) return Refusal{417, "this server meets no expectations"};
  return std::nullopt;
}

std::optional<Refusal> parse_head(std::string_view bytes, Head& into) {
  if (has_doubtful_lines(bytes)) return Refusal{400, "the lines of the head are not well formed"};
  beast::request_parser<beast::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(most_head));
  parser.body_limit(boost::none);  // see content_length
  boost::system::error_code ec;
  parser.put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
  if (ec == beast::error::bad_version) return no_such_version;
  if (ec == beast::error::bad_transfer_encoding) return no_transfer_encoding;
  if (ec || !parser.is_header_done()) return Refusal{400, "the head is not well formed"};
  into = std::move(parser.get());
  return fault_of(into);
}

}  // namespace

std::string Request::field(std::string_view name) const {
  std::string all;
  for (const auto& each : fields) {
    if (each.name == name) all.append(all.empty() ? "" : ", ").append(each.value);
  }
  return all;
}

bool Request::lists(std::string_view name, std::string_view word) const {
  return beast::token_list(field(name)).exists(word);
}

Parsed parse_request(std::string_view bytes) {
  const auto begin = std::min(bytes.find_first_not_of("\r\n"), bytes.size());  // RFC 9112, 2.2
  const auto text = bytes.substr(begin);
  const auto end = bytes.substr(0, most_head).find(end_of_head, begin);
  if (end == std::string_view::npos) {
    if (bytes.size() >= most_head) return Refusal{431, "the head of the request is too long"};
    if (has_doubtful_lines(text)) return Refusal{400, "the lines of the head are not well formed"};
    return Incomplete{};
  }
  Head head;
  const auto size = end + end_of_head.size() - begin;
  if (auto refusal = parse_head(text.substr(0, size), head)) return *refusal;
  Refusal refusal;
  const auto length = content_length(head, refusal);
  if (!length) return refusal;
  if (text.size() < size + *length) return Incomplete{};

  const auto target = view(head.target());
  Request request{.size = begin + size + *length,
                  .method = method_of(head.method()),
                  .path = std::string(target.substr(0, target.find_first_of("?#"))),
                  .host = std::string(view(head[beast::field::host])),
                  .content = std::string(text.substr(size, *length)),
                  .fields = {},
                  .keeps_alive = head.version() == 11 && head.keep_alive(),
                  .is_of_1_1 = head.version() == 11};
  for (const auto& field : head) {
    request.fields.push_back({.name = protocol::ascii_lower(view(field.name_string())),
                              .value = std::string(view(field.value()))});
  }
  return request;
}

}  // namespace hubbub::front::http
