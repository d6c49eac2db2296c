#include "server/net/admission.hpp"

#include <string>

#include "test/ops/logged.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

using namespace std::chrono_literals;
using ops::log::Gathering;
using test::logged;

constexpr Time log_start{1h};

/// Many, within the minute.
void come_and_go(ConnectionLog& log, const std::string& address) {
  for (std::uint32_t i = 0; i < Gathering::most_told; ++i) {
    log.connected(address, log_start, {{"connection", std::uint64_t{7}}});
    log.disconnected(address, "quit", log_start, log_start, {{"connection", std::uint64_t{7}}});
  }
}

}  // namespace

TEST_CASE("connections without end are gathered when they begin, and when they end by the reason") {
  ConnectionLog log;
  logged([&] { come_and_go(log, "a"); });
  CHECK(
      logged([&] {
        log.connected("a", log_start, {});
        log.disconnected("a", "quit", log_start, log_start + 1s, {});
      }) ==
      "<6>net: more connected address=a count=1\n<6>net: more disconnected address=a reason=quit count=1\n");
}

TEST_CASE("the end of a connection that was open for a minute is a line, whoever else comes from there") {
  ConnectionLog log;
  logged([&] { come_and_go(log, "a"); });
  CHECK(logged([&] {
          log.disconnected("a", "quit", log_start - 1min, log_start, {{"connection", std::uint64_t{7}}});
        }) == "<6>net: disconnected connection=7\n");
}

TEST_CASE("whoever comes through a unix socket is called local") {
  ConnectionLog log;
  logged([&] { come_and_go(log, ""); });
  CHECK(logged([&] { log.connected("", log_start, {}); }) ==
        "<6>net: more connected address=local count=1\n");
}

}  // namespace hubbub::net
