#include "server/ops/log_digest.hpp"

#include <algorithm>
#include <string>

#include "test/ops/logged.hpp"
#include "test/support/catch.hpp"

namespace ops = hubbub::ops;
using hubbub::test::logged;
using hubbub::test::Pipe;
using hubbub::test::StderrSwap;
using namespace std::chrono_literals;
using Time = ops::log::Digest::Time;

TEST_CASE("the first event of a kind is told at once, those that follow at the end of the minute") {
  ops::log::Digest digest("net", "turned away");
  const Time start{1h};
  const auto note = [&](const std::string& address, Time now) {
    digest.note(address, now, {{"address", address}, {"port", std::uint64_t{5}}});
  };
  CHECK(logged([&] {
          note("a", start);
          note("b", start);
        }) == "<6>net: turned away address=a port=5 count=1\n<6>net: turned away address=b port=5 count=1\n");
  CHECK(logged([&] {
          note("a", start + 10s);
          note("a", start + 50s);
          digest.tell_due(start + 59s);
        }).empty());
  CHECK(logged([&] { digest.tell_due(start + 1min); }) == "<6>net: turned away address=a port=5 count=2\n");
  // The next minute is counted from there; b, of whom nothing more has come, is new again.
  CHECK(logged([&] {
          note("a", start + 70s);
          note("b", start + 70s);
        }) == "<6>net: turned away address=b port=5 count=1\n");
  CHECK(logged([&] { digest.tell_due(start + 2min); }) == "<6>net: turned away address=a port=5 count=1\n");
}

TEST_CASE("what has been counted is told at the end") {
  CHECK(logged([] {
          ops::log::Digest digest("chat", "too fast");
          for (int i = 0; i < 4; ++i) digest.note("a", Time{1h}, {{"name", "bob\n"}});
        }) == "<6>chat: too fast name=bob\\n count=1\n<6>chat: too fast name=bob\\n count=3\n");
}

TEST_CASE("of very many kinds at once those that are too many are counted together") {
  Pipe pipe;
  const StderrSwap swap(pipe.writer());
  ops::log::configure({ops::log::Level::info, ops::log::Format::systemd});
  ops::log::Digest digest("net", "turned away");
  std::string told;
  for (std::size_t i = 1; i <= ops::log::Digest::most_kinds + 50; ++i) {
    digest.note(std::to_string(i), Time{1h}, {{"address", std::to_string(i)}});
    told += pipe.read_all();
  }
  CHECK(static_cast<std::size_t>(std::count(told.begin(), told.end(), '\n')) ==
        ops::log::Digest::most_kinds + 1);
  digest.tell_due(Time{1h} + 1min);
  CHECK(pipe.read_all() ==
        "<6>net: turned away reason=\"too many clients at once to tell of each\" count=49\n");
}
