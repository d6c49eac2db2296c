#include "client/connection/keepalive.hpp"

#include "test/support/catch.hpp"

using hubbub::client::Keepalive;
using namespace std::chrono_literals;
using Step = Keepalive::Step;

namespace {

const Keepalive::TimePoint start{1h};

/// A link that was made at `start`, with the limits that people have.
struct Link {
  Keepalive keepalive{{.silence = 10s, .answer = 8s, .woken = 2s}, start};

  Link() { keepalive.welcomed(); }
  Step at(Keepalive::Duration later) const { return keepalive.step(start + later); }
};

}  // namespace

TEST_CASE("silence is answered with a question, and silence after that with giving up, within 20 s") {
  Link link;
  CHECK(link.keepalive.due() == start + 10s);
  CHECK(link.at(9999ms) == Step::wait);
  REQUIRE(link.at(10s) == Step::ask);
  link.keepalive.asked(start + 10s);
  CHECK(link.keepalive.due() == start + 18s);
  CHECK(link.at(17999ms) == Step::wait);
  CHECK(link.at(18s) == Step::give_up);
}

TEST_CASE("whatever is heard puts the question off") {
  Link link;
  link.keepalive.heard(start + 9s);
  CHECK(link.at(18999ms) == Step::wait);
  CHECK(link.at(19s) == Step::ask);
}

TEST_CASE("an answer ends the doubt") {
  Link link;
  link.keepalive.asked(start + 10s);
  link.keepalive.heard(start + 11s);
  link.keepalive.answered();
  CHECK(link.at(20s) == Step::wait);
  CHECK(link.at(21s) == Step::ask);
}

TEST_CASE("while something comes the answer is waited for, and when nothing comes any more it is not") {
  Link link;
  link.keepalive.asked(start + 10s);
  link.keepalive.heard(start + 15s);
  CHECK(link.at(22s) == Step::wait);
  CHECK(link.at(23s) == Step::give_up);
}

TEST_CASE("one that is asked before it was silent for long has the rest of that time too") {
  Link link;
  link.keepalive.asked(start + 1s);
  CHECK(link.at(18s) == Step::wait);
  CHECK(link.at(19s) == Step::give_up);
}

TEST_CASE("after waking the server is asked at once, and has two seconds") {
  Link link;
  if (GENERATE(true, false)) link.keepalive.asked(start + 1s);  // the answer of before proves nothing
  link.keepalive.woke(start + 1h);
  CHECK(link.keepalive.in_doubt());
  REQUIRE(link.at(1h) == Step::ask);
  link.keepalive.answered();  // what had been asked before
  REQUIRE(link.at(1h) == Step::ask);
  link.keepalive.asked(start + 1h);
  CHECK(link.at(1h + 1999ms) == Step::wait);
  CHECK(link.at(1h + 2s) == Step::give_up);
  link.keepalive.heard(start + 1h + 1s);
  link.keepalive.answered();
  CHECK_FALSE(link.keepalive.in_doubt());
  CHECK(link.at(1h + 10999ms) == Step::wait);
  link.keepalive.asked(start + 1h + 11s);
  CHECK(link.at(1h + 18999ms) == Step::wait);
}

TEST_CASE("a welcome that does not come is not waited for") {
  Keepalive keepalive({.silence = 10s, .answer = 8s, .woken = 2s}, start);
  keepalive.heard(start + 5s);  // plain words, as a server greets people who have nc
  CHECK(keepalive.due() == start + 18s);
  SECTION("as long as for silence and an answer") {
    CHECK(keepalive.step(start + 17s) == Step::wait);
    CHECK(keepalive.step(start + 18s) == Step::give_up);
  }
  SECTION("not as long by one who has been away meanwhile") {
    keepalive.woke(start + 1h);
    CHECK(keepalive.step(start + 1h + 1s) == Step::wait);
    CHECK(keepalive.step(start + 1h + 2s) == Step::give_up);
  }
  SECTION("one that comes then may be an old one: the server is asked") {
    keepalive.woke(start + 1h);
    keepalive.welcomed();
    CHECK(keepalive.step(start + 1h) == Step::ask);
  }
}
