#include "server/net/connection.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <vector>

#include "test/net/wire_pair.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

/// Takes whole lines, and keeps an account of every call.
class Listing final : public Handler {
 public:
  explicit Listing(WirePair& wire) : wire_(wire) {}

  std::size_t on_input(std::string_view bytes) override {
    std::size_t used = 0;
    for (auto end = bytes.find('\n'); end != std::string_view::npos && !paused;
         end = bytes.find('\n', used)) {
      lines.emplace_back(bytes.substr(used, end - used));
      if (on_line) on_line();
      used = end + 1;
      if (lines.back() == "pause") {
        paused = true;
        wire_.connection->pause();
      }
      if (lines.back() == "flood") wire_.connection->write(net::bytes(std::string(flood, 'x')));
      if (wire_.connection->congested()) break;
    }
    offered_rest = bytes.size() - used;
    return used;
  }
  bool on_end(std::string_view rest) override {
    ended = true;
    lines.emplace_back(rest);
    return !refuse_end;
  }
  void on_drained() override { ++drained; }
  void on_input_waits(Time when) override {
    ++waiting;
    alive = when;
  }
  void on_too_slow() override { too_slow = true; }
  void on_closed() override { closed = true; }
  Time deadline() const override { return due; }
  void on_deadline(Time /*now*/) override {
    ++deadlines;
    if (!stays_due) due = never;
  }

  void resume() {
    paused = false;
    wire_.connection->resume();
  }

  std::vector<std::string> lines;
  std::function<void()> on_line;
  int waiting = 0;
  int deadlines = 0;
  bool stays_due = false;
  Time alive = never;  ///< as on_input_waits was told
  std::size_t flood = std::size_t{4} * 1024 * 1024;
  std::size_t offered_rest = 0;
  bool paused = false;
  bool ended = false;
  bool refuse_end = false;
  bool too_slow = false;
  int drained = 0;
  bool closed = false;
  Time due = never;

 private:
  WirePair& wire_;
};

struct Fixture : WirePair {
  explicit Fixture(int family = AF_UNIX, int handlers = Turn::most_handlers) : WirePair(family, handlers) {
    auto owned = std::make_unique<Listing>(*this);
    handler = owned.get();
    connection->start(std::move(owned));
  }
  Listing* handler;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Fixture, "lines come whole, however they were cut") {
  feed("on");
  feed("e\ntwo\nthr");
  feed("ee");
  CHECK(handler->lines == Lines{"one", "two"});
  feed("\n");
  CHECK(handler->lines == Lines{"one", "two", "three"});
}

TEST_CASE_METHOD(Fixture, "a line longer than the buffer is offered unfinished, and no more is read") {
  settings.line_bytes = 1000;
  feed("short\n");  // the next read goes by the new setting
  feed(std::string(60'000, 'x'));
  CHECK(handler->lines == Lines{"short"});
  CHECK(handler->offered_rest == 1002);  // with room for a line ending
}

TEST_CASE_METHOD(Fixture, "after a pause what was left is offered again") {
  feed("one\npause\ntwo\n");
  CHECK(handler->lines == Lines{"one", "pause"});
  feed("three\n");
  CHECK(handler->lines == Lines{"one", "pause"});
  handler->resume();
  turns();
  CHECK(handler->lines == Lines{"one", "pause", "two", "three"});
}

TEST_CASE_METHOD(Fixture, "the end is told once everything before it has been used") {
  feed("pause\none\nrest");
  end_input();
  CHECK_FALSE(handler->ended);
  handler->resume();
  turns();
  CHECK(handler->ended);
  CHECK(handler->lines == Lines{"pause", "one", "rest"});
}

TEST_CASE_METHOD(Fixture, "one that waits for nothing but its handler is still owned, until it has broken") {
  connection->pause();
  feed("one\n");  // the read that was under way has ended, and no other operation holds the connection
  CHECK(connection.use_count() > 1);
  connection->resume();
  turns();
  CHECK(handler->lines == Lines{"one"});
  connection->close();
  hang_up();
  CHECK(handler->closed);
  CHECK(connection.use_count() == 1);
}

TEST_CASE_METHOD(Fixture, "an end that the handler cannot take yet is told again") {
  handler->refuse_end = true;
  end_input();
  CHECK(handler->ended);
  handler->ended = handler->refuse_end = false;
  connection->pause();
  connection->resume();
  turns();
  CHECK(handler->ended);
}

TEST_CASE_METHOD(Fixture, "a deadline that new settings bring is kept") {
  handler->due = turn.now().steady + std::chrono::milliseconds{5};
  turn.settings_changed();
  while (handler->due != never) {
    io.run_one();
    turn.poll();
  }
  CHECK(handler->due == never);
}

TEST_CASE_METHOD(Fixture, "what is queued in a turn is written at its end, in order") {
  connection->write(bytes("one "));
  connection->write(protocol::make_bytes("two "));
  connection->write(bytes("three"));
  CHECK(read().empty());
  turns();
  CHECK(read() == "one two three");
}

TEST_CASE_METHOD(Fixture, "closing writes what is queued, ends the output, and queues no more") {
  connection->write(bytes("last"));
  connection->close();
  connection->write(bytes("late"));
  turns();
  CHECK(read() == "last");
  CHECK(at_end());
  CHECK_FALSE(handler->closed);
  hang_up();
  CHECK(handler->closed);
  CHECK(admission.connections() == 1);
  connection.reset();
  CHECK(admission.connections() == 0);
}

TEST_CASE_METHOD(Fixture, "beyond the soft limit requests wait until the answers have been read") {
  settings.send_queue_soft = 100'000;
  settings.send_queue = 0;
  feed("flood\nafter\n");
  CHECK(handler->lines == Lines{"flood"});
  std::size_t got = 0;
  while (handler->lines.size() == 1 && got < handler->flood) {
    got += read().size();
    turns();
  }
  CHECK(handler->lines == Lines{"flood", "after"});
  CHECK(got > handler->flood - 2 * settings.send_queue_soft - 1'000'000);
}

TEST_CASE_METHOD(Fixture, "beyond the hard limit it is full, and says once when it has drained") {
  settings.send_queue_soft = 1000;
  settings.send_queue = 100'000;
  feed("flood\n");
  CHECK(connection->is_full());
  connection->when_drained();
  turns();
  CHECK(handler->drained == 0);
  CHECK_FALSE(handler->too_slow);
  while (!read().empty()) turns();
  CHECK_FALSE(connection->is_full());
  CHECK(handler->drained == 1);
}

TEST_CASE_METHOD(Fixture, "one that has nothing to drain is told so in a later turn") {
  connection->when_drained();
  CHECK(handler->drained == 0);
  turns();
  CHECK(handler->drained == 1);
}

TEST_CASE_METHOD(Fixture, "a large batch to one who reads is no reason to close") {
  settings.send_queue = 100'000;
  handler->flood = 50'000;  // within the kernel's buffer
  for (int i = 0; i < 10; ++i) {
    feed("flood\n");
    CHECK(read().size() == handler->flood);
  }
  CHECK_FALSE(handler->too_slow);
}

TEST_CASE("a large text that many share reaches one who reads late, and what follows it comes after") {
  std::signal(SIGPIPE, SIG_IGN);
  Fixture wire(AF_INET);
  std::string text;
  for (int i = 0; text.size() < 20'000'000; ++i) text += std::to_string(i) + ' ';
  const std::vector<Slice> others(20, bytes(text));
  wire.connection->write(others[0]);
  wire.turns();
  wire.connection->write(bytes("and then"));
  std::string got;
  while (got.size() < text.size() + 8) {
    wire.turns();
    got += wire.read();
  }
  CHECK((got == text + "and then"));
}

TEST_CASE_METHOD(Fixture, "one who takes nothing for too long is too slow") {
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

TEST_CASE_METHOD(Fixture, "a peer that is gone is noticed") {
  hang_up();
  CHECK(handler->ended);
  connection->write(bytes("anybody?"));
  turns();
  CHECK(handler->closed);
}

TEST_CASE_METHOD(Fixture, "what a closed peer still sends is discarded, so that it can read the last line") {
  connection->write(bytes("bye"));
  connection->close();
  turns();
  for (int i = 0; i < 20; ++i) feed(std::string(50'000, 'x'));
  CHECK(read() == "bye");
  CHECK(handler->lines.empty());
}

TEST_CASE_METHOD(Fixture, "a deadline that comes while the turn is under way is kept in it") {
  const auto due = turn.now().steady + std::chrono::milliseconds{5};
  handler->due = due;
  connection->deadline_moved();
  boost::asio::post(io, [&] {
    turn.now();
    while (std::chrono::steady_clock::now() <= due) {
    }
  });
  turn.poll();
  CHECK(handler->due == never);
}

TEST_CASE("what has come is read before time is judged, in whatever order they are found") {
  Fixture wire(AF_UNIX, 1);  // the timer in a turn of its own, before or after the line
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
  Fixture wire;
  wire.feed("pause\nmore\n");
  wire.handler->due = wire.turn.now().steady;
  wire.connection->deadline_moved();
  while (wire.handler->due != never) wire.turn.poll();
  CHECK(wire.handler->waiting == 1);
}

TEST_CASE("one that takes nothing and does not stop sending is too slow, and holds nobody up") {
  Fixture wire;
  wire.settings.send_queue = wire.settings.send_queue_soft = 0;  // it is read on
  wire.feed("flood\n");
  wire.settings.stall = std::chrono::milliseconds{1};
  wire.pass(wire.settings.stall);
  wire.connection->deadline_moved();
  wire.send_before_time("more");
  CHECK(wire.handler->too_slow);
}

TEST_CASE_METHOD(Fixture,
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
  Fixture wire;
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
  Fixture wire;
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
  Fixture wire;
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
    Fixture, "one that is closed while it takes nothing goes in the end, without a limit to stalling too") {
  settings.send_queue = 0;
  settings.send_queue_soft = 0;
  settings.stall = std::chrono::milliseconds{0};
  feed("flood\n");
  CHECK(connection->due == never);
  connection->close();
  turns();
  CHECK(connection->due < never);
}

TEST_CASE_METHOD(Fixture, "whoever takes some of what waits for it has shown that it is there") {
  settings.send_queue = 0;
  settings.send_queue_soft = 0;
  feed("flood\n");
  CHECK(connection->last_taken() == Time::min());
  read();
  turns();
  CHECK(connection->last_taken() > Time::min());
}

TEST_CASE_METHOD(Fixture, "a deadline is kept, and one that has moved forward too") {
  handler->due = turn.now().steady + std::chrono::hours{1};
  connection->deadline_moved();
  handler->due = turn.now().steady + std::chrono::milliseconds{5};
  connection->deadline_moved();
  while (handler->due != never) io.run_one(), turn.poll();
  CHECK(handler->due == never);
}

}  // namespace hubbub::net
