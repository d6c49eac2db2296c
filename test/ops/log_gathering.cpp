#include "server/ops/log_digest.hpp"

#include <algorithm>
#include <string>

#include "test/ops/logged.hpp"
#include "test/support/catch.hpp"

namespace hubbub::ops::log {
namespace {

using namespace std::chrono_literals;
using test::logged;

constexpr Gathering::Time start{1h};

std::ptrdiff_t lines_in(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

void note(Gathering& log, const std::string& source, Gathering::Time now, std::string_view kind = {}) {
  log.note(source, kind, now, {{"connection", std::uint64_t{7}}});
}

/// What a source may have lines for in a minute is used up.
void fill(Gathering& log, const std::string& source) {
  for (std::uint32_t i = 0; i < Gathering::most_told; ++i) note(log, source, start);
}

}  // namespace

TEST_CASE("the first events of a source in a minute are a line each") {
  Gathering log("net", "came", "more came");
  const auto text = logged([&] { fill(log, "a"); });
  CHECK(lines_in(text) == Gathering::most_told);
  CHECK(text.starts_with("<6>net: came connection=7\n<6>net: came connection=7\n"));
}

TEST_CASE("what more a source has in a minute is gathered, each kind by itself") {
  Gathering log("net", "left", "more left");
  logged([&] { fill(log, "a"); });
  const auto begin = logged([&] {
    for (int i = 0; i < 10'000; ++i) note(log, "a", start + 1s, i % 4 == 0 ? "quit" : "end_of_input");
    note(log, "a", start + 1s);
  });
  CHECK(begin ==
        "<6>net: more left address=a reason=quit count=1\n"
        "<6>net: more left address=a reason=end_of_input count=1\n"
        "<6>net: more left address=a count=1\n");
  CHECK(logged([&] { log.tell_due(start + 30s); }).empty());
  CHECK(logged([&] { log.tell_due(start + 61s); }) ==
        "<6>net: more left address=a reason=end_of_input count=7499\n"
        "<6>net: more left address=a reason=quit count=2499\n");
}

TEST_CASE("another source, and the next minute, have lines of their own") {
  Gathering log("net", "came", "more came");
  logged([&] { fill(log, "a"); });
  CHECK(logged([&] { note(log, "b", start + 1s); }) == "<6>net: came connection=7\n");
  CHECK(logged([&] { note(log, "a", start + 1min); }) == "<6>net: came connection=7\n");
}

TEST_CASE("of very many sources little is kept") {
  Gathering log("net", "came", "more came");
  logged([&] {
    configure({Level::error});
    fill(log, "unheard");
  });
  test::Pipe pipe;
  const test::StderrSwap swap(pipe.writer());
  configure({Level::info, Format::systemd});
  std::ptrdiff_t lines = 0;
  for (std::size_t i = 0; i < Gathering::most_sources + 2'000; ++i) {
    note(log, std::to_string(i), start);
    if (i % 500 == 0) lines += lines_in(pipe.read_all());
  }
  lines += lines_in(pipe.read_all());
  // Of those that are too many a digest tells a thousand by themselves, and the others together.
  CHECK(lines == static_cast<std::ptrdiff_t>(Gathering::most_sources + Digest::most_kinds) + 1);
}

}  // namespace hubbub::ops::log
