#include "client/connection/wake_watch.hpp"

#include "test/support/catch.hpp"

using hubbub::client::Absence;
using namespace std::chrono_literals;

TEST_CASE("who looks in time was there, and a little late is in time") {
  Absence absence(5s, 3s, 100s);
  CHECK(absence.due() == 105s);
  CHECK_FALSE(absence.look(105s));
  CHECK(absence.due() == 110s);
  CHECK_FALSE(absence.look(113s));
  CHECK(absence.due() == 118s);
}

TEST_CASE("who looks far too late was away, once") {
  Absence absence(5s, 3s, 100s);
  CHECK(absence.look(108s + 1ns));
  CHECK_FALSE(absence.look(108s + 2ns));
  CHECK_FALSE(absence.look(113s + 1ns));
  CHECK(absence.look(1h));
  CHECK(absence.due() == 1h + 5s);
}

TEST_CASE("looks in between neither put the next one off nor hide that it is late") {
  Absence absence(5s, 3s, 100s);
  CHECK_FALSE(absence.look(102s));
  CHECK_FALSE(absence.look(104s));
  CHECK(absence.due() == 105s);
  CHECK(absence.look(109s));
}
