#include "server/ops/log.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <climits>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "test/ops/logged.hpp"
#include "test/support/catch.hpp"

namespace ops = hubbub::ops;
using hubbub::test::Descriptor;
using hubbub::test::Environment;
using hubbub::test::logged;
using hubbub::test::Pipe;
using hubbub::test::StderrSwap;

namespace {

std::string device_and_inode(int descriptor) {
  struct stat status {};
  fstat(descriptor, &status);
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

/// What comes out on a stderr that is a terminal, in the automatic format.
std::string logged_on_a_terminal() {
  const Descriptor keyboard(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  grantpt(keyboard.get());
  unlockpt(keyboard.get());
  const Descriptor screen(open(ptsname(keyboard.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  const StderrSwap swap(screen.get());
  ops::log::configure({ops::log::Level::info, ops::log::Format::automatic});
  ops::log::info("net", "up");
  std::string bytes(1024, '\0');
  bytes.resize(
      static_cast<std::size_t>(std::max<ssize_t>(0, read(keyboard.get(), bytes.data(), bytes.size()))));
  return bytes;
}

}  // namespace

TEST_CASE("each event from the configured level on is one line") {
  const auto text = logged({ops::log::Level::info, ops::log::Format::systemd}, [] {
    ops::log::debug("chat", "not this");
    ops::log::info("chat", "joined", {{"name", "bob\nmallory"}});
    ops::log::error("net", "gone");
  });
  CHECK(text == "<6>chat: joined name=bob\\nmallory\n<3>net: gone\n");
}

TEST_CASE("the level can change while running") {
  const auto text = logged({ops::log::Level::warning, ops::log::Format::systemd}, [] {
    CHECK_FALSE(ops::log::enabled(ops::log::Level::info));
    ops::log::info("a", "one");
    ops::log::configure({ops::log::Level::trace, ops::log::Format::systemd});
    CHECK(ops::log::enabled(ops::log::Level::trace));
    ops::log::write(ops::log::Level::trace, "a", "two");
  });
  CHECK(text == "<7>a: two\n");
}

TEST_CASE("a line is one write, so that those of several processes do not mix") {
  Pipe packets(O_DIRECT);
  const StderrSwap swap(packets.writer());
  ops::log::configure({ops::log::Level::info, ops::log::Format::systemd});
  ops::log::info("net", "first", {{"name", "alice"}, {"count", std::uint64_t{3}}});
  ops::log::info("net", "second");
  CHECK(packets.read_once() == "<6>net: first name=alice count=3\n");
  CHECK(packets.read_once() == "<6>net: second\n");
}

TEST_CASE("the systemd journal gets priorities, but only if stderr still leads there") {
  Pipe pipe;
  const StderrSwap swap(pipe.writer());
  {
    const Environment stream("JOURNAL_STREAM", device_and_inode(pipe.writer()));
    ops::log::configure({ops::log::Level::info, ops::log::Format::automatic});
    ops::log::info("net", "up");
    CHECK(pipe.read_all() == "<6>net: up\n");
  }
  const Environment stream("JOURNAL_STREAM", "1:1");
  ops::log::configure({ops::log::Level::info, ops::log::Format::automatic});
  ops::log::info("net", "up");
  CHECK_THAT(pipe.read_all(), Catch::Matchers::EndsWith("Z info    net: up\n"));
}

TEST_CASE("a terminal gets colours, unless NO_COLOR is set") {
  const Environment stream("JOURNAL_STREAM", std::nullopt);
  {
    const Environment no_color("NO_COLOR", std::nullopt);
    CHECK_THAT(logged_on_a_terminal(), Catch::Matchers::ContainsSubstring("\x1b[32minfo\x1b[0m    net: up"));
  }
  {
    const Environment empty("NO_COLOR", "");
    CHECK_THAT(logged_on_a_terminal(), Catch::Matchers::ContainsSubstring("\x1b[32m"));
  }
  const Environment no_color("NO_COLOR", "1");
  CHECK_THAT(logged_on_a_terminal(), Catch::Matchers::ContainsSubstring(" info    net: up"));
}

TEST_CASE("the human format has no colours where there is no terminal") {
  const Environment no_color("NO_COLOR", std::nullopt);
  const auto text =
      logged({ops::log::Level::info, ops::log::Format::human}, [] { ops::log::info("net", "up"); });
  CHECK_THAT(text, Catch::Matchers::EndsWith(" info    net: up\n"));
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("a reader that has gone costs lines, not the daemon") {
  {
    Pipe pipe;
    const StderrSwap swap(pipe.writer());
    ops::log::configure({ops::log::Level::info, ops::log::Format::systemd});
    pipe.close_reader();
    ops::log::info("net", "nobody reads this");
  }
  CHECK(logged({ops::log::Level::info, ops::log::Format::systemd}, [] { ops::log::info("net", "up"); }) ==
        "<6>net: up\n");
}

TEST_CASE("a reader that is full costs lines, which are counted, and never a wait") {
  Pipe pipe;
  const StderrSwap swap(pipe.writer());
  ops::log::configure({ops::log::Level::info, ops::log::Format::systemd});
  // A writer that waits, as stderr usually is, and a reader that does not read until all is written.
  REQUIRE(fcntl(pipe.writer(), F_SETFL, 0) == 0);
  constexpr std::size_t more_than_a_pipe_holds = 2000;
  const std::string value(100, 'x');
  for (std::size_t i = 0; i < more_than_a_pipe_holds; ++i) ops::log::info("net", "event", {{"v", value}});
  const auto taken = pipe.read_all();
  const auto lines = static_cast<std::size_t>(std::count(taken.begin(), taken.end(), '\n'));
  CHECK(lines < more_than_a_pipe_holds);
  CHECK(taken.back() == '\n');

  ops::log::info("net", "up");
  CHECK_THAT(pipe.read_all(),
             Catch::Matchers::Equals("<4>log: lines were lost: nobody read them count=" +
                                     std::to_string(more_than_a_pipe_holds - lines) + "\n<6>net: up\n"));
  ops::log::info("net", "again");
  CHECK(pipe.read_all() == "<6>net: again\n");
}

TEST_CASE("a program's log is JSON also where lines were lost") {
  Pipe pipe;
  const StderrSwap swap(pipe.writer());
  ops::log::configure({ops::log::Level::info, ops::log::Format::json});
  const std::string value(4000, 'x');
  for (int i = 0; i < 100; ++i) ops::log::info("net", "event", {{"v", value}});
  pipe.read_all();
  ops::log::info("net", "up");
  std::istringstream lines(pipe.read_all());
  std::vector<std::string> events;
  for (std::string line; std::getline(lines, line);) {
    events.emplace_back(boost::json::parse(line).as_object().at("event").as_string());
  }
  CHECK(events == std::vector<std::string>{"lines were lost: nobody read them", "up"});
}

TEST_CASE("a line is no longer than what a pipe takes at once") {
  const auto text = logged({ops::log::Level::info, ops::log::Format::systemd}, [] {
    ops::log::info("net", "long", {{"v", std::string(200'000, 'x')}});
    ops::log::info("net", "up");
  });
  const auto end_of_first = text.find('\n');
  CHECK(end_of_first < PIPE_BUF);
  CHECK(text.substr(end_of_first + 1) == "<6>net: up\n");
}
