#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// HTTP requests as pure functions of bytes (RFC 9110, RFC 9112).
namespace hubbub::front::http {

/// Limits of a request's head: its bytes, with the line feeds; and its fields.
inline constexpr std::size_t most_head = std::size_t{8} * 1024;
inline constexpr std::size_t most_fields = 64;
/// Limit of a request's content.
inline constexpr std::size_t most_content = std::size_t{32} * 1024;

enum class Method { get, head, post, remove, other };

struct Field {
  std::string name;  ///< in small letters
  std::string value;
};

/// A request that is well formed. It has a path, exactly one host, and no content but that of a POST.
struct Request {
  std::size_t size = 0;  ///< its bytes, with its content
  Method method = Method::other;
  std::string path;  ///< of the target, as it came: with percent signs, and without the query
  std::string host;  ///< with the port, if one was named
  std::string content;
  std::vector<Field> fields;
  bool keeps_alive = false;
  bool is_of_1_1 = true;  ///< HTTP/1.1, and not 1.0

  /// The values of a field, with commas between them (RFC 9110, 5.3); empty: it is not there.
  std::string field(std::string_view name) const;
  /// Whether one of the words of the field, which has commas between them, is this one, in any case.
  bool lists(std::string_view name, std::string_view word) const;
};

/// A request that is answered with that status, and after which nothing is read: where one request ends and
/// the next one begins is not beyond doubt.
struct Refusal {
  int status = 400;
  std::string_view why;  ///< a sentence
};

/// More of it has to come.
struct Incomplete {};

using Parsed = std::variant<Incomplete, Request, Refusal>;

/// The first request among the bytes.
Parsed parse_request(std::string_view bytes);

}  // namespace hubbub::front::http
