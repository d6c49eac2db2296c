#include "server/net/connection_log.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include "test/ops/stderr_swap.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

using namespace std::chrono_literals;

constexpr Time start{1h};

std::string logged(const std::function<void()>& events) {
  test::Pipe pipe;
  const test::StderrSwap swap(pipe.writer());
  ops::log::configure({ops::log::Level::info, ops::log::Format::systemd});
  events();
  return pipe.read_all();
}

std::ptrdiff_t lines_in(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

void connect(ConnectionLog& log, const std::string& address, Time now) {
  log.connected(address, now, {{"connection", std::uint64_t{7}}});
}

void disconnect(ConnectionLog& log, const std::string& address, std::string_view reason, Time now) {
  log.disconnected(address, reason, now, {{"connection", std::uint64_t{7}}, {"reason", reason}});
}

/// What an address may have lines for in a minute is used up.
void fill(ConnectionLog& log, const std::string& address, Time now) {
  for (std::uint32_t i = 0; i < ConnectionLog::most_told; ++i) {
    connect(log, address, now);
    disconnect(log, address, "quit", now);
  }
}

}  // namespace

TEST_CASE(
    "the first connections of an address in a minute are a line each, when they begin and when they end") {
  ConnectionLog log;
  const auto text = logged([&] { fill(log, "a", start); });
  CHECK(lines_in(text) == 2 * ConnectionLog::most_told);
  CHECK(text.starts_with("<6>net: connected connection=7\n<6>net: disconnected connection=7 reason=quit\n"));
}

TEST_CASE("what more an address has in a minute is gathered, with the reasons") {
  ConnectionLog log;
  logged([&] { fill(log, "a", start); });
  const auto begin = logged([&] {
    for (int i = 0; i < 10'000; ++i) {
      connect(log, "a", start + 1s);
      disconnect(log, "a", i % 4 == 0 ? "hello_timeout" : "end_of_input", start + 1s);
    }
  });
  CHECK(begin ==
        "<6>net: more connected address=a count=1\n"
        "<6>net: more disconnected address=a reason=hello_timeout count=1\n"
        "<6>net: more disconnected address=a reason=end_of_input count=1\n");
  CHECK(logged([&] { log.tell_due(start + 30s); }).empty());
  CHECK(logged([&] { log.tell_due(start + 61s); }) ==
        "<6>net: more connected address=a count=9999\n"
        "<6>net: more disconnected address=a reason=end_of_input count=7499\n"
        "<6>net: more disconnected address=a reason=hello_timeout count=2499\n");
}

TEST_CASE("another address, and the next minute, have lines of their own") {
  ConnectionLog log;
  logged([&] { fill(log, "a", start); });
  CHECK(logged([&] { connect(log, "b", start + 1s); }) == "<6>net: connected connection=7\n");
  CHECK(logged([&] { disconnect(log, "a", "quit", start + 1min); }) ==
        "<6>net: disconnected connection=7 reason=quit\n");
}

TEST_CASE("whoever comes through a unix socket is called local") {
  ConnectionLog log;
  logged([&] { fill(log, "", start); });
  CHECK(logged([&] { connect(log, "", start); }) == "<6>net: more connected address=local count=1\n");
}

TEST_CASE("of very many addresses little is kept") {
  ConnectionLog log;
  logged([&] {
    ops::log::configure({ops::log::Level::error});
    fill(log, "unheard", start);
  });
  test::Pipe pipe;
  const test::StderrSwap swap(pipe.writer());
  ops::log::configure({ops::log::Level::info, ops::log::Format::systemd});
  std::ptrdiff_t lines = 0;
  for (std::size_t i = 0; i < ConnectionLog::most_addresses + 2'000; ++i) {
    connect(log, std::to_string(i), start);
    if (i % 500 == 0) lines += lines_in(pipe.read_all());
  }
  lines += lines_in(pipe.read_all());
  // Of those that are too many a digest tells a thousand by themselves, and the others together.
  CHECK(lines ==
        static_cast<std::ptrdiff_t>(ConnectionLog::most_addresses + ops::log::Digest::most_kinds) + 1);
}

}  // namespace hubbub::net
