// What is a request, and what is refused because servers understand it differently.
#include "server/front/web/request.hpp"

#include <string>
#include <variant>

#include "test/support/catch.hpp"

namespace hubbub::front::http {
namespace {

using namespace std::string_literals;

Request request(const std::string& bytes) {
  CAPTURE(bytes);
  const auto parsed = parse_request(bytes);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) FAIL(refusal->why);
  REQUIRE(std::holds_alternative<Request>(parsed));
  return std::get<Request>(parsed);
}

int refusal(const std::string& bytes) {
  const auto parsed = parse_request(bytes);
  const auto* refusal = std::get_if<Refusal>(&parsed);
  return refusal == nullptr ? 0 : refusal->status;
}

bool is_incomplete(const std::string& bytes) {
  return std::holds_alternative<Incomplete>(parse_request(bytes));
}

}  // namespace

TEST_CASE("a request has a method, a path, a host and fields") {
  const auto bytes =
      "GET /a/b?c=d HTTP/1.1\r\nHost: chat.example.org:7717\r\nX-One: 1\r\nx-one:  2 \r\n\r\nrest"s;
  const auto got = request(bytes);
  CHECK(got.size == bytes.size() - 4);
  CHECK(got.method == Method::get);
  CHECK(got.path == "/a/b");
  CHECK(got.host == "chat.example.org:7717");
  CHECK(got.field("x-one") == "1, 2");
  CHECK(got.keeps_alive);
  CHECK_FALSE(request("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").keeps_alive);
  CHECK_FALSE(request("GET / HTTP/1.0\r\nHost: a\r\n\r\n").keeps_alive);
  CHECK(request("\r\n\r\nHEAD / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n").method == Method::head);
  CHECK(request("PATCH / HTTP/1.1\r\nHost: a\r\n\r\n").method == Method::other);
}

TEST_CASE("the words of a field are found in any case, whatever stands beside them") {
  const auto got = request("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, UPGRADE\r\n\r\n");
  CHECK(got.lists("connection", "upgrade"));
  CHECK_FALSE(got.lists("connection", "keep"));
  CHECK_FALSE(got.lists("upgrade", "websocket"));
}

TEST_CASE("a POST has content of the length that it says") {
  const auto post = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"s;
  CHECK(is_incomplete(post + "1234"));
  CHECK(request(post + "12345next").content == "12345");
  CHECK(request(post + "12345next").size == post.size() + 5);
}

TEST_CASE("every prefix of a request is incomplete") {
  const auto whole = "\r\nPOST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok"s;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(is_incomplete(whole.substr(0, size)));
  }
  CHECK(request(whole).size == whole.size());
}

TEST_CASE("where the end of a request is in doubt it is refused") {
  const auto with = [](const std::string& fields) {
    return refusal("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n0\r\n\r\n");
  };
  CHECK(with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") == 501);
  CHECK(with("Transfer-Encoding: chunked\r\n") == 501);
  CHECK(with("Transfer-Encoding: identity\r\n") == 501);
  CHECK(with("Transfer-Encoding: xchunked\r\n") == 501);
  CHECK(with("Transfer-Encoding : chunked\r\n") == 400);
  CHECK(with("Transfer-Encoding:\x0b"
             "chunked\r\n") >= 400);
  CHECK(with("Content-Length: 5\r\nContent-Length: 6\r\n") == 400);
  CHECK(with("Content-Length: 5\r\nContent-Length: 5\r\n") == 400);
  CHECK(with("Content-Length: 5, 5\r\n") == 400);
  CHECK(with("Content-Length: +5\r\n") == 400);
  CHECK(with("Content-Length: -5\r\n") == 400);
  CHECK(with("Content-Length: 0x5\r\n") == 400);
  CHECK(with("Content-Length: 99999999999999999999\r\n") == 400);
  CHECK(with("Content-Length: 32769\r\n") == 413);
  CHECK(with("X: a\r\n folded\r\n") == 400);
  CHECK(with("X: a\r\n\tfolded\r\n") == 400);
  CHECK(with("X: a\nY: b\r\n") == 400);
  CHECK(with("X: a\rY: b\r\n") == 400);
  CHECK(with("X: a\0b\r\n"s) == 400);
  CHECK(with(" X: a\r\n") == 400);
  CHECK(with("X y: a\r\n") == 400);
  CHECK(with("no colon\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n") == 400);
  CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n") == 417);
}

TEST_CASE("a request names one host and a path") {
  CHECK(refusal("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\nHost:\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\nHost: a b\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\nHost: <script>\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\nHost: " + std::string(300, 'a') + "\r\n\r\n") == 400);
  CHECK(refusal("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(refusal("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(refusal("CONNECT a:25 HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
}

TEST_CASE("versions that are not spoken are refused") {
  CHECK(refusal("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == 505);
  CHECK(refusal("GET / HTTP/1.2\r\nHost: a\r\n\r\n") == 505);
  CHECK(refusal("GET / HTTP/0.9\r\nHost: a\r\n\r\n") == 505);
}

TEST_CASE("a head has limits") {
  const auto start = "GET / HTTP/1.1\r\nHost: a\r\n"s;
  const auto of_size = [&](std::size_t size) {
    return start + "X: " + std::string(size - start.size() - 7, 'x') + "\r\n\r\n";
  };
  CHECK(of_size(most_head).size() == most_head);
  CHECK(refusal(of_size(most_head)) == 0);
  CHECK(refusal(of_size(most_head + 1)) == 431);
  CHECK(refusal(start + std::string(100'000, 'x')) == 431);
  auto many = start;
  for (std::size_t i = 1; i < most_fields; ++i) many += "X: y\r\n";
  CHECK(refusal(many + "\r\n") == 0);
  CHECK(refusal(many + "X: y\r\n\r\n") == 431);
}

}  // namespace hubbub::front::http
