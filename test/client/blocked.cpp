// Our own client, whose output is blocked now and then in a busy room: everything is printed, once and in
// order.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>

#include "test/client/shell.hpp"
#include "test/support/catch.hpp"
#include "test/support/descriptor.hpp"

namespace hubbub::test {
namespace {

/// The reading end of a named pipe, which the test reads when it likes.
class Valve {
 public:
  explicit Valve(const std::filesystem::path& path) {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    fd_ = Descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    REQUIRE(fd_.get() >= 0);
  }

  /// Reads until so many whole lines have come, all in all.
  void read_lines(std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + 3 * patience;
    std::array<char, 65536> buffer;
    while (lines_ < count) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
      ::poll(&ready, 1, 100);
      const auto n = ::read(fd_.get(), buffer.data(), buffer.size());
      if (n <= 0) continue;
      const std::string_view piece(buffer.data(), static_cast<std::size_t>(n));
      lines_ += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
      text_ += piece;
    }
  }
  std::size_t lines() const { return lines_; }
  const std::string& text() const { return text_; }

 private:
  Descriptor fd_;
  std::string text_;
  std::size_t lines_ = 0;
};

}  // namespace

TEST_CASE("a client whose output is blocked now and then prints every message, once and in order") {
  // The kernel takes in some MiB for each of the sockets on the way, so this is more than that each time.
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\nsend_queue = \"128KiB\"\n"});
  constexpr int rounds = 4;
  constexpr int in_a_round = 4000;
  const std::string filling(3000, 'x');
  JsonClient bob = member(daemon.address(), "bob", "dev");
  const auto fifo = daemon.directory().path() / "output";
  Valve valve(fifo);
  Process tail(shell_command(daemon, "exec $hubbub tail dev -n 0 --json >" + fifo.string()));
  while (number_of(bob.answer({{"type", "who"}, {"room", "dev"}}), "count") < 2) {
  }
  int number = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < in_a_round; ++i) {
      bob.send({{"type", "say"}, {"room", "dev"}, {"text", std::to_string(++number) + ' ' + filling}});
      if (i % 100 == 99) bob.sync();
    }
    valve.read_lines(valve.lines() + 100);  // it goes on a little, and is blocked again
  }
  valve.read_lines(rounds * in_a_round);
  const auto texts = said(objects(valve.text()));
  REQUIRE(texts.size() == rounds * in_a_round);
  for (int i = 0; i < number; ++i)
    REQUIRE(texts[static_cast<std::size_t>(i)] == std::to_string(i + 1) + ' ' + filling);
  tail.signal(SIGTERM);
  CHECK(tail.wait_exit() == 128 + SIGTERM);
}

}  // namespace hubbub::test
