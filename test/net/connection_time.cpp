// What time has to do with a connection: see Connection::on_due.
#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>

#include "test/net/listing.hpp"
#include "test/net/scripted_stream.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {

TEST_CASE_METHOD(ListingPair, "a deadline that new settings bring is kept") {
  handler->due = turn.now().steady + std::chrono::milliseconds{5};
  turn.settings_changed();
  while (handler->due != never) {
    io.run_one();
    turn.poll();
  }
  CHECK(handler->due == never);
}

TEST_CASE_METHOD(ListingPair, "one who takes nothing for too long is too slow") {
  settings.send_queue = 0;
  settings.send_queue_soft = 0;
  settings.stall = std::chrono::milliseconds{20};
  feed("flood\n");
  while (!handler->too_slow) io.run_one(), turn.poll();
  CHECK_FALSE(handler->closed);
  connection->close();
  while (!handler->closed) io.run_one(), turn.poll();
  CHECK(handler->closed);
}

namespace {

/// Takes all that comes, and remembers whether it was told to close.
struct Patient final : Handler {
  explicit Patient(bool& is_too_slow) : too_slow(is_too_slow) {}
  std::size_t on_input(std::string_view bytes) override { return bytes.size(); }
  bool on_end(std::string_view /*rest*/) override { return true; }
  void on_too_slow() override { too_slow = true; }

  bool& too_slow;
};

}  // namespace

TEST_CASE_METHOD(Scripted,
                 "one that would take more when time is up is not too slow, before it is written to") {
  bool too_slow = false;
  connection->start(std::make_unique<Patient>(too_slow));
  script.room = 1;
  connection->write(bytes("some"));
  turn.poll();
  connection->output().lag().begin_again(turn.now().steady - settings.stall);
  script.room = 100;
  script.ready_to_write();
  connection->on_due();
  CHECK_FALSE(too_slow);
  turn.poll();
  CHECK(script.output == "some");
}

TEST_CASE_METHOD(ListingPair,
                 "one that does not close its side is let go, whatever else is asked for meanwhile") {
  settings.stall = std::chrono::hours{1};
  connection->write(bytes("bye"));
  connection->close();
  turns();
  connection->when_drained();
  turns();
  while (!handler->closed && connection->due != never) io.run_one(), turn.poll();
  CHECK(handler->closed);
  CHECK(read() == "bye");
}

TEST_CASE("a deadline that comes while the turn is under way is kept in it") {
  // The turn has something to do until then, however long the system takes to tell that a timer has gone off.
  ListingPair wire(AF_UNIX, 1'000'000);
  std::function<void()> go_on_until_kept = [&] {
    if (wire.handler->due != never) boost::asio::post(wire.io, go_on_until_kept);
  };
  boost::asio::post(wire.io, [&] {
    const auto time_of_turn = wire.turn.now().steady;
    do wire.handler->due = std::chrono::steady_clock::now();
    while (wire.handler->due <= time_of_turn);
    wire.connection->deadline_moved();
    go_on_until_kept();
  });
  wire.turn.poll();
  CHECK(wire.handler->due == never);
}

TEST_CASE("a peer that acknowledges what it is sent is there, and one that was switched off is not") {
  ListingPair wire(AF_INET);
  constexpr std::chrono::milliseconds long_ago{50};  // the kernel counts in steps of up to 10 ms
  WirePair::pass(long_ago);
  wire.connection->write(bytes("a line\n"));
  do wire.turns();
  while (wire.connection->output().last_acknowledged(wire.turn.now().steady) != wire.turn.now().steady);
  WirePair::pass(long_ago);
  wire.switch_off();
  wire.turns();
  const auto written = wire.turn.now().steady;
  wire.connection->write(bytes("another\n"));
  // Not before TCP has sent it again: an acknowledgement may take its time.
  do wire.turns();
  while (wire.connection->output().last_acknowledged(wire.turn.now().steady) >= written);
  CHECK(wire.read() == "a line\n");
}

TEST_CASE("whoever is on this machine is there") {
  ListingPair wire;
  wire.connection->write(bytes("a line\n"));
  wire.turns();
  CHECK(wire.connection->output().last_acknowledged(wire.turn.now().steady) == wire.turn.now().steady);
}

TEST_CASE("what has come is read before time is judged, in whatever order they are found") {
  ListingPair wire(AF_UNIX, 1);  // the timer in a turn of its own, before or after the line
  bool was_first = true;
  wire.handler->on_line = [&] { was_first = wire.handler->due != never; };
  for (int i = 0; i < 20; ++i) {
    wire.handler->due = wire.turn.now().steady;
    wire.connection->deadline_moved();
    wire.send("a line\n");
    while (wire.handler->due != never) wire.turn.poll();
    REQUIRE(was_first);
    REQUIRE(wire.handler->lines.size() == static_cast<std::size_t>(i) + 1);
  }
}

TEST_CASE("one who is not read is not held to have been silent") {
  ListingPair wire;
  wire.feed("pause\nmore\n");
  wire.handler->due = wire.turn.now().steady;
  wire.connection->deadline_moved();
  while (wire.handler->due != never) wire.turn.poll();
  CHECK(wire.handler->waiting == 1);
}

TEST_CASE("one that takes nothing and does not stop sending is too slow, and holds nobody up") {
  ListingPair wire;
  wire.settings.send_queue = wire.settings.send_queue_soft = 0;  // it is read on
  wire.feed("flood\n");
  wire.settings.stall = std::chrono::milliseconds{1};
  WirePair::pass(wire.settings.stall);
  wire.connection->deadline_moved();
  wire.send_before_time("more");
  CHECK(wire.handler->too_slow);
}

TEST_CASE_METHOD(ListingPair,
                 "a deadline that stays where it is does not keep the loop from what else there is") {
  handler->stays_due = true;
  handler->due = turn.now().steady;
  connection->deadline_moved();
  while (handler->deadlines < 3) turn.poll();
  feed("a line\n");
  CHECK(handler->lines.size() == 1);
  handler->stays_due = false;
}

TEST_CASE(
    "half a line that comes when time is up puts it off for a moment only, for one that sends much too") {
  ListingPair wire;
  for (int i = 0; i < 10; ++i) wire.feed("a line\n");
  wire.handler->due = wire.turn.now().steady;
  wire.connection->deadline_moved();
  wire.send_before_time("half a line");
  CHECK(wire.handler->due != never);
  const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (wire.handler->due != never && std::chrono::steady_clock::now() < soon) wire.turn.poll();
  CHECK(wire.handler->due == never);
}

TEST_CASE("half a line that waits is no sign of life") {
  ListingPair wire;
  wire.feed("pause\n");
  for (const auto* bytes : {"half a line", "\n"}) {
    wire.send(bytes);
    wire.turns();
    wire.handler->due = wire.turn.now().steady;
    wire.connection->deadline_moved();
    while (wire.handler->due != never) wire.turn.poll();
  }
  CHECK(wire.handler->waiting == 1);
}

TEST_CASE("of one that is not read because it reads nothing, what it takes is the sign of life") {
  ListingPair wire;
  wire.settings.send_queue_soft = 1;
  wire.feed("flood\n");
  const auto ask = [&] {
    wire.send("a line\n");
    wire.handler->due = wire.turn.now().steady;
    wire.connection->deadline_moved();
    while (wire.handler->due != never) wire.turn.poll();
    return wire.handler->alive;
  };
  CHECK(ask() == Time::min());
  wire.read();  // and the deadline is there before the loop has noticed
  const auto before = wire.turn.now().steady;
  CHECK(ask() >= before);
}

TEST_CASE_METHOD(
    ListingPair,
    "one that is closed while it takes nothing goes in the end, without a limit to stalling too") {
  settings.send_queue = 0;
  settings.send_queue_soft = 0;
  settings.stall = std::chrono::milliseconds{0};
  feed("flood\n");
  CHECK(connection->due == never);
  connection->close();
  turns();
  CHECK(connection->due < never);
}

TEST_CASE_METHOD(ListingPair, "whoever takes some of what waits for it has shown that it is there") {
  settings.send_queue = 0;
  settings.send_queue_soft = 0;
  feed("flood\n");
  CHECK(connection->output().last_taken() == Time::min());
  read();
  turns();
  CHECK(connection->output().last_taken() > Time::min());
}

TEST_CASE(
    "one for whom there is more than he has room for may be reading, while he makes room now and then") {
  ListingPair wire(GENERATE(AF_INET, AF_UNIX));
  wire.settings.send_queue = wire.settings.send_queue_soft = 0;
  // Under the short limit it is asked only: nobody is closed by it, however slow the machine is.
  const std::chrono::milliseconds never_closed = std::chrono::hours{1};
  const auto may_be_reading = [&](std::chrono::milliseconds stall) {
    wire.settings.stall = stall;
    const bool answer = wire.connection->output().may_be_reading(wire.turn.now().steady);
    wire.settings.stall = never_closed;
    return answer;
  };
  wire.settings.stall = never_closed;
  wire.feed("flood\n");
  wire.connection->output().before_question(wire.turn.now().steady);
  wire.connection->write(bytes("there?\n"));
  const auto end = wire.connection->output().delivered();
  CHECK(may_be_reading(never_closed));  // he has a little time to make room
  // One who stands still, once his system has taken what it can.
  constexpr std::chrono::milliseconds soon{50};
  while (may_be_reading(soon)) wire.turns();
  REQUIRE(wire.connection->output().taken() < end);
  while (!may_be_reading(soon)) {
    REQUIRE(wire.connection->output().taken() < end);
    wire.read();
    wire.turns();
  }
  while (wire.connection->output().taken() < end) wire.read(), wire.turns();
  may_be_reading(soon);  // he has been, until now
  CHECK_FALSE(may_be_reading(soon));
  CHECK_FALSE(wire.at_end());
}

TEST_CASE("one who was switched off is not reading, however much waits for him") {
  ListingPair wire(AF_INET);
  wire.settings.send_queue = wire.settings.send_queue_soft = 0;
  wire.switch_off();
  wire.feed("flood\n");
  wire.connection->output().before_question(wire.turn.now().steady);
  wire.settings.stall = std::chrono::hours{1};
  while (wire.connection->output().may_be_reading(wire.turn.now().steady)) wire.turns();
  CHECK_FALSE(wire.connection->output().may_be_reading(wire.turn.now().steady));
}

TEST_CASE("one to whom little is sent is not known to read, whatever his system says") {
  ListingPair wire(AF_INET);
  wire.connection->output().before_question(wire.turn.now().steady);
  wire.connection->write(bytes("there?\n"));
  wire.turns();
  CHECK_FALSE(wire.connection->output().may_be_reading(wire.turn.now().steady));
  wire.read();
  wire.connection->write(bytes("a line\n"));
  wire.turns();
  CHECK_FALSE(wire.connection->output().may_be_reading(wire.turn.now().steady));
}

TEST_CASE_METHOD(ListingPair, "a deadline is kept, and one that has moved forward too") {
  handler->due = turn.now().steady + std::chrono::hours{1};
  connection->deadline_moved();
  handler->due = turn.now().steady + std::chrono::milliseconds{5};
  connection->deadline_moved();
  while (handler->due != never) io.run_one(), turn.poll();
  CHECK(handler->due == never);
}

}  // namespace hubbub::net
