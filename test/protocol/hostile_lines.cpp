#include <boost/version.hpp>
#include <chrono>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "test/protocol/repeated.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;
using hubbub::test::repeated;
using namespace std::string_literals;

// Lines that are meant to hurt: each is refused with a sentence, quickly.

namespace {

Error refusal_of(std::string_view line) {
  const DecodedRequest decoded = decode_request(line);
  INFO(line.substr(0, 200));
  REQUIRE(std::holds_alternative<BadRequest>(decoded));
  return std::get<BadRequest>(decoded).error;
}

}  // namespace

TEST_CASE("what is no JSON object is refused") {
  const std::string line = GENERATE(
      ""s, " "s, "5"s, "null"s, "\"type\""s, "[]"s, "[{\"type\":\"ping\"}]"s, "{"s, "{\"type\""s,
      "{\"type\":"s, "{\"type\":\"ping\""s, "{\"type\":\"ping\"}}"s, "{\"type\":\"ping\"} x"s,
      "{\"type\":\"ping\"}{\"type\":\"ping\"}"s, "{\"type\":\"ping\"} // comment"s, "{'type':'ping'}"s,
      "{type:\"ping\"}"s, "{\"type\":\"ping\",}"s, "{\"type\":\"ping\" \"ref\":\"r\"}"s,
      "{\"type\":\"pi\tng\"}"s, "{\"type\":\"ping\\x\"}"s, "{\"a\":01,\"type\":\"ping\"}"s,
      "{\"a\":+1,\"type\":\"ping\"}"s, "{\"a\":1.,\"type\":\"ping\"}"s, "{\"a\":NaN,\"type\":\"ping\"}"s,
      "{\"a\":Infinity,\"type\":\"ping\"}"s, "{\"type\":\"ping\"}\0"s, "\0"s, "{\"type\":\"pi\0ng\"}"s,
      "\xef\xbb\xbf{\"type\":\"ping\"}"s, "GET / HTTP/1.1"s, "hello"s);
  CAPTURE(line);
  const Error error = refusal_of(line);
  CHECK(error.code == Code::bad_json);
  CHECK_THAT(error.text, Catch::Matchers::StartsWith("every line must be one JSON object, but this one "));
}

TEST_CASE("the sentence says what is wrong with the JSON") {
  const auto wrong = [](std::string_view line) {
    return refusal_of(line).text.substr("every line must be one JSON object, but this one "s.size());
  };
  CHECK(wrong("[]") == "is something else");
  CHECK(wrong("{\"type\":") == "breaks off before its end");
  CHECK(wrong("{\"a\":1} {") == "goes on behind its end, at byte 9");
  CHECK(wrong("{\"a\":x}") == "has an error at byte 6 (syntax error)");
  CHECK(wrong("{\"a\":1,\"a\":1}") == "has the key \"a\" twice");
  CHECK(wrong("{\"a\":" + repeated("[", 8) + repeated("]", 8) + "}") == "is more than 8 deep");
}

TEST_CASE("bytes that are no UTF-8 are refused before anything else") {
  const std::string bytes = GENERATE("\xff"s, "\xc0\x80"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "\xe2\x82"s);
  CHECK(refusal_of("{\"type\":\"say\",\"room\":\"l\",\"text\":\"" + bytes + "\"}").code == Code::bad_utf8);
  CHECK(refusal_of("{\"" + bytes + "\":1,\"type\":\"ping\"}").code == Code::bad_utf8);
  CHECK(refusal_of(bytes).code == Code::bad_utf8);
  CHECK(refusal_of("{\"type\":\"ping\"} " + bytes).code == Code::bad_utf8);
}

TEST_CASE("lone surrogates are no text") {
  const std::string escape = GENERATE(R"(\ud800)", R"(\udfff)", R"(\udc00\ud800)", R"(\ud83dx)",
                                      R"(\ud83d\n)", R"(\ud83d\ud83d)", R"(\uD83D\u0041)");
  CAPTURE(escape);
  CHECK(refusal_of(R"({"type":"say","room":"l","text":")" + escape + "\"}").code == Code::bad_json);
  CHECK(refusal_of(R"({")" + escape + R"(":1,"type":"ping"})").code == Code::bad_json);
}

TEST_CASE("eight deep is deep enough") {
  CHECK(std::holds_alternative<Request>(
      decode_request("{\"a\":" + repeated("[", 7) + repeated("]", 7) + ",\"type\":\"ping\"}")));
  CHECK(std::holds_alternative<Request>(
      decode_request(R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}},"type":"ping"})")));
  CHECK(refusal_of(R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}},"type":"ping"})").code ==
        Code::bad_json);
  CHECK(refusal_of(repeated("[", 100'000)).code == Code::bad_json);
  CHECK(refusal_of("{\"a\":" + repeated("[", 100'000)).code == Code::bad_json);
  CHECK(refusal_of(repeated("{\"a\":", 100'000)).code == Code::bad_json);
}

TEST_CASE("no object has a key twice, at any level, in any spelling") {
  const std::string line =
      GENERATE(R"({"type":"ping","type":"ping"})", R"({"type":"ping","type":"quit"})",
               R"({"a":1,"b":2,"a":3,"type":"ping"})", R"({"type":"ping","a":{"b":1,"b":1}})",
               R"({"type":"ping","a":[1,{"x":0,"y":{"b":1,"b":1}}]})",
               R"({"type":"ping","t\u0079pe":"ping"})", R"({"":1,"":2,"type":"ping"})");
  CAPTURE(line);
  const Error error = refusal_of(line);
  CHECK(error.code == Code::bad_json);
  CHECK_THAT(error.text, Catch::Matchers::EndsWith("twice"));
}

TEST_CASE("the same key in different objects is not a key twice") {
  const std::string line = GENERATE(
      R"({"type":"ping","a":{"type":1},"b":{"type":1}})", R"({"a":{"b":{"a":1},"a":1},"type":"ping"})",
      R"({"a":[{"a":1},{"a":1}],"type":"ping"})", R"({"a":{"b":1,"c":{"b":1},"d":1},"type":"ping"})");
  CAPTURE(line);
  CHECK(std::holds_alternative<Request>(decode_request(line)));
}

TEST_CASE("many keys take no longer than many bytes") {
  std::string line = "{";
  for (int i = 0; i < 100'000; ++i) line += "\"" + std::to_string(i) + R"(":{"a":1},)";
  CHECK(std::holds_alternative<Request>(decode_request(line + "\"type\":\"ping\"}")));
  CHECK(refusal_of(line + "\"77777\":1,\"type\":\"ping\"}").code == Code::bad_json);
  const std::string same = repeated("\"a\":1,", 100'000);
  CHECK(refusal_of("{" + same + "\"type\":\"ping\"}").code == Code::bad_json);
}

TEST_CASE("monstrous numbers in unknown fields do no harm") {
  CHECK(std::holds_alternative<Request>(decode_request("{\"a\":" + repeated("9", 10'000) +
                                                       ",\"b\":-1e999,\"c\":0." + repeated("0", 10'000) +
                                                       "1,\"type\":\"ping\"}")));
  // Older releases of Boost.JSON refuse to read such an exponent; to newer ones it is infinite, and no
  // version.
  CHECK(refusal_of(R"({"type":"hello","version":1e99999999999})").code ==
        (BOOST_VERSION < 108300 ? Code::bad_json : Code::bad_request));
  CHECK(refusal_of(R"({"type":"hello","version":)" + repeated("9", 10'000) + "}").code == Code::bad_request);
}

TEST_CASE("a refusal is short and clean whatever it is about") {
  const std::string long_text = repeated("\\u001b[31m", 5'000);
  const std::string line = GENERATE_COPY(R"({"type":")" + long_text + "\"}",
                                         R"({")" + long_text + R"(":1,")" + long_text + R"(":1})",
                                         R"({"type":"ping","ref":")" + long_text + "\"}");
  const Error error = refusal_of(line);
  CHECK(error.text.size() < 300);
  CHECK(error.text.find('\x1b') == std::string::npos);
}
