#include "server/net/writer.hpp"

#include "test/net/scripted_stream.hpp"
#include "test/net/wire_pair.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

using namespace std::chrono_literals;

struct Writing : Scripted {
  Writing() {
    settings.send_queue_soft = 10;
    settings.send_queue = 20;
  }

  void push(std::string_view text) { writer.outbox().push(bytes(text)); }
  void write() {
    REQUIRE_FALSE(writer.write(turn));
    writer.settle();
  }

  ScriptedStream stream{&script};
  Writer writer{stream, settings};
};

}  // namespace

TEST_CASE_METHOD(Writing, "all that is queued is written, and counted") {
  push("one ");
  push("two");
  CHECK(writer.queued() == 7);
  CHECK(writer.delivered() == 7);
  CHECK(writer.taken() == 0);
  write();
  CHECK(script.output == "one two");
  CHECK(writer.taken() == 7);
  CHECK_FALSE(writer.is_waiting());
  CHECK(writer.stall_due(Life::State::open) == never);
}

TEST_CASE_METHOD(Writing, "what the stream does not take stays, and the peer is waited for") {
  script.room = 4;
  push(std::string(25, 'x'));
  CHECK(writer.is_congested());
  CHECK_FALSE(writer.is_full());
  write();
  CHECK(writer.is_waiting());
  CHECK(writer.is_full());
  CHECK_FALSE(writer.has_room(0));
  CHECK(writer.stall_due(Life::State::open) < never);
  script.room = 16;
  writer.on_ready();
  write();
  CHECK(writer.queued() == 5);
  CHECK(writer.has_drained());
  CHECK_FALSE(writer.is_full());
  CHECK(writer.last_taken() > Time::min());
  script.room = 100;
  writer.on_ready();
  write();
  CHECK(writer.stall_due(Life::State::open) == never);
}

TEST_CASE_METHOD(Writing, "a stream that fails says so, and nothing counts as written") {
  script.failure = boost::asio::error::broken_pipe;
  push("lost");
  CHECK(writer.write(turn) == boost::asio::error::broken_pipe);
  writer.close();
  CHECK(writer.queued() == 0);
  CHECK(writer.delivered() == 0);
}

TEST_CASE_METHOD(Writing, "one who asks to be told that it has drained is told once") {
  CHECK_FALSE(writer.take_question());
  writer.ask_for_drained();
  CHECK(writer.take_question());
  CHECK_FALSE(writer.take_question());
}

TEST_CASE_METHOD(Writing, "for how long a peer is waited for depends on where the connection's life is") {
  settings.stall = 10s;
  const auto now = turn.now().steady;
  writer.lag().begin(now);
  CHECK(writer.stall_due(Life::State::open) == now + 10s);
  CHECK(writer.stall_due(Life::State::closing) == now + 10s);
  CHECK(writer.stall_due(Life::State::finishing) == now + 2s);
  settings.stall = 0s;
  CHECK(writer.stall_due(Life::State::open) == never);
  CHECK(writer.stall_due(Life::State::closing) == now + 30s);
}

TEST_CASE_METHOD(Writing, "one whose side has no room may be reading, while he makes some now and then") {
  const auto now = turn.now().steady;
  writer.before_question(now);
  CHECK_FALSE(writer.may_be_reading(now));
  script.room = 1;
  push("more than that");
  write();
  CHECK_FALSE(writer.has_room(1));
  writer.before_question(now);
  CHECK(writer.may_be_reading(now + 1s));
  CHECK_FALSE(writer.may_be_reading(now + settings.stall));
  script.room = 1;
  writer.on_ready();
  write();
  CHECK(writer.may_be_reading(now + settings.stall));
}

}  // namespace hubbub::net
