#include "protocol/line_splitter.hpp"

#include <string>
#include <vector>

#include "test/support/catch.hpp"

using namespace hubbub::protocol;

namespace {

struct Reading {
  std::vector<std::string> lines;
  std::string rest;
  bool too_long = false;

  bool operator==(const Reading&) const = default;
};

/// What a reader that gets the stream in segments of so many bytes makes of it.
Reading read_stream(std::string_view stream, std::size_t limit, std::size_t segment,
                    LineEnding ending = LineEnding::line_feed) {
  Reading reading;
  while (!stream.empty() && !reading.too_long) {
    reading.rest += stream.substr(0, segment);
    stream.remove_prefix(std::min(segment, stream.size()));
    LineSplitter lines(reading.rest, limit, ending);
    while (const auto line = lines.next()) reading.lines.emplace_back(*line);
    reading.too_long = lines.too_long();
    reading.rest.erase(0, lines.consumed());
  }
  return reading;
}

struct SplitExample {
  std::string stream;
  Reading reading;
};

}  // namespace

TEST_CASE("a stream is cut into the same lines however it arrives") {
  using Lines = std::vector<std::string>;
  const auto example = GENERATE(values<SplitExample>({
      {"", {{}, "", false}},
      {"one\ntwo\n", {Lines{"one", "two"}, "", false}},
      {"one\r\ntwo\r\n", {Lines{"one", "two"}, "", false}},
      {"\n\r\n\n", {Lines{"", "", ""}, "", false}},
      {"one\nunfinished", {Lines{"one"}, "unfinished", false}},
      {"a\rb\n", {Lines{"a\rb"}, "", false}},
      {"a\r\r\n", {Lines{"a\r"}, "", false}},
      {std::string("nul\0byte\n", 9), {Lines{std::string("nul\0byte", 8)}, "", false}},
      {"0123456789\n", {Lines{"0123456789"}, "", false}},
      {"0123456789\r\n", {Lines{"0123456789"}, "", false}},
      {"0123456789\r", {{}, "0123456789\r", false}},
  }));
  CAPTURE(example.stream);
  for (std::size_t segment = 1; segment <= example.stream.size(); ++segment) {
    CAPTURE(segment);
    const Reading reading = read_stream(example.stream, 10, segment);
    CHECK(reading.lines == example.reading.lines);
    CHECK(reading.rest == example.reading.rest);
    CHECK(reading.too_long == example.reading.too_long);
  }
}

TEST_CASE("telnet's CR NUL ends a line, and nothing else that it may look like") {
  using namespace std::string_literals;
  using Lines = std::vector<std::string>;
  const auto example = GENERATE(values<SplitExample>({
      {"one\r\0two\r\0"s, {Lines{"one", "two"}, "", false}},
      {"one\r\0two\r\nthree\n"s, {Lines{"one", "two", "three"}, "", false}},
      {"\r\0\r\0"s, {Lines{"", ""}, "", false}},
      {"a\rb\0c\r\0"s, {Lines{"a\rb\0c"s}, "", false}},
      {"a\r\r\0"s, {Lines{"a\r"}, "", false}},
      {"unfinished\r"s, {{}, "unfinished\r", false}},
      {"0123456789\r\0"s, {Lines{"0123456789"}, "", false}},
      {"0123456789\r\0ABCDEFGHIJ\r\n"s, {Lines{"0123456789", "ABCDEFGHIJ"}, "", false}},
      {"0123456789A\r\0"s, {{}, "", true}},
  }));
  CAPTURE(example.stream);
  for (std::size_t segment = 1; segment <= example.stream.size(); ++segment) {
    CAPTURE(segment);
    const Reading reading = read_stream(example.stream, 10, segment, LineEnding::telnet);
    CHECK(reading.lines == example.reading.lines);
    CHECK(reading.too_long == example.reading.too_long);
    if (!reading.too_long) CHECK(reading.rest == example.reading.rest);
  }
}

TEST_CASE("a line beyond the limit ends the reading, whether it is finished or not") {
  const std::string stream =
      GENERATE("ok\n0123456789A\nmore\n", "ok\n0123456789A", "ok\n0123456789A\r\nmore\n",
               "ok\n0123456789\r\r\nmore\n", "ok\n0123456789ABCDEFGHIJKL");
  CAPTURE(stream);
  for (std::size_t segment = 1; segment <= stream.size(); ++segment) {
    CAPTURE(segment);
    const Reading reading = read_stream(stream, 10, segment);
    CHECK(reading.lines == std::vector<std::string>{"ok"});
    CHECK(reading.too_long);
  }
}

TEST_CASE("after a line that is too long there is nothing more") {
  LineSplitter lines("too long\nshort\n", 5);
  CHECK_FALSE(lines.next());
  CHECK(lines.too_long());
  CHECK_FALSE(lines.next());
  CHECK(lines.consumed() == 0);
}

TEST_CASE("a limit of nothing is no limit") {
  const std::string long_line(1'000'000, 'x');
  const Reading reading = read_stream(long_line + "\nrest", 0, 100'000);
  CHECK(reading == Reading{{long_line}, "rest", false});
}

TEST_CASE("lines are views into the bytes that were given, and consumed counts their endings") {
  const std::string bytes = "one\r\ntwo\nthr";
  LineSplitter lines(bytes, 0);
  const auto first = lines.next();
  REQUIRE(first);
  CHECK(first->data() == bytes.data());
  CHECK(lines.consumed() == 5);
  REQUIRE(lines.next());
  CHECK(lines.consumed() == 9);
  CHECK_FALSE(lines.next());
  CHECK(lines.consumed() == 9);
}
