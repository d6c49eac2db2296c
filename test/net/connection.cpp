#include <array>
#include <csignal>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/net/plain_stream.hpp"
#include "test/net/listing.hpp"
#include "test/net/scripted_stream.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {

TEST_CASE_METHOD(ListingPair, "lines come whole, however they were cut") {
  feed("on");
  feed("e\ntwo\nthr");
  feed("ee");
  CHECK(handler->lines == Lines{"one", "two"});
  feed("\n");
  CHECK(handler->lines == Lines{"one", "two", "three"});
}

TEST_CASE_METHOD(ListingPair, "a line longer than the buffer is offered unfinished, and no more is read") {
  settings.line_bytes = 1000;
  feed("short\n");  // the next read goes by the new setting
  feed(std::string(60'000, 'x'));
  CHECK(handler->lines == Lines{"short"});
  CHECK(handler->offered_rest == 1002);  // with room for a line ending
}

TEST_CASE_METHOD(ListingPair, "after a pause what was left is offered again") {
  feed("one\npause\ntwo\n");
  CHECK(handler->lines == Lines{"one", "pause"});
  feed("three\n");
  CHECK(handler->lines == Lines{"one", "pause"});
  handler->resume();
  turns();
  CHECK(handler->lines == Lines{"one", "pause", "two", "three"});
}

TEST_CASE_METHOD(ListingPair, "the end is told once everything before it has been used") {
  feed("pause\none\nrest");
  end_input();
  CHECK_FALSE(handler->ended);
  handler->resume();
  turns();
  CHECK(handler->ended);
  CHECK(handler->lines == Lines{"pause", "one", "rest"});
}

TEST_CASE_METHOD(ListingPair,
                 "one that waits for nothing but its handler is still owned, until it has broken") {
  connection->pause();
  feed("one\n");  // the read that was under way has ended, and no other operation holds the connection
  CHECK(connection->use_count() > 1);
  connection->resume();
  turns();
  CHECK(handler->lines == Lines{"one"});
  connection->close();
  hang_up();
  CHECK(handler->closed);
  CHECK(connection->use_count() == 1);
}

TEST_CASE_METHOD(ListingPair, "an end that the handler cannot take yet is told again") {
  handler->refuse_end = true;
  end_input();
  CHECK(handler->ended);
  handler->ended = handler->refuse_end = false;
  connection->pause();
  connection->resume();
  turns();
  CHECK(handler->ended);
}

TEST_CASE_METHOD(ListingPair, "what is queued in a turn is written at its end, in order") {
  connection->write(bytes("one "));
  connection->write(protocol::make_bytes("two "));
  connection->write(bytes("three"));
  CHECK(read().empty());
  turns();
  CHECK(read() == "one two three");
}

TEST_CASE_METHOD(ListingPair, "closing writes what is queued, ends the output, and queues no more") {
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

TEST_CASE_METHOD(ListingPair, "beyond the soft limit requests wait until the answers have been read") {
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

TEST_CASE_METHOD(ListingPair, "beyond the hard limit it is full, and says once when it has drained") {
  settings.send_queue_soft = 1000;
  settings.send_queue = 100'000;
  feed("flood\n");
  CHECK(connection->output().is_full());
  connection->when_drained();
  turns();
  CHECK(handler->drained == 0);
  CHECK_FALSE(handler->too_slow);
  while (!read().empty()) turns();
  CHECK_FALSE(connection->output().is_full());
  CHECK(handler->drained == 1);
}

TEST_CASE_METHOD(ListingPair, "one that has nothing to drain is told so in a later turn") {
  connection->when_drained();
  CHECK(handler->drained == 0);
  turns();
  CHECK(handler->drained == 1);
}

TEST_CASE_METHOD(ListingPair, "a large batch to one who reads is no reason to close") {
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
  ListingPair wire(AF_INET);
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

TEST_CASE_METHOD(ListingPair, "a peer that is gone is noticed") {
  hang_up();
  CHECK(handler->ended);
  connection->write(bytes("anybody?"));
  turns();
  CHECK(handler->closed);
}

TEST_CASE_METHOD(ListingPair,
                 "what a closed peer still sends is discarded, so that it can read the last line") {
  connection->write(bytes("bye"));
  connection->close();
  turns();
  for (int i = 0; i < 20; ++i) feed(std::string(50'000, 'x'));
  CHECK(read() == "bye");
  CHECK(handler->lines.empty());
}

TEST_CASE("there may be many connections, so each is small") {
  CHECK(sizeof(ConnectionOver<TcpStream>) <= 304);
}

namespace {

/// Has something to say when it is gone.
struct Farewell final : Handler {
  explicit Farewell(Connection& neighbour) : other(neighbour) {}
  std::size_t on_input(std::string_view bytes) override { return bytes.size(); }
  bool on_end(std::string_view /*rest*/) override { return true; }
  void on_closed() override { other.write(net::bytes("gone")); }

  Connection& other;
};

}  // namespace

// AddressSanitizer sees what is not left alone.
TEST_CASE("whatever holds a connection for longer than there is a turn, it leaves the turn alone") {
  ops::log::configure({.level = ops::log::Level::error});
  std::array<Script, 2> scripts;
  const Settings settings;
  Admission admission{settings};
  boost::asio::io_context io;
  std::optional<Turn> turn(std::in_place, io, [] {});
  std::array<ConnectionPtr, 2> both{open_scripted(scripts[0], *turn, settings, admission),
                                    open_scripted(scripts[1], *turn, settings, admission)};
  both[0]->start(std::make_unique<Farewell>(*both[1]));
  both[1]->start(std::make_unique<Farewell>(*both[0]));
  turn.reset();
  for (auto& connection : both) connection.reset();
  for (auto& script : scripts) {
    CHECK(script.closed);
    CHECK(script.reading->use_count() == 1);
    script.let_go();
  }
}

namespace {
struct Silent final : Handler {
  std::size_t on_input(std::string_view bytes) override { return bytes.size(); }
  bool on_end(std::string_view /*rest*/) override { return true; }
};
}  // namespace

TEST_CASE_METHOD(Scripted,
                 "where the end of the output has to be written it waits for the peer, as long as all else") {
  script.end_takes_room = true;
  connection->start(std::make_unique<Silent>());
  connection->write(bytes("goodbye"));
  script.room = 7;
  connection->close();
  turn.poll();
  CHECK(script.output == "goodbye");
  CHECK_FALSE(script.output_ended);
  SECTION("and comes when there is room") {
    script.room = 1;
    script.ready_to_write();
    turn.poll();
    CHECK(script.output_ended);
    CHECK_FALSE(script.closed);
  }
  SECTION("and no longer") {
    settings.stall = std::chrono::milliseconds{1};
    turn.settings_changed();
    io.restart();
    turn.run();  // until nothing is due any more
    CHECK_FALSE(script.output_ended);
    CHECK(script.closed);
  }
}

}  // namespace hubbub::net
