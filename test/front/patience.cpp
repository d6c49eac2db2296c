#include "server/front/session_client.hpp"

#include "test/support/catch.hpp"

namespace hubbub::front {

using namespace std::chrono_literals;

namespace {

const net::Time start = net::Time() + 1h;

net::Settings settings() {
  net::Settings settings;
  settings.hello = 10s;
  settings.ping = 60s;
  settings.idle = 600s;
  settings.claim = 5s;
  return settings;
}

}  // namespace

TEST_CASE("a silent client is asked once, and closed when it stays silent") {
  const net::Settings limits = settings();
  Patience patience(limits, start);
  CHECK(patience.hello_due() == start + 10s);
  patience.heard(start + 1s);
  CHECK(patience.ping_due() == start + 61s);
  CHECK(patience.idle_due() == start + 601s);
  patience.asked();
  CHECK(patience.ping_due() == net::never);
  patience.heard(start + 70s);
  CHECK(patience.ping_due() == start + 130s);
  CHECK(patience.idle_due() == start + 670s);
}

TEST_CASE("one who is doubted has to answer soon, and is not doubted again before that") {
  const net::Settings limits = settings();
  Patience patience(limits, start);
  patience.heard(start);
  CHECK_FALSE(patience.doubt(start + 4s, net::Time::min()));  // it has only just been heard
  CHECK(patience.idle_due() == start + 600s);
  CHECK(patience.doubt(start + 7s, net::Time::min()));
  CHECK(patience.idle_due() == start + 12s);
  CHECK_FALSE(patience.doubt(start + 9s, net::Time::min()));
  CHECK(patience.idle_due() == start + 12s);
  patience.heard(start + 10s);
  CHECK(patience.idle_due() == start + 610s);
  CHECK(patience.doubt(start + 15s, net::Time::min()));
}

TEST_CASE("the silence of one who has yet to come to the question counts from when that was seen") {
  const net::Settings limits = settings();
  Patience patience(limits, start);
  patience.asked();
  patience.put_off(start + 500s);
  CHECK(patience.idle_due() == start + 1100s);
  CHECK(patience.ping_due() == net::never);  // it has been asked
  REQUIRE(patience.doubt(start + 506s, net::Time::min()));
  patience.put_off(start + 508s);
  CHECK(patience.idle_due() == start + 513s);  // doubted still
  patience.heard(start + 510s);
}

TEST_CASE("one who only reads is there as long as TCP says so, and may be asked to type") {
  net::Settings limits = settings();
  Patience patience(limits, start);
  CHECK(patience.idle_text_due() == net::never);
  CHECK(patience.gone_due() == start + 600s);
  patience.seen(start + 500s);
  CHECK(patience.gone_due() == start + 1100s);
  patience.seen(start + 400s);
  CHECK(patience.gone_due() == start + 1100s);
  limits.idle_text = 60s;
  CHECK(patience.idle_text_due() == start + 60s);
  patience.heard(start + 50s);
  CHECK(patience.idle_text_due() == start + 110s);
}

TEST_CASE("timeouts of nothing never come") {
  net::Settings limits = settings();
  limits.claim = limits.idle = limits.ping = limits.hello = 0s;
  Patience patience(limits, start);
  CHECK_FALSE(patience.doubt(start + 1h, net::Time::min()));
  CHECK(patience.idle_due() == net::never);
  CHECK(patience.gone_due() == net::never);
  CHECK(patience.ping_due() == net::never);
  CHECK(patience.hello_due() == net::never);
}

}  // namespace hubbub::front
