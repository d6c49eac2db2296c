#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/slice.hpp"
#include "server/front/web/request.hpp"

namespace hubbub::front::http {

struct Response {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string content{};
  std::vector<Field> fields{};  ///< besides those that every response has
  protocol::Bytes shared{};     ///< instead of `content`, where others are sent the same; null: they are not

  std::size_t size() const { return shared ? shared->text.size() : content.size(); }
};

/// A response that says one sentence.
Response sentence(int status, std::string_view text);

/// As bytes, with the fields that every response has (RFC 9110; none is kept by caches unless it says so,
/// framed, or taken for another type than it says). `is_last`: the connection closes behind it.
/// `has_content`: false for the response to a HEAD. What is shared is not in it, and to be sent behind it.
std::string render(const Response& response, bool is_last, bool has_content,
                   std::chrono::system_clock::time_point now);

/// Text as it may stand in HTML, between tags and in attributes in quotes.
std::string escaped(std::string_view text);

}  // namespace hubbub::front::http
